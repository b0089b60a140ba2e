"""Arrange how a company pays: its account, the way of each kind, limits and schedule; checked whole and noted."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from leumund.audit import noting
from leumund.kit import free_text, ground
from leumund.kit.faults import Refusals, Refused
from leumund.payouts import ibans, rules, setting
from leumund.payouts.rules import Limit
from leumund.payouts.setting import Setting
from leumund.rewards import drawing

SCHEDULES = ("none", "weekly", "monthly")
LONGEST_HOLDER, LONGEST_PURPOSE, LONGEST_DONATION = 70, 100, 140
_LAST_WEEKDAY, _LAST_DAY = 7, 28
_MOST_CENTS = 10**11
_KEEP = """
UPDATE payout_setting SET holder = $1, iban_sealed = $2, purpose = $3, donation_to = $4, schedule = $5,
    schedule_day = $6, changed_at = $7
"""
_KEEP_WAY = """
INSERT INTO payout_way (kind, way, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (kind) DO UPDATE SET way = excluded.way, changed_at = excluded.changed_at
"""
_KEEP_LIMIT = """
INSERT INTO payout_limit VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (currency) DO UPDATE SET least_cents = excluded.least_cents,
    four_eyes_batch_cents = excluded.four_eyes_batch_cents, four_eyes_payout_cents = excluded.four_eyes_payout_cents,
    most_a_year_cents = excluded.most_a_year_cents, changed_at = excluded.changed_at
"""


class NoSuchWay(Refused):
    """A kind is not paid that way."""


class NoSuchDay(Refused):
    """No day of a week, or of every month."""


class NoSuchLimit(Refused):
    """A limit that is no sum, or below nothing."""


class NoHolder(Refused):
    """An account needs the name it is held in."""


class Arrangement(msgspec.Struct, frozen=True, kw_only=True):
    """All that is set at once; ``limits`` by currency, ``ways`` by kind."""

    setting: Setting
    ways: Mapping[str, str]
    limits: Mapping[str, Limit]


async def arrange(*, wanted: Arrangement, actor: str, at: datetime) -> None:
    """Let ``wanted`` hold for what is drafted and approved from now on. Raises Refusals."""
    told = wanted.setting
    iban, faults = _checked(wanted)
    if faults:
        raise Refusals(faults)
    row = await setting.lock()
    before = await setting.read()
    seal = setting.IBAN.keep(iban, row)
    texts = told.holder.strip(), seal, told.purpose.strip(), told.donation_to.strip()
    await ground.execute(_KEEP, *texts, told.schedule, told.schedule_day, at)
    for kind, way in wanted.ways.items():
        await ground.execute(_KEEP_WAY, kind, way, at)
    await drawing.draw_for_waiting(at=at)
    for currency, limit in wanted.limits.items():
        figures = limit.least_cents, limit.four_eyes_batch_cents, limit.four_eyes_payout_cents, limit.most_a_year_cents
        await ground.execute(_KEEP_LIMIT, currency, *figures, at)
    detail = {
        "account_changed": before.iban != iban,
        "schedule": told.schedule,
        "ways": dict(wanted.ways),
        "limits": {currency: msgspec.structs.asdict(limit) for currency, limit in wanted.limits.items()},
    }
    await noting.note(actor=actor, action="payout.arranged", detail=detail, at=at)


def _checked(wanted: Arrangement) -> tuple[str, list[Refused]]:
    """The account as it is kept, and whatever is wrong, each next to its field."""
    faults, iban = list(_faults(wanted)), ""
    try:
        iban = ibans.normal(wanted.setting.iban) if wanted.setting.iban.strip() else ""
    except Refused as fault:
        faults.append(fault)
    if iban and not wanted.setting.holder.strip():
        faults.append(NoHolder("errors.payouts.no_holder", field="holder"))
    return iban, faults


def _faults(wanted: Arrangement) -> Iterator[Refused]:
    told = wanted.setting
    for name, text, most in (
        ("holder", told.holder, LONGEST_HOLDER),
        ("purpose", told.purpose, LONGEST_PURPOSE),
        ("donation_to", told.donation_to, LONGEST_DONATION),
    ):
        if len(text.strip()) > most:
            yield free_text.TooLong("errors.words.too_long", field=name, most=most)
    last = _LAST_WEEKDAY if told.schedule == "weekly" else _LAST_DAY
    if told.schedule not in SCHEDULES or not 1 <= told.schedule_day <= last:
        yield NoSuchDay("errors.payouts.schedule_day", field="schedule_day")
    for kind, way in wanted.ways.items():
        if way not in rules.WAYS.get(kind, ()):
            yield NoSuchWay("errors.payouts.way", field=f"way_{kind}")
    for currency, limit in wanted.limits.items():
        yield from _of_limit(currency, limit)


def _of_limit(currency: str, limit: Limit) -> Iterator[Refused]:
    figures = {
        "least": (limit.least_cents, 1),
        "batch": (limit.four_eyes_batch_cents, 0),
        "payout": (limit.four_eyes_payout_cents, 0),
        "year": (limit.most_a_year_cents or 1, 1),
    }
    for name, (cents, least) in figures.items():
        if not least <= cents <= _MOST_CENTS:
            yield NoSuchLimit("errors.payouts.limit", field=f"{name}_{currency}")
