"""Write the next version of a program: kept right or wrong, until it is published or let go."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Overtaken, Refused, Unknown
from leumund.programs import moving, offering, offers
from leumund.programs.offers import Offer, Terms
from leumund.programs.tables import ProgramDraft

MOST_LETTERS = 200_000
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?", re.ASCII)
_ONE = "SELECT key, terms, changed_at, changed_by FROM program_draft WHERE key = $1"
_EVERY = "SELECT key, terms, changed_at, changed_by FROM program_draft ORDER BY key"
_BEGIN = """
INSERT INTO program_draft (id, key, terms, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (key) DO NOTHING
"""
_CHANGE = """
UPDATE program_draft SET terms = $2, changed_at = greatest($3, changed_at + interval '1 microsecond'), changed_by = $4
WHERE key = $1
"""


class ProgramUnknown(Unknown):
    """There is no such program, and no draft of one."""


class KeyUnfit(Refused):
    """What a program is called in addresses and files is lower-case letters, digits and hyphens."""


class KeyTaken(Refused):
    """There is a program by that name."""


class TooLarge(Refused):
    """More words and rules than anybody reads."""


class ChangedSince(Overtaken):
    """Somebody else has changed the program since it was read."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What the next version may become, who changed it last, and when."""

    key: str
    terms: Terms
    changed_at: datetime
    changed_by: UUID


class InWork(msgspec.Struct, frozen=True, kw_only=True):
    """A program as it would be published next: drafted, else as it stands. ``seen`` tells one state from the next.

    Once it is published its state, period and budget are what the program has: they are changed by deeds of their own.
    """

    key: str
    terms: Terms
    draft: Draft | None
    offer: Offer | None

    @property
    def seen(self) -> str:
        version = self.offer.version.number if self.offer else 0
        return f"{version}.{self.draft.changed_at.isoformat() if self.draft else ''}"


def is_key(text: str) -> bool:
    """Whether a program may be called so."""
    return _KEY.fullmatch(text) is not None


async def in_work(*, key: str) -> InWork:
    """Raises ProgramUnknown. Two queries."""
    return await _in_work(key, _ONE)


async def held(*, key: str, seen: str) -> InWork:
    """As ``in_work``, and nobody changes the draft or the program until this is done.

    Raises ProgramUnknown, and ChangedSince where ``seen`` is not how it stands.
    """
    await ground.execute("SELECT FROM program WHERE key = $1 FOR NO KEY UPDATE", key)
    work = await _in_work(key, f"{_ONE} FOR UPDATE")
    if work.seen != seen:
        raise ChangedSince("errors.programs.overtaken")
    return work


async def every() -> list[Draft]:
    """All drafts, by key."""
    return [_draft(row) for row in await ground.fetch(_EVERY)]


async def begin(*, terms: Terms, member: UUID, at: datetime) -> None:
    """Draft a new program. Raises KeyUnfit, KeyTaken."""
    if not is_key(terms.key):
        raise KeyUnfit("errors.programs.key", field="key")
    if await offering.find(key=terms.key) is not None or not await _begin(terms, member, at):
        raise KeyTaken("errors.programs.taken", field="key", value=terms.key)


async def change(*, key: str, seen: str, by: Callable[[Terms], Terms], member: UUID, at: datetime) -> InWork:
    """Keep what ``by`` makes of the program in work, right or not.

    Raises ProgramUnknown, TooLarge, and ChangedSince where ``seen`` is not how it stands.
    """
    before = await held(key=key, seen=seen)
    terms = by(before.terms)
    assert terms.key == key, "a program keeps its name"
    written = write(terms)
    if len(written) > MOST_LETTERS:
        raise TooLarge("errors.programs.too_large")
    if before.draft is None:
        if not await _begin(terms, member, at):
            raise ChangedSince("errors.programs.overtaken")
    else:
        await ground.execute(_CHANGE, key, written, at, member)
    return await in_work(key=key)


async def discard(*, key: str, seen: str) -> InWork:
    """Let the draft go as it was read; what went. Raises ProgramUnknown, ChangedSince."""
    work = await held(key=key, seen=seen)
    await drop(key=key)
    return work


async def drop(*, key: str) -> None:
    """Let the draft go; what is published stays."""
    await ProgramDraft.delete().where(ProgramDraft.key == key)


def of_offer(offer: Offer) -> Terms:
    """A program as it stands, as somebody could have wanted it."""
    content = {name: getattr(offer.version, name) for name in offers.CONTENT}
    return Terms(key=offer.key, **moving.settings(offer), **content)


def write(terms: Terms) -> str:
    return msgspec.json.encode(terms).decode()


async def _in_work(key: str, query: str) -> InWork:
    rows, offer = await ground.fetch(query, key), await offering.find(key=key)
    draft = _draft(rows[0]) if rows else None
    if draft is None and offer is None:
        raise ProgramUnknown("errors.programs.unknown")
    if offer is None:
        assert draft is not None, "one of the two"
        return InWork(key=key, terms=draft.terms, draft=draft, offer=None)
    content = draft.terms if draft else of_offer(offer)
    terms = msgspec.structs.replace(content, **moving.settings(offer))
    return InWork(key=key, terms=terms, draft=draft, offer=offer)


async def _begin(terms: Terms, member: UUID, at: datetime) -> bool:
    return bool(await ground.execute(_BEGIN, uuid4(), terms.key, write(terms), at, member))


def _draft(row: Mapping[str, Any]) -> Draft:
    return msgspec.convert({**row, "terms": msgspec.json.decode(row["terms"])}, Draft)
