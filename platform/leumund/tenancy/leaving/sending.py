"""The order in which a company is sent away: said where it belongs, served nowhere, archived, and then gone.

What is about to be done is told before it is, and the archive when it is written; nothing goes on meanwhile. Sent
again, the company goes on from where it stands.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from leumund.kit import clock
from leumund.kit.settings import Settings
from leumund.tenancy.database.server import Server
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import going
from leumund.tenancy.moving import archiving, holding
from leumund.tenancy.moving.packing import Packed
from leumund.tenancy.noting import Note


class Unsettled(Exception):
    """A company gets an archive, or there is a reason for none: one of the two."""


class Wish(NamedTuple):
    """How ``asked_by`` wants a company to leave; ``reason`` is why without an archive, ``now`` is without ``grace``."""

    asked_by: str
    archive: Path | None
    recipients: list[str]
    reason: str
    grace: timedelta
    now: bool


class Step(Enum):
    """What is told of a company while it is sent."""

    ARCHIVING = "all of it is written to a file as soon as it is served nowhere"
    LEFT_BEFORE = "it was sent away before, and its time stays as it was"


async def send(
    server: Server, settings: Settings, tenant: Tenant, *, wish: Wish, at: datetime, note: Note
) -> AsyncIterator[Step | Packed]:
    """Send ``tenant`` away as ``wish`` says, or go on where somebody stopped who did; with ``now`` it is due then.

    Raises Unsettled, going.OwnersToSay, and what archiving raises, before anything has changed.
    """
    leave = await going.find(server, tenant)
    if wish.now:
        going.need_owner(wish.asked_by)
    if leave is None or not leave.is_settled:
        _check(wish)
    if leave is None:
        if wish.archive:
            archiving.check(file=wish.archive, recipients=wish.recipients, tenant=tenant)
            yield Step.ARCHIVING
        due_at = at if wish.now else at + wish.grace
        leave = await going.begin(server, tenant, asked_by=wish.asked_by, at=at, due_at=due_at, note=note)
    elif wish.now:
        await going.hasten(server, tenant, asked_by=wish.asked_by, at=at)
    else:
        yield Step.LEFT_BEFORE
    if not leave.is_settled:
        packed = await _settle(server, settings, tenant, wish)
        if packed is not None:
            yield packed


def _check(wish: Wish) -> None:
    if bool(wish.archive) == bool(wish.reason):
        raise Unsettled


async def _settle(server: Server, settings: Settings, tenant: Tenant, wish: Wish) -> Packed | None:
    """Write the archive once nobody writes any more, or note why there is none."""
    if wish.archive is None:
        await going.unarchived(server, tenant, reason=wish.reason)
        return None
    await holding.wait_until_still(server, tenant)
    packed = await archiving.archive_company(
        server, settings, tenant, file=wish.archive, recipients=wish.recipients, at=clock.now()
    )
    await going.archived(server, tenant, sha256=packed.sha256)
    return packed
