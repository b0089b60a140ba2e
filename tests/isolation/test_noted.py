"""What becomes of a company stands in the operators' log when it has happened, and only then."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

import asyncpg
import pytest

from leumund.cli import noting
from leumund.operating import listing, office
from leumund.tenancy import directory
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import going
from leumund.tenancy.moving import holding
from leumund.tenancy.noting import Note
from tests.conftest import NOON

MONTH = timedelta(days=30)


class Killed(BaseException):
    """As kill -9 looks to the server: the connection is gone, and with it whatever had not been committed."""


async def leave(deployment: Deployment, tenant: Tenant, note: Note) -> None:
    by = going.OPERATOR
    await going.begin(deployment.server, tenant, asked_by=by, at=NOON, due_at=NOON + MONTH, note=note)


async def keep(deployment: Deployment, tenant: Tenant, note: Note) -> None:
    await going.keep(deployment.server, tenant, at=NOON, note=note)


async def hold(deployment: Deployment, tenant: Tenant, note: Note) -> None:
    await holding.hold(deployment.server, tenant, at=NOON, note=note)


async def let_go(deployment: Deployment, tenant: Tenant, note: Note) -> None:
    await holding.let_go(deployment.server, tenant, at=NOON, note=note)


class Change(NamedTuple):
    """How a company's state changes, what it is afterwards, and what comes before."""

    deed: Callable[[Deployment, Tenant, Note], Awaitable[None]]
    state: str
    before: str = ""


CHANGES = {
    "company.leaving": Change(leave, "leaving"),
    "company.kept": Change(keep, "open", before="company.leaving"),
    "company.moving": Change(hold, "moving"),
    "company.moved_back": Change(let_go, "open", before="company.moving"),
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is given time to hear of it."""
    monkeypatch.setattr(directory, "FRESH_SECONDS", 0.0)


@pytest.mark.parametrize("action", CHANGES)
async def test_a_change_and_its_entry_are_there_together_or_not_at_all(
    deployment: Deployment, company: Tenant, action: str
):
    async def note_and_die(connection: asyncpg.Connection, **what: Any) -> None:
        await noting.note(connection, **what)
        connection.terminate()
        raise Killed

    change = CHANGES[action]
    if change.before:
        await CHANGES[change.before].deed(deployment, company, noting.note)
    with pytest.raises((Killed, asyncpg.InterfaceError)):
        await change.deed(deployment, company, note_and_die)
    assert await state(deployment, company) != change.state
    assert action not in await noted(deployment, company)
    for _ in range(2):
        # Of those who come twice the second finds it done, or is told that there is nothing to do.
        with suppress(going.NotLeaving, holding.NotHeld):
            await change.deed(deployment, company, noting.note)
        assert await state(deployment, company) == change.state
        assert (await noted(deployment, company)).count(action) == 1


async def test_an_entry_apart_from_the_change_would_stand_without_it(deployment: Deployment, company: Tenant):
    """The negative control: the same, noted over another connection."""

    async def note_apart_and_die(_: object, **what: Any) -> None:
        async with servers.as_owner(deployment.server) as apart:
            await noting.note(apart, **what)
        raise Killed

    with pytest.raises(Killed):
        await leave(deployment, company, note_apart_and_die)
    assert await state(deployment, company) == "open"
    assert await noted(deployment, company) == ["company.leaving"]


async def test_a_move_that_fails_is_seen_to_have_been_called_off(deployment: Deployment, company: Tenant):
    with pytest.raises(Killed):
        async with holding.held(deployment.server, company, at=NOON, note=noting.note):
            raise Killed
    assert await noted(deployment, company) == ["company.moving", "company.moved_back"]


async def state(deployment: Deployment, company: Tenant) -> str:
    return (await deployment.directory.by_slug(company.slug)).state


async def noted(deployment: Deployment, company: Tenant) -> list[str]:
    """What operators read of the company, the oldest first."""
    async with office.reading(deployment) as desk:
        return [entry.action for entry in reversed((await listing.page(desk, tenant=company.id)).rows)]
