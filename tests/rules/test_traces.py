"""Every reason a rule, a payout or a person gives has words, in both languages, and for advocates too."""

import inspect
import re
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from leumund.insight import concluding
from leumund.insight.traces import Answer, Carried, Granted, Judged, Stands
from leumund.kit import language
from leumund.payouts import collecting
from leumund.programs.offers import Cap, Offer, Rule, Version
from leumund.rewards.judging import capping, judging, meeting
from leumund.web import traces
from leumund.web.saying import Saying

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
RULE = Rule(side="advocate", kind="cash", cents=2000, minimum_order_cents=5000, begins_at=NOON, ends_at=NOON)
# Whatever a module of judging may answer stands in its source, and a limit names its scope and time.
REASONS = {
    *re.findall(r'(?:return|\)|=|reason=) *"([a-z_]+)"', inspect.getsource(meeting)),
    *re.findall(r'reason="([a-z_]+)"', inspect.getsource(judging)),
    *(
        capping._reason(Cap(scope=scope, per=per))
        for scope in ("person", "program")
        for per in ("month", "year", "tax_year", "ever")
    ),
    judging.PASSED,
    judging.CUT,
} - {"event", "sign_up"}


def stands() -> Stands:
    version = Version(
        id=uuid4(),
        number=1,
        terms={},
        published_at=NOON,
        published_by="",
        texts={},
        hold_days=14,
        rules=[RULE],
        attribution_days=90,
        minimum_age=18,
        countries=["DE"],
    )
    offer = Offer(
        id=uuid4(),
        key="freunde",
        state="live",
        currency="EUR",
        budget_cents=1,
        begins_at=None,
        ends_at=None,
        review_above_cents=None,
        four_eyes_above_cents=None,
        zone="Europe/Berlin",
        version=version,
    )
    return Stands(
        id=uuid4(),
        state="attributed",
        held=False,
        clicked_at=None,
        campaign="",
        attributed_at=NOON,
        qualified_at=None,
        decided_at=None,
        offer=offer,
    )


def test_the_reasons_are_found_that_the_judge_may_give():
    assert {"below_minimum", "too_late", "outranked", "worth_nothing", "cap_person_tax_year", "not_the_nth"} <= REASONS
    assert len(REASONS) >= 25


@pytest.mark.parametrize("lang", language.LANGUAGES)
@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_rules_reason_has_words_for_the_company_and_for_the_advocate(reason: str, lang: str):
    say, passed = Saying(lang, ZoneInfo("Europe/Berlin")), reason in ("passed", "cut")
    judged = Judged(rule=RULE, passed=passed, reason=reason, cents=2000 * passed, judged_at=NOON)
    assert traces.why(judged, None, stands(), say)
    answer = Answer(key="not_earned", fault=judged)
    assert len(traces.told(answer, stands(), say)) > len(language.text("trace.told.not_earned", lang))
    assert len(traces.whole(answer, stands(), say)) > len(language.text("trace.answer.not_earned", lang))


@pytest.mark.parametrize("lang", language.LANGUAGES)
@pytest.mark.parametrize("key", concluding.KEYS)
def test_every_answer_has_words_and_a_mood(key: str, lang: str):
    say = Saying(lang, ZoneInfo("Europe/Berlin"))
    answer = Answer(key=key)
    assert traces.told(answer, stands(), say)
    assert traces.whole(answer, stands(), say)
    assert traces.mood(answer) in ("good", "wait", "wrong", "ended")


def test_an_advocate_is_told_the_minimum_and_not_the_order():
    say = Saying("de", ZoneInfo("Europe/Berlin"))
    fault = Judged(rule=RULE, passed=False, reason="below_minimum", cents=0, judged_at=NOON)
    said = traces.told(Answer(key="not_earned", fault=fault), stands(), say)
    assert said.replace("\xa0", " ") == "Noch keine Prämie: Der Einkauf lag unter dem Mindestwert von 50,00 €."
    earlier = Judged(rule=RULE, passed=False, reason="not_the_nth", cents=0, judged_at=NOON)
    said = traces.told(Answer(key="not_earned", fault=earlier), stands(), say)
    assert said == "Noch keine Prämie: Für das, was bisher geschah, ist keine vorgesehen."


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_every_kind_and_payout_has_words_on_both_pages(lang: str):
    said = language.catalogue(lang).texts
    for kind in ("cash", "credit", "voucher", "goods", "donation", "points"):
        assert f"portal.kind.{kind}" in said
    company = {key.removeprefix("console.") for key in said if key.startswith("console.payouts.reason.")}
    person = {key.removeprefix("portal.") for key in said if key.startswith("portal.payouts.reason.")}
    assert company == person
    for missing in (*(missing for _, missing in collecting.READY.values()), "too_little"):
        assert {f"trace.lacks.answer.{missing}", f"trace.lacks.told.{missing}"} <= set(said)


def in_a_batch(*, state: str, owed_cents: int) -> Granted:
    """Anna's reward of 50 euros, in a payout of that ``state``."""
    payout = Carried(
        id=uuid4(),
        batch=uuid4(),
        way="manual",
        state=state,
        reason="",
        reference="",
        cents=5000,
        set_off_cents=0,
        currency="EUR",
        created_at=NOON,
        submitted_at=None,
        settled_at=None,
    )
    return Granted(
        id=uuid4(),
        side="advocate",
        kind="cash",
        conversion=uuid4(),
        coded=False,
        cents=5000,
        owed_cents=owed_cents,
        currency="EUR",
        state="scheduled",
        reason="",
        doubt=None,
        granted_at=NOON,
        hold_until=NOON,
        decided_at=NOON,
        payouts=[payout],
    )


@pytest.mark.parametrize(
    ("referral", "payout", "owed_cents", "key"),
    [
        ("voided", "approved", 0, "voided"),
        ("voided", "submitted", 0, "sent"),
        ("approved", "approved", 5000, "scheduled"),
    ],
)
def test_no_payout_is_announced_of_what_was_taken_back_before_it_left(
    referral: str, payout: str, owed_cents: int, key: str
):
    voided = msgspec.structs.replace(stands(), state=referral)
    reward = in_a_batch(state=payout, owed_cents=owed_cents)
    assert concluding.conclude(voided, "advocate", [reward], []).key == key
