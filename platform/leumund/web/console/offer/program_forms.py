"""Forms of a program: what was typed becomes terms, or is told beside its field; what stands becomes typed again."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from leumund.customers.notation import spelling
from leumund.kit import money
from leumund.kit.money import Money
from leumund.programs import judging, telling
from leumund.programs.offers import Cap, Rule, Terms
from leumund.web import forms
from leumund.web.console.offer.program_reading import Reading, Sent
from leumund.web.saying import Saying

SCOPES, PERS = ("person", "program"), ("month", "year", "tax_year", "ever")
SIDES = ("advocate", "friend")
KINDS = ("cash", "credit", "voucher", "goods", "donation", "points")
TRIGGERS = ("purchase", "sign_up", "event")
WORTHS = ("sum", "percent")
TIMES = ("first", "nth", "each", "months")
COUNTS = ("any", "from", "milestone")


def framed(terms: Terms, read: Reading) -> Terms:
    """Budget, limits and period as they were typed."""
    return msgspec.structs.replace(
        terms,
        budget_cents=read.sum("budget_cents") or 0,
        review_above_cents=read.sum("review_above_cents") or None,
        four_eyes_above_cents=read.sum("four_eyes_above_cents") or None,
        begins_at=read.moment("begins_at"),
        ends_at=read.moment("ends_at"),
    )


def peopled(terms: Terms, read: Reading, segments: Sequence[UUID]) -> Terms:
    """Who takes part; a segment there is none of is everybody."""
    chosen = {str(each): each for each in segments}
    return msgspec.structs.replace(
        terms,
        audience=chosen.get(read.sent.get("audience", "")),
        minimum_age=read.number("minimum_age", least=1, most=99),
        countries=_countries(read.sent.get("countries", "")),
        new_customers_only=forms.ticked(read.sent, "new_customers_only"),
        once_per_relation=forms.ticked(read.sent, "once_per_relation"),
    )


def _countries(typed: str) -> list[str]:
    """Codes, by code or by name, with commas or blanks between; what is none stays as typed, and is objected to."""
    known, found = spelling.countries(), set[str]()
    for part in filter(None, (each.strip() for each in re.split("[,;\n]", typed))):
        words = [part] if part.casefold() in known else part.split()
        found |= {known.get(word.casefold(), word) for word in words}
    return sorted(found)


def limited(terms: Terms, read: Reading) -> Terms:
    """Hold, the time in which something counts, and caps; a cap without a figure is none."""
    caps = [
        Cap(
            scope=scope,
            per=per,
            most_cents=read.sum(f"cents_{scope}_{per}"),
            most_rewards=read.number(f"rewards_{scope}_{per}", least=1, most=1_000_000),
        )
        for scope in SCOPES
        for per in PERS
        if read.sent.get(f"cents_{scope}_{per}") or read.sent.get(f"rewards_{scope}_{per}")
    ]
    return msgspec.structs.replace(
        terms,
        hold_days=read.number("hold_days", most=365) or 0,
        attribution_days=read.number("attribution_days", least=1, most=3650),
        caps=caps,
    )


def worded(terms: Terms, sent: Sent, languages: Sequence[str]) -> Terms:
    """The words in each of the company's languages."""
    texts = {language: {name: sent.get(f"{name}_{language}", "") for name in judging.TEXTS} for language in languages}
    return msgspec.structs.replace(terms, texts=texts)


