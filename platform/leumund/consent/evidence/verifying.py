"""Verify the chains: every event of every person says what it said when it was written, and none is missing.

A person's chain is read in one statement, so that what is said meanwhile is seen whole or not at all; some people at a
time, so that memory stays flat however many there are. What this cannot find: a chain that was taken away whole, with
its head; one that the database's owner set back to an older day, with the head and the seal it had then; and a whole
database set back to an older one.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from leumund.audit import noting
from leumund.consent import rules
from leumund.consent.evidence import chaining
from leumund.consent.evidence.chaining import Head
from leumund.consent.evidence.recording import ADDRESS, BASIS
from leumund.kit import ground, personal, turns
from leumund.kit.personal import PersonKey
from leumund.kit.vaults import KeyMissing

Kind = Literal[
    "changed", "missing", "inserted", "words", "key", "lost", "form", "wording", "forged", "headless", "text", "block"
]
_PEOPLE_AT_ONCE = 200
_MOST_TOLD = 50
_FIRST_ID = UUID(int=0)
_EVENT = ", ".join(f"event.{name.strip()}" for name in chaining.COLUMNS.split(","))
# What the evidence of an event says of its form, and by what names the rows have it.
_FORM_COLUMNS = {
    "form": "served.form",
    "version": "served.form_version",
    "url": "served.url",
    "language": "served.language",
    "texts": "served.texts",
    "at": "served.served_at",
    "sha256": "block.sha256",
}
_FORM = ", ".join(f"{column} AS form_{name}" for name, column in _FORM_COLUMNS.items())
_CHAINS, _ONE = (
    f"""
SELECT head.id AS person, head.position AS head_position, head.chain_hash AS head_hash, head.seal_hash,
    {_EVENT}, event.basis_sealed, event.address_sealed, {personal.brought("head.id")} AS key_kept,
    text.sha256 AS text_sha256, text.version AS text_version, text.language AS text_language,
    text.purpose AS text_purpose,
    {_FORM},
    EXISTS (SELECT FROM customer WHERE id = head.id AND held IS DISTINCT FROM 'erased') AS is_here
FROM (SELECT id, position, chain_hash, seal_hash FROM consent_chain WHERE {which}) head
LEFT JOIN consent_event event ON event.customer = head.id LEFT JOIN consent_text text ON text.id = event.text
LEFT JOIN consent_served served ON served.id = event.served LEFT JOIN consent_block block ON block.id = served.block
ORDER BY head.id, event.position
"""  # noqa: S608 - names of ours alone
    for which in ("id > $1 ORDER BY id LIMIT $2", "id = $1")
)
_HEADLESS = """
SELECT customer, position FROM consent_event event
WHERE NOT EXISTS (SELECT FROM consent_chain WHERE id = event.customer) ORDER BY customer, position LIMIT $1
"""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong at ``position`` of the chain of ``person``, who is named by nothing but an id.

    A text or a form of nobody's in particular is a fault without a person.
    """

    kind: Kind
    person: UUID | None = None
    position: int | None = None


class Verdict(msgspec.Struct, frozen=True):
    """How many people and events were looked at, and what was found, the first fifty faults."""

    people: int
    events: int
    faults: list[Fault]


async def verify() -> Verdict:
    """Compute every chain of this company anew."""
    faults, people, events = await _texts(), 0, 0
    async for person, rows in _chains():
        people, events = people + 1, events + sum(row["id"] is not None for row in rows)
        faults += _of_person(person, rows)
        if len(faults) >= _MOST_TOLD:
            break
    headless = await ground.fetch(_HEADLESS, _MOST_TOLD)
    faults += [Fault("headless", row["customer"], row["position"]) for row in headless]
    return Verdict(people, events, faults[:_MOST_TOLD])


async def verify_one(*, person: UUID) -> list[Fault]:
    """What is wrong with the chain of one person."""
    rows = await ground.fetch(_ONE, person)
    return list(_of_person(person, rows)) if rows else []


async def verify_and_note(*, at: datetime) -> Verdict:
    """As ``verify``, with an entry in the log when something was found."""
    found = await verify()
    if found.faults:
        detail = {"findings": len(found.faults), "kinds": sorted({fault.kind for fault in found.faults})}
        await noting.note(actor="system:nightly", action="consent.chain_broken", detail=detail, at=at)
    return found


