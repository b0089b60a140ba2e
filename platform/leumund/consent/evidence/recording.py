"""Record what happened to consents: the one place where events are written, each at the end of its person's chain.

Whoever decides by what a person's events say holds their chain first: of two deeds about one person the second looks
when the first is done.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec

from leumund.consent import rules
from leumund.consent.evidence import chaining
from leumund.consent.evidence.chaining import Head, Link
from leumund.kit import ground, outbox, personal, turns
from leumund.kit.personal import PersonKey
from leumund.kit.sealing import Column

# The purpose under which people let themselves be evaluated, and the job that is left where they decide about it.
PROFILE, PROFILE_DECIDED = "profile", "consent.profile_decided"
_DECIDED = ("given", *rules.ENDS)
BASIS = Column("consent_event", "basis_sealed")
ADDRESS = Column("consent_event", "address_sealed")
_HOLD = """
SELECT id, position, chain_hash, seal_hash FROM consent_chain WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
"""
_BEGIN = """
INSERT INTO consent_chain (id, position, chain_hash, seal_hash)
SELECT id, 0, '', seal_hash FROM unnest($1::uuid[], $2::text[]) AS begun (id, seal_hash) ORDER BY id
ON CONFLICT DO NOTHING
"""
_MOVE_ON = """
UPDATE consent_chain SET position = given.position, chain_hash = given.chain_hash, seal_hash = given.seal_hash
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[]) AS given (id, position, chain_hash, seal_hash)
WHERE consent_chain.id = given.id
"""
_TYPES = {
    **dict.fromkeys(("id", "customer", "request", "served", "text"), "uuid"),
    **dict.fromkeys(("controller", "purpose", "channel", "state", "source"), "text"),
    "evidence": "jsonb",
    "words_hash": "text",
    "at": "timestamptz",
    "position": "integer",
    "chain_hash": "text",
    "basis_sealed": "bytea",
    "address_sealed": "bytea",
}
_NAMES = ", ".join(_TYPES)
_ROWS = ", ".join(f"unnest(${place}::{kind}[])" for place, kind in enumerate(_TYPES.values(), 1))
_INSERT = f"INSERT INTO consent_event ({_NAMES}) SELECT {_ROWS}"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One event before it has its place; ``basis`` and ``address`` are words that are sealed.

    ``served`` is the form that was shown, ``controller`` the company as its words were then.
    """

    customer: UUID
    text: UUID
    controller: str
    purpose: str
    channel: str
    state: str
    source: str
    at: datetime
    request: UUID | None = None
    served: UUID | None = None
    evidence: Mapping[str, object] = {}
    basis: str = ""
    address: str = ""


class _Held(NamedTuple):
    head: Head
    seal: str


async def hold(*, people: Collection[UUID]) -> dict[UUID, "_Held"]:
    """Hold the chains of ``people`` until the deed is done, in one order; who has none begins one."""
    held = await _hold(people)
    beginning = sorted(set(people) - held.keys())
    if beginning:
        seals = [chaining.seal_hash(person, Head(0, chaining.BEGINNING)) for person in beginning]
        await ground.execute(_BEGIN, beginning, seals)
        # Whoever began one just before us is waited for here.
        held |= await _hold(beginning)
    return held


async def record(said: Sequence[Said]) -> None:
    """Write events, of many people as of one, in the order they are said."""
    if not said:
        return
    people = {each.customer for each in said}
    held = await hold(people=people)
    heads = {person: each.head for person, each in held.items()}
    keys = await personal.keys(people=[each.customer for each in said if each.basis or each.address])
    rows = []
    async for each in turns.taken(said):
        row = _row(each, heads[each.customer], keys.get(each.customer))
        heads[each.customer] = Head(row["position"], row["chain_hash"])
        rows.append(row)
    await ground.execute(_INSERT, *([row[name] for row in rows] for name in _TYPES))
    await _move_on(held, heads)
    # What is reckoned of somebody comes with their yes and goes with their no.
    decided = [each for each in said if each.purpose == PROFILE and each.state in _DECIDED]
    if decided:
        asked = list({each.customer for each in decided})
        due_at = max(each.at for each in decided)
        await outbox.enqueue_all(kind=PROFILE_DECIDED, subjects=asked, due_at=due_at, bulk=len(asked) > 1)


async def _hold(people: Collection[UUID]) -> dict[UUID, _Held]:
    rows = await ground.fetch(_HOLD, list(people))
    return {row["id"]: _Held(Head(row["position"], row["chain_hash"]), row["seal_hash"]) for row in rows}


async def _move_on(held: Mapping[UUID, _Held], heads: Mapping[UUID, Head]) -> None:
    # A chain that somebody broke goes on, since a withdrawal may never be refused, and is never sealed anew.
    seals = [
        chaining.seal_hash(person, head)
        if held[person].seal == chaining.seal_hash(person, held[person].head)
        else held[person].seal
        for person, head in heads.items()
    ]
    positions, hashes = zip(*heads.values(), strict=True)
    await ground.execute(_MOVE_ON, [*heads], positions, hashes, seals)


def _row(said: Said, head: Head, key: PersonKey | None) -> dict[str, Any]:
    event = uuid4()
    # Of whom the key is gone nothing is sealed any more: nobody could ever open it.
    basis, address = (said.basis, said.address) if key else ("", "")
    each = Link(
        id=event,
        customer=said.customer,
        request=said.request,
        served=said.served,
        text=said.text,
        controller=said.controller,
        controller_id=ground.current().vault.company,
        purpose=said.purpose,
        channel=said.channel,
        state=said.state,
        source=said.source,
        evidence=msgspec.to_builtins(said.evidence),
        words_hash=chaining.words_hash(event, basis=basis, address=address),
        at=said.at.astimezone(UTC),
        position=head.position + 1,
    )
    told = {name: getattr(each, name) for name in Link.__struct_fields__}
    return told | {
        "evidence": msgspec.json.encode(each.evidence).decode(),
        "chain_hash": chaining.follow(head.chain_hash, each),
        "basis_sealed": BASIS.keep(basis, event, key=key),
        "address_sealed": ADDRESS.keep(address, event, key=key),
    }
