"""A referral's trace in words: where a reward is, and why a rule was met or not, with the figures that decided."""

from datetime import datetime

from leumund.insight.traces import Answer, Happened, Judged, Stands
from leumund.kit import language
from leumund.web.saying import Saying

# Which of them wait, and which went wrong; the others are good news.
_WAITS = ("in_review", "waiting", "held", "pending", "scheduled", "sent", "available", "nothing", "not_promised")
_WRONG = ("failed", "unclear", "lacking")
_ENDED = ("refused", "voided", "expired", "not_earned", "canceled", "taken_back", "reward_expired")
# Reasons of which an advocate is told no more than that it is not for this; what was bought, and the how manieth, is
# the friend's (decision 54).
TOLD = {
    "below_minimum": "below_minimum",
    "below_count": "below_count",
    "not_the_milestone": "not_the_milestone",
    "too_late": "too_late",
    "not_begun": "not_begun",
    "over": "over",
    "too_young": "too_young",
    "other_country": "other_country",
    "paid_already": "again",
    "often_enough": "again",
    "months_over": "again",
}
FIGURED = (
    *("below_minimum", "other_currency", "not_the_nth", "below_count", "not_the_milestone", "too_late", "not_begun"),
    *("over", "too_young", "other_country", "often_enough", "months_over", "passed", "cut"),
)


def mood(answer: Answer) -> str:
    """``wait``, ``wrong``, ``ended`` or ``good``."""
    moods = {"wait": _WAITS, "wrong": _WRONG, "ended": _ENDED}
    return next((name for name, keys in moods.items() if answer.key in keys), "good")


def told(answer: Answer, stands: Stands, say: Saying) -> str:
    """The answer as an advocate reads it, in one or two sentences."""
    reason = _why(answer.fault, stands, say) if answer.fault else _unpaid(answer, "portal", say)
    return _answer("told", answer, reason, say)


def whole(answer: Answer, stands: Stands, say: Saying) -> str:
    """The answer as the company reads it."""
    reason = why(answer.fault, None, stands, say) if answer.fault else _unpaid(answer, "console", say)
    return _answer("answer", answer, reason, say)


def why(judged: Judged, event: Happened | None, stands: Stands, say: Saying) -> str:
    """Why a rule was met or not, in the company's words; of ``event`` it tells what it was about."""
    said = language.text(f"rewards.judged.{judged.reason}", say.lang)
    if judged.reason not in FIGURED:
        return said
    values = _figures(judged, stands, say)
    if judged.reason in ("below_minimum", "other_currency") and event is not None:
        values["order"] = say.money(event.cents, event.currency)
        return language.text(f"trace.figures.{judged.reason}", say.lang, **values)
    if judged.reason in ("below_minimum", "other_currency"):
        return said
    return language.text(f"trace.figures.{judged.reason}", say.lang, **values)


def _why(judged: Judged, stands: Stands, say: Saying) -> str:
    """The same in words for the advocate, without anything of the friend's."""
    name = TOLD.get(
        judged.reason, judged.reason.rsplit("_", 1)[0] if judged.reason.startswith("cap_") else "not_for_this"
    )
    if name.startswith("cap_"):
        name = "cap_person" if judged.reason.startswith("cap_person") else "cap_program"
    return language.text(f"trace.why.{name}", say.lang, **_figures(judged, stands, say))


def _figures(judged: Judged, stands: Stands, say: Saying) -> dict[str, object]:
    """Every figure of the promise that a reason may speak of."""
    rule, version = judged.rule, stands.offer.version
    return {
        "least": say.money(rule.minimum_order_cents, stands.offer.currency),
        "currency": stands.offer.currency,
        "amount": say.money(judged.cents, "PTS" if rule.kind == "points" else stands.offer.currency),
        "n": _number(judged),
        "days": version.attribution_days or 0,
        "age": version.minimum_age or 0,
        "countries": ", ".join(say.country(each) for each in version.countries),
        "begins": _day(rule.begins_at, say),
        "ends": _day(rule.ends_at, say),
    }


def _number(judged: Judged) -> int:
    rule = judged.rule
    numbers = {
        "not_the_nth": rule.nth,
        "below_count": rule.from_count,
        "not_the_milestone": rule.milestone,
        "often_enough": rule.most_times,
        "months_over": rule.recurring_months,
    }
    return numbers.get(judged.reason) or 0


def _day(at: datetime | None, say: Saying) -> str:
    return say.day(at) if at else ""


def _unpaid(answer: Answer, reader: str, say: Saying) -> str:
    """What a payout said why it failed; nothing where none did."""
    if answer.key != "failed" or answer.of is None or not answer.of.payouts:
        return ""
    return language.text(f"{reader}.payouts.reason.{answer.of.payouts[-1].reason}", say.lang)


def _answer(words: str, answer: Answer, reason: str, say: Saying) -> str:
    amount = day = ""
    if answer.of is not None:
        amount, last = say.money(answer.of.owed_cents, answer.of.currency), answer.of.payouts[-1:]
        arrived = last[0].settled_at if last else None
        day = _day(answer.of.hold_until if answer.key == "pending" else arrived or answer.of.decided_at, say)
    said = language.text(f"trace.{words}.{answer.key}", say.lang, amount=amount, day=day)
    lacks = answer.of.lacks if answer.of is not None else ""
    missing = language.text(f"trace.lacks.{words}.{lacks}", say.lang) if lacks else ""
    more = language.plural("trace.more", say.lang, answer.more) if answer.more else ""
    return " ".join(part for part in (said, reason, missing, more) if part)