async def _chains() -> AsyncIterator[tuple[UUID, Sequence[dict[str, Any]]]]:
    last = _FIRST_ID
    while rows := await ground.fetch(_CHAINS, last, _PEOPLE_AT_ONCE):
        chains = [(person, list(of_person)) for person, of_person in groupby(rows, key=itemgetter("person"))]
        async for person, of_person in turns.taken(chains):
            yield person, of_person
        last = rows[-1]["person"]


def _of_person(person: UUID, rows: Sequence[dict[str, Any]]) -> Iterator[Fault]:
    key, kind = _key(person, rows)
    if kind is not None:
        yield Fault(kind, person)
    head = Head(rows[0]["head_position"], rows[0]["head_hash"])
    if chaining.seal_hash(person, head) != rows[0]["seal_hash"]:
        yield Fault("forged", person, head.position)
    position, before = 0, chaining.BEGINNING
    for row in rows:
        if row["id"] is None:
            continue
        if row["position"] > position + 1:
            yield Fault("missing", person, position + 1)
        # From the hash that stands there on, so that one changed event is one fault.
        yield from (Fault(kind, person, row["position"]) for kind in _of_event(row, before, head, key))
        position, before = row["position"], row["chain_hash"]
    if position < head.position:
        yield Fault("missing", person, position + 1)
    elif position == head.position and before != head.chain_hash:
        yield Fault("changed", person, position)


def _key(person: UUID, rows: Sequence[dict[str, Any]]) -> tuple[PersonKey, Kind | None]:
    """The person's key, and what is wrong with it."""
    try:
        key = personal.opened(rows[0]["key_kept"], person=person)
    except (InvalidTag, KeyMissing):
        return personal.opened(None, person=person), "key"
    is_lost = key.is_gone and rows[0]["is_here"] and any(row["words_hash"] for row in rows)
    return key, "lost" if is_lost else None


def _of_event(row: Mapping[str, Any], before: str, head: Head, key: PersonKey) -> Iterator[Kind]:
    if row["position"] > head.position:
        yield "inserted"
    each = chaining.link(row)
    if chaining.follow(before, each) != row["chain_hash"]:
        yield "changed"
    if not key.is_gone and _words_hash(row, key) != row["words_hash"]:
        yield "words"
    if not _as_worded(row, each.evidence):
        yield "wording"
    if not _as_served(row, each.evidence):
        yield "form"


def _as_worded(row: Mapping[str, Any], evidence: Any) -> bool:
    """Whether the text is still the one that was agreed to: what its event and evidence say of it is in the chain."""
    told = evidence if isinstance(evidence, dict) else {}
    stands = {name: row[f"text_{name}"] for name in ("sha256", "version", "language")}
    return row["text_purpose"] == row["purpose"] and all(told.get(name, now) == now for name, now in stands.items())


def _as_served(row: Mapping[str, Any], evidence: Any) -> bool:
    """Whether the rows still say of the form what the evidence says, where it does; the evidence is in the chain."""
    told = evidence.get("served") if isinstance(evidence, dict) else None
    if not isinstance(told, dict):
        return True
    stands: dict[str, object] = msgspec.to_builtins({name: row[f"form_{name}"] for name in _FORM_COLUMNS})
    stands["texts"] = msgspec.json.decode(row["form_texts"] or "null")
    return {name: told.get(name) for name in stands} == stands


def _words_hash(row: Mapping[str, Any], key: PersonKey) -> str | None:
    """What ``words_hash`` has to be; nothing that could be one where a seal does not open."""
    try:
        basis = BASIS.tell(row["basis_sealed"], row["id"], key=key)
        address = ADDRESS.tell(row["address_sealed"], row["id"], key=key)
    except (InvalidTag, KeyMissing):
        return "unreadable"
    return chaining.words_hash(row["id"], basis=basis, address=address)


async def _texts() -> list[Fault]:
    """Texts and forms that are not what their digests say; there are few of either."""
    texts = await ground.fetch("SELECT title, wording, sha256 FROM consent_text")
    blocks = await ground.fetch("SELECT html, sha256 FROM consent_block")
    changed = [Fault("text") for row in texts if rules.fingerprint(row["title"], row["wording"]) != row["sha256"]]
    return changed + [Fault("block") for row in blocks if sha256(row["html"].encode()).hexdigest() != row["sha256"]]