def ruled(key: str, read: Reading) -> Rule:
    """A rule as its form says it; what belongs to another choice than the one that was made is left out."""
    side, trigger = read.chosen("side", SIDES), read.chosen("trigger", TRIGGERS)
    times, counts = read.chosen("times", TIMES), read.chosen("counts", COUNTS)
    shares = read.chosen("worth", WORTHS) == "percent"
    bought, kind = trigger != "sign_up", read.chosen("kind", KINDS)
    points = kind == "points"
    fixed = read.number("cents", least=1, most=1_000_000) if points else read.sum("cents")
    return Rule(
        key=key,
        side=side,
        kind=kind,
        trigger=trigger,
        event_key=(read.sent.get("event_key") or None) if trigger == "event" else None,
        nth=read.number("nth", least=1, most=1000) if bought and times == "nth" else None,
        minimum_order_cents=(read.sum("minimum_order_cents") or 0) if bought else 0,
        cents=None if shares else fixed,
        percent_bp=read.percent("percent") if shares else None,
        least_cents=read.sum("least_cents") if shares else None,
        most_cents=read.sum("most_cents") if shares else None,
        from_count=read.number("count", least=2) if counts == "from" else None,
        milestone=read.number("count", least=1) if counts == "milestone" else None,
        recurring_months=read.number("recurring_months", least=1, most=120) if bought and times == "months" else None,
        most_times=_most_times(read, times),
        begins_at=read.moment("begins_at"),
        ends_at=read.moment("ends_at"),
        bonus=forms.ticked(read.sent, "bonus"),
        hold_days=read.number("hold_days", most=365),
    )


def _most_times(read: Reading, times: str) -> int | None:
    if read.sent.get("trigger") == "sign_up" or times in ("first", "nth"):
        return 1
    return read.number("most_times", least=1, most=1000)


def typed(terms: Terms, say: Saying) -> dict[str, str]:
    """What the fields of a program's forms hold before anybody types."""
    held = {
        name: _sum(getattr(terms, name), terms, say)
        for name in ("budget_cents", "review_above_cents", "four_eyes_above_cents")
    }
    held |= {name: _moment(getattr(terms, name), say) for name in ("begins_at", "ends_at")}
    held |= {
        name: _plain(getattr(terms, name)) for name in ("minimum_age", "hold_days", "attribution_days", "audience")
    }
    held["countries"] = ", ".join(terms.countries)
    held |= {name: "yes" for name in ("new_customers_only", "once_per_relation") if getattr(terms, name)}
    for cap in terms.caps:
        held[f"cents_{cap.scope}_{cap.per}"] = _sum(cap.most_cents, terms, say)
        held[f"rewards_{cap.scope}_{cap.per}"] = _plain(cap.most_rewards)
    for language, said in terms.texts.items():
        held |= {f"{name}_{language}": words for name, words in said.items()}
    return held


def rule_typed(rule: Rule, terms: Terms, say: Saying) -> dict[str, str]:
    """The same of one rule's form."""
    sums = ("minimum_order_cents", "least_cents", "most_cents")
    held = {name: _sum(getattr(rule, name) or None, terms, say) for name in sums}
    held["cents"] = _plain(rule.cents) if rule.kind == "points" else _sum(rule.cents, terms, say)
    held |= {name: _moment(getattr(rule, name), say) for name in ("begins_at", "ends_at")}
    plain = ("side", "kind", "trigger", "event_key", "nth", "recurring_months", "hold_days", "most_times")
    held |= {name: _plain(getattr(rule, name)) for name in plain}
    held["worth"] = "sum" if rule.percent_bp is None else "percent"
    held["percent"] = "" if rule.percent_bp is None else telling.percent(rule.percent_bp, say.lang)
    held["count"] = _plain(rule.from_count or rule.milestone)
    held["counts"] = "from" if rule.from_count else "milestone" if rule.milestone else "any"
    held["times"] = _times(rule)
    return held | ({"bonus": "yes"} if rule.bonus else {})


def _times(rule: Rule) -> str:
    if rule.recurring_months:
        return "months"
    if rule.nth:
        return "nth"
    return "first" if rule.most_times == 1 else "each"


def _sum(cents: int | None, terms: Terms, say: Saying) -> str:
    return "" if cents is None else money.typed(Money(cents, terms.currency), say.lang)


def _moment(at: datetime | None, say: Saying) -> str:
    return "" if at is None else at.astimezone(UTC).astimezone(say.zone).strftime("%Y-%m-%dT%H:%M")


def _plain(value: object) -> str:
    return "" if value is None else str(value)
