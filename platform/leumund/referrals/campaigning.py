"""Campaigns by which clicks are told apart: a link that ends in ``?c=<key>`` says what it was shared for."""

import re
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import free_text, ground
from leumund.kit.faults import Refusals, Refused, Unknown

LONGEST_KEY, LONGEST_NAME = 40, 80
# Enough for years of them, and few enough to be told apart on one page.
MOST = 200
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAKE = """
INSERT INTO campaign (id, key, name, begins_at, ends_at, made_at, made_by)
SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM campaign) < $8
ON CONFLICT (key) DO NOTHING
"""
_END = "UPDATE campaign SET ends_at = $2 WHERE id = $1 AND begins_at < $2 AND (ends_at IS NULL OR ends_at > $2)"
_DROP = "DELETE FROM campaign WHERE id = $1 AND begins_at >= $2"
_ALL = "SELECT id, key, name, begins_at, ends_at FROM campaign ORDER BY begins_at DESC, id DESC"


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign; without ``ends_at`` it goes on until it is ended."""

    id: UUID
    key: str
    name: str
    begins_at: datetime
    ends_at: datetime | None = None

    def runs(self, *, at: datetime) -> bool:
        """Whether clicks of ``at`` count for it."""
        return self.begins_at <= at and (self.ends_at is None or at < self.ends_at)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign to be made."""

    key: str
    name: str
    begins_at: datetime
    ends_at: datetime | None = None


class Miswritten(Refused):
    """A key is small letters, digits and hyphens."""


class Taken(Refused):
    """There is a campaign of this key, or there are as many as there may be."""


class Backwards(Refused):
    """It would end before it begins."""


class NoSuchCampaign(Unknown):
    """There is none, or it has ended."""


async def make(*, wanted: Wanted, by: UUID, at: datetime) -> UUID:
    """Make a campaign. Raises Refusals of all that is wrong at once, and Taken."""
    name = _checked(wanted)
    made = uuid4()
    values = (made, wanted.key, name, wanted.begins_at, wanted.ends_at, at, by, MOST)
    if not await ground.execute(_MAKE, *values):
        raise Taken("errors.campaigns.taken", field="key", most=MOST)
    await noting.note(actor=f"staff:{by}", action="campaign.made", subject=made, detail={"key": wanted.key}, at=at)
    return made


async def end(*, campaign: UUID, by: UUID, at: datetime) -> None:
    """End it now; one that was only planned is dropped. Raises NoSuchCampaign."""
    if not await ground.execute(_END, campaign, at) and not await ground.execute(_DROP, campaign, at):
        raise NoSuchCampaign("errors.campaigns.unknown")
    await noting.note(actor=f"staff:{by}", action="campaign.ended", subject=campaign, at=at)


async def campaigns() -> list[Campaign]:
    """All there are, the newest first; at most MOST, one query."""
    return msgspec.convert([dict(row) for row in await ground.fetch(_ALL)], list[Campaign])


def _checked(wanted: Wanted) -> str:
    """The name as it is kept. Raises Refusals."""
    faults: list[Refused] = []
    if len(wanted.key) > LONGEST_KEY or not _KEY.fullmatch(wanted.key):
        faults.append(Miswritten("errors.campaigns.key", field="key", longest=LONGEST_KEY))
    if wanted.ends_at is not None and wanted.ends_at <= wanted.begins_at:
        faults.append(Backwards("errors.campaigns.backwards", field="ends_at"))
    try:
        name = free_text.checked(wanted.name, field="name", needed=True, most=LONGEST_NAME)
    except Refused as fault:
        faults.append(fault)
    if faults:
        raise Refusals(faults)
    return name
