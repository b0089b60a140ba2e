"""Publish a program: a new version where what people are told or owed differs; a published one never changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.company import describing
from leumund.kit import actors, ground
from leumund.kit.faults import Refused
from leumund.programs import conditions, moving, offering, offers
from leumund.programs.offers import Content, Offer, Rule, Terms
from leumund.programs.tables import Program, ProgramCap, ProgramVersion, RewardRule
from leumund.programs.telling import Speech

# Whoever asked to take part was shown sums of money.
_PROMISED = "SELECT key FROM program g WHERE EXISTS (SELECT FROM participation WHERE program = g.id)"


class CurrencyFixed(Refused):
    """Something was promised in the currency of the program as it stands."""


async def publish(*, terms: Terms, at: datetime, by: str = actors.COMMAND_LINE) -> list[str]:
    """Make the program as ``terms`` say and return the names of what changed; nothing changes twice.

    Raises CurrencyFixed. Of two at once the second waits for the first, and sees what it did.
    """
    # Locked first, so that what is read then is what whoever was before us left.
    await ground.execute("SELECT FROM program WHERE key = $1 FOR NO KEY UPDATE", terms.key)
    before = await offering.find(key=terms.key)
    if before is None:
        program = await _create(terms, at)
        await append(program=program, number=1, content=terms, currency=terms.currency, at=at, by=by)
        return ["program"]
    if before.currency != terms.currency and terms.key in await promised():
        raise CurrencyFixed("errors.programs.currency_fixed", field="currency", currency=before.currency)
    changed = await moving.move(before=before, wished=moving.settings(terms), at=at, by=by)
    return changed + await renew(before=before, content=terms, at=at, by=by)


async def promised() -> set[str]:
    """The keys of programs that somebody takes part in, or ever did: their rewards are sums of one currency."""
    return {row["key"] for row in await ground.fetch(_PROMISED)}


async def renew(*, before: Offer, content: Content, at: datetime, by: str) -> list[str]:
    """Append ``content`` to the versions where it differs from the newest; returns the names of what differs.

    The caller holds the program's row.
    """
    differs = differences(before.version, content)
    if differs:
        number = before.version.number + 1
        await append(program=before.id, number=number, content=content, currency=before.currency, at=at, by=by)
        await moving.touch(program=before.id, at=at)
    return differs


def differences(one: Content, other: Content) -> list[str]:
    """The names of what differs between two contents, each changed rule by whom it is for."""
    was, becomes = plain(one), plain(other)
    names = [name for name in offers.CONTENT if name != "rules" and getattr(was, name) != getattr(becomes, name)]
    old, new = {rule.key: rule for rule in was.rules}, {rule.key: rule for rule in becomes.rules}
    if changed := [f"rule for {key}" for key, rule in new.items() if old.get(key) != rule]:
        return names + changed
    return names + (["rules"] if old.keys() - new.keys() else [])


def plain(content: Content) -> Content:
    """The content alone, written the one way: rules and limits in order, each rule with a key and without an id."""
    told: dict[str, Any] = {name: getattr(content, name) for name in offers.CONTENT}
    told["texts"] = {language: dict(said) for language, said in content.texts.items()}
    told["rules"] = [msgspec.structs.replace(rule, id=None) for rule in keyed(content.rules)]
    told["caps"] = sorted(content.caps, key=lambda cap: (cap.scope, cap.per))
    told["countries"] = sorted(content.countries)
    return Content(**told)


def keyed(rules: Sequence[Rule]) -> list[Rule]:
    """The rules by side and key; one that has none is called by its side, and from the second on by its number."""
    taken = {rule.key for rule in rules if rule.key}
    made = []
    for rule in rules:
        key, number = rule.key or rule.side, 1
        while not rule.key and key in taken:
            number += 1
            key = f"{rule.side}-{number}"
        taken.add(key)
        made.append(msgspec.structs.replace(rule, key=key))
    return sorted(made, key=lambda rule: (rule.side, rule.key))


async def append(*, program: UUID, number: int, content: Content, currency: str, at: datetime, by: str) -> UUID:
    """The version's id; rules and limits are rows of it alone, and its conditions are written once and for all."""
    told = plain(content)
    zone = (await describing.profile()).time_zone
    written = {lang: conditions.written(told, Speech(lang, currency, zone)) for lang in told.texts}
    version = ProgramVersion(
        id=uuid4(),
        program=program,
        number=number,
        texts=_json(told.texts),
        terms=_json(written),
        audience=told.audience,
        hold_days=told.hold_days,
        attribution_days=told.attribution_days,
        minimum_age=told.minimum_age,
        countries=list(told.countries),
        new_customers_only=told.new_customers_only,
        once_per_relation=told.once_per_relation,
        published_at=at,
        published_by=by,
    )
    await ProgramVersion.insert(version)
    made: UUID = version.id
    if told.rules:
        rules = [{**msgspec.structs.asdict(rule), "id": uuid4(), "version": made} for rule in told.rules]
        await RewardRule.insert(*(RewardRule(**rule) for rule in rules))
    if told.caps:
        await ProgramCap.insert(*(ProgramCap(version=made, **msgspec.structs.asdict(cap)) for cap in told.caps))
    return made


async def _create(terms: Terms, at: datetime) -> UUID:
    program = Program(**moving.settings(terms), key=terms.key, updated_at=at)
    await Program.insert(program)
    made: UUID = program.id
    return made


def _json(value: Mapping[str, object]) -> str:
    return msgspec.json.encode(value).decode()
