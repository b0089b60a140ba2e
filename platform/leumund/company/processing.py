"""Who else handles people's data: processors on the company's behalf, and recipients in their own right.

A list the privacy notice, the record of processing and the register of sub-processors are all written from. What was
true stays readable: an entry ends, and whatever changes about it is a new entry.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.company import rules
from leumund.company.tables import Processor as Row
from leumund.kit import faults, ground

_END = "UPDATE processor SET until_date = greatest($2, since_date) WHERE id = $1 AND until_date IS NULL"


class SafeguardsMissing(faults.Refused):
    """Outside the EEA data needs something that keeps it safe (GDPR Art. 44)."""


class Incomplete(faults.Refused):
    """Who it is, where, and what for must be said, each language for itself."""


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of whoever handles data; ``country`` is an ISO code, ``what_for`` a sentence by language."""

    role: str
    name: str
    address: str
    country: str
    what_for: dict[str, str]
    safeguards: str = "none_needed"


class Processor(Described, frozen=True, kw_only=True):
    """Somebody who handles data, since when and, where it has ended, until when; ``is_host`` for the operator."""

    id: UUID
    is_host: bool
    since_date: date
    until_date: date | None


async def listed() -> list[Processor]:
    """Everybody who handles data now: the host first, then processors and recipients by name."""
    return [one for one in await history() if one.until_date is None]


async def history() -> list[Processor]:
    """Everybody who ever did, the host first, then processors and recipients by name, the newest entry first."""
    query = Row.select().order_by(Row.is_host, ascending=False).order_by(Row.role, Row.name)
    rows = await query.order_by(Row.since_date, ascending=False).output(load_json=True)
    return msgspec.convert(rows, list[Processor])


async def settle(*, wanted: Sequence[Described], on: date) -> bool:
    """Let exactly ``wanted`` handle data beside the host; false when they already do."""
    return await _settle([one for one in await listed() if not one.is_host], wanted, is_host=False, on=on)


async def settle_host(*, host: Described, on: date) -> bool:
    """Let ``host`` be who operates this; false when it already does."""
    return await _settle([one for one in await listed() if one.is_host], [host], is_host=True, on=on)


def check(*, described: Described, languages: Sequence[str]) -> None:
    """Nothing, when all is said that the notice must tell. Raises Incomplete, SafeguardsMissing."""
    for field in ("name", "address", "country"):
        if not getattr(described, field).strip():
            raise Incomplete("errors.company.processor_incomplete", field=field)
    for language in languages:
        if not described.what_for.get(language, "").strip():
            raise Incomplete("errors.company.processor_incomplete", field=f"what_for_{language}")
    if described.safeguards == "none_needed" and not rules.in_eea(described.country):
        raise SafeguardsMissing("errors.company.safeguards_missing", field="safeguards")


async def _settle(standing: Sequence[Processor], wanted: Sequence[Described], *, is_host: bool, on: date) -> bool:
    leaving = [one for one in standing if _described(one) not in wanted]
    coming = [one for one in wanted if one not in map(_described, standing)]
    for gone in leaving:
        await ground.execute(_END, gone.id, on)
    for one in coming:
        await _keep(one, is_host=is_host, on=on)
    return bool(leaving or coming)


async def _keep(described: Described, *, is_host: bool, on: date) -> None:
    said: dict[str, Any] = msgspec.to_builtins(described)
    await Row.insert(Row(**said, id=uuid4(), is_host=is_host, since_date=on))


def _described(processor: Processor) -> Described:
    return msgspec.convert({name: getattr(processor, name) for name in Described.__struct_fields__}, Described)
