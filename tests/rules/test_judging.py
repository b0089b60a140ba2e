"""What an event is worth: every rule says yes or no and why, and no limit is ever passed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.programs.offers import Cap, Offer, Rule, Version
from leumund.rewards.judging import judging, meeting, units, worth
from leumund.rewards.judging.facts import PERIODS, Earned, Event, Facts, Party
from tests.conftest import NOON


def rule(key: str = "base", **told: Any) -> Rule:
    """Twenty euros for the advocate for the friend's first purchase, but for what is ``told``."""
    plain = {"side": "advocate", "kind": "cash", "nth": 1, "most_times": None}
    return Rule(**{**plain, **({} if "percent_bp" in told else {"cents": 2000}), "key": key, **told})


def terms(*rules: Rule, **told: Any) -> Offer:
    """A program with these rules that asks nobody for anything, but for what is ``told``."""
    version = Version(
        id=UUID(int=1),
        number=1,
        texts={},
        terms={},
        hold_days=14,
        rules=rules,
        published_at=NOON,
        published_by="staff:1",
        **{"once_per_relation": False, **told},
    )
    return Offer(
        id=UUID(int=2),
        key="freunde",
        state="live",
        currency="EUR",
        budget_cents=10_000_000,
        begins_at=None,
        ends_at=None,
        review_above_cents=None,
        four_eyes_above_cents=None,
        zone="Europe/Berlin",
        version=version,
    )


def limited(promised: Offer, *more: Cap) -> Offer:
    version = msgspec.structs.replace(promised.version, caps=(*promised.version.caps, *more))
    return msgspec.structs.replace(promised, version=version)


def bought(cents: int = 10_000, *, currency: str = "EUR", days: int = 0, **told: Any) -> Facts:
    event = Event(kind="purchase", cents=cents, currency=currency, at=NOON + timedelta(days=days))
    return msgspec.structs.replace(Facts(event=event, signed_up_at=NOON), **told)


def says(promised: Offer, known: Facts) -> dict[str, tuple[str, int]]:
    return {one.rule.key: (one.reason, one.cents) for one in judging.judge(promised, known)}


def test_a_first_purchase_earns_and_a_second_does_not():
    assert says(terms(rule()), bought()) == {"base": ("passed", 2000)}
    assert says(terms(rule()), bought(earlier_cents=(500,))) == {"base": ("not_the_nth", 0)}


def test_the_nth_purchase_is_the_nth_that_reaches_the_minimum():
    third = rule(nth=3, minimum_order_cents=5000)
    assert says(terms(third), bought(earlier_cents=(9000, 100, 100))) == {"base": ("not_the_nth", 0)}
    assert says(terms(third), bought(earlier_cents=(9000, 100, 5000))) == {"base": ("passed", 2000)}
    assert says(terms(third), bought(4999, earlier_cents=(9000, 5000))) == {"base": ("below_minimum", 0)}


@pytest.mark.parametrize(("cents", "paid"), [(1, 0), (19, 0), (20, 1), (59, 1), (60, 2), (100, 3), (1_000_000, 25_000)])
def test_a_share_is_rounded_half_up_in_minor_units(cents: int, paid: int):
    assert worth.of(rule(percent_bp=250), cents=cents) == paid


def test_a_share_keeps_between_least_and_most():
    share = rule(percent_bp=1000, least_cents=500, most_cents=3000)
    assert [worth.of(share, cents=cents) for cents in (0, 1, 20_000, 90_000)] == [0, 500, 2000, 3000]


def test_a_tier_replaces_the_one_before_it_even_by_less_and_a_bonus_adds():
    base, later = rule(), rule("later", from_count=4, cents=500)
    extra = rule("extra", bonus=True, cents=100, begins_at=NOON, ends_at=NOON + timedelta(days=3))
    promised = terms(base, later, extra)
    assert says(promised, bought(approved=3)) == {
        "base": ("passed", 2000),
        "extra": ("passed", 100),
        "later": ("below_count", 0),
    }
    assert says(promised, bought(approved=4, days=3)) == {
        "base": ("outranked", 0),
        "extra": ("over", 0),
        "later": ("passed", 500),
    }


def test_of_two_minimums_of_one_promise_the_better_counts():
    promised = terms(rule(), rule("large", cents=5000, minimum_order_cents=50_000))
    assert says(promised, bought(49_999)) == {"base": ("passed", 2000), "large": ("below_minimum", 0)}
    assert says(promised, bought(50_000)) == {"base": ("outranked", 0), "large": ("passed", 5000)}


def test_a_milestone_pays_once_and_only_at_its_number():
    fifth = rule("fifth", milestone=5, nth=None)
    assert says(terms(fifth), bought(approved=5)) == {"fifth": ("passed", 2000)}
    assert says(terms(fifth), bought(approved=6)) == {"fifth": ("not_the_milestone", 0)}
    again = bought(approved=5, advocate=Party(milestones=frozenset({"fifth"})))
    assert says(terms(fifth), again) == {"fifth": ("paid_already", 0)}


def test_a_recurring_rule_ends_after_its_months_or_its_times():
    every = rule(nth=None, recurring_months=3, most_times=5)
    began = NOON.replace(month=11, day=30)
    last = msgspec.structs.replace(bought().event, at=began.replace(year=2027, month=2, day=27))
    assert says(terms(every), bought(signed_up_at=began, event=last)) == {"base": ("passed", 2000)}
    over = msgspec.structs.replace(last, at=began.replace(year=2027, month=2, day=28))
    assert says(terms(every), bought(signed_up_at=began, event=over)) == {"base": ("months_over", 0)}
    assert says(terms(every), bought(qualified_at=NOON, paid={every.key: 5})) == {"base": ("often_enough", 0)}
    once = terms(every, once_per_relation=True)
    assert says(once, bought(qualified_at=NOON, paid={every.key: 1})) == {"base": ("paid_already", 0)}


@pytest.mark.parametrize(
    ("told", "known", "reason"),
    [
        ({}, {"currency": "CHF"}, "other_currency"),
        ({"attribution_days": 30}, {"days": 31}, "too_late"),
        ({"minimum_age": 18}, {"advocate": Party(age=17)}, "too_young"),
        ({"countries": ("DE", "AT")}, {"advocate": Party(country="CH")}, "other_country"),
        ({}, {"advocate": Party(gone=True)}, "erased"),
    ],
)
def test_who_does_not_meet_the_terms_is_told_why(told: dict[str, Any], known: dict[str, Any], reason: str):
    assert says(terms(rule(), **told), bought(**known)) == {"base": (reason, 0)}


def test_whose_age_and_country_nobody_knows_is_not_asked_for_them():
    assert says(terms(rule(), minimum_age=18, countries=("DE",)), bought()) == {"base": ("passed", 2000)}


def test_a_sign_up_and_an_event_of_the_companys_own_earn_without_an_order():
    promised = terms(rule("joined", trigger="sign_up"), rule("drive", trigger="event", event_key="test-drive"))
    joined = msgspec.structs.replace(bought(), event=Event(kind="sign_up", cents=0, currency="EUR", at=NOON))
    assert says(promised, joined) == {"drive": ("other_trigger", 0), "joined": ("passed", 2000)}
    drive = Event(kind="event", event_key="test-drive", cents=0, currency="CHF", at=NOON)
    assert says(promised, msgspec.structs.replace(joined, event=drive))["drive"] == ("passed", 2000)
    other = msgspec.structs.replace(drive, event_key="brochure")
    assert says(promised, msgspec.structs.replace(joined, event=other))["drive"] == ("other_event", 0)


def test_a_limit_on_money_cuts_and_a_limit_on_rewards_refuses():
    known = bought(advocate=Party(earned={"year": Earned(8500, 3)}))
    assert says(terms(rule(), caps=(Cap(scope="person", per="year", most_cents=10_000),)), known) == {
        "base": ("cut", 1500)
    }
    assert says(terms(rule(), caps=(Cap(scope="person", per="year", most_cents=8500),)), known) == {
        "base": ("cap_person_year", 0)
    }
    assert says(terms(rule(), caps=(Cap(scope="person", per="year", most_rewards=3),)), known) == {
        "base": ("cap_person_year", 0)
    }


def test_points_use_up_no_limit_of_money():
    promised = terms(
        rule(), rule("points", kind="points", cents=90_000), caps=(Cap(scope="person", per="ever", most_cents=2000),)
    )
    assert says(promised, bought()) == {"base": ("passed", 2000), "points": ("passed", 90_000)}


def test_what_a_partial_refund_leaves_is_what_the_rest_is_worth():
    share = rule(percent_bp=1000, minimum_order_cents=5000)
    left = [
        worth.after_refund(share, paid_cents=1000, order_cents=10_000, refunded_cents=back)
        for back in (0, 1, 4, 5, 6, 5000, 5001, 10_000)
    ]
    assert left == [1000, 1000, 1000, 1000, 999, 500, 0, 0]
    assert worth.after_refund(share, paid_cents=300, order_cents=10_000, refunded_cents=4000) == 300, (
        "cut, it stays cut"
    )
    assert worth.after_refund(rule(), paid_cents=2000, order_cents=0, refunded_cents=0) == 2000


CENTS = st.integers(1, 200_000)
RULES = st.builds(
    Rule,
    key=st.sampled_from("abcdefghijklmnop"),
    side=st.sampled_from(["advocate", "friend"]),
    kind=st.sampled_from(["cash", "voucher", "points"]),
    trigger=st.just("purchase"),
    nth=st.sampled_from([None, 1]),
    minimum_order_cents=st.sampled_from([0, 1000, 50_000]),
    cents=CENTS,
    percent_bp=st.one_of(st.none(), st.integers(1, 10_000)),
    least_cents=st.one_of(st.none(), st.integers(1, 500)),
    most_cents=st.one_of(st.none(), st.integers(500, 90_000)),
    from_count=st.sampled_from([None, 2, 4]),
    milestone=st.sampled_from([None, None, 2, 3]),
    most_times=st.one_of(st.none(), st.integers(1, 3)),
    bonus=st.booleans(),
)
CAPS = st.builds(
    Cap,
    scope=st.sampled_from(["person", "program"]),
    per=st.sampled_from(PERIODS),
    most_cents=st.one_of(st.none(), st.integers(0, 100_000)),
)
EARNED = st.fixed_dictionaries(dict.fromkeys(PERIODS, st.builds(Earned, st.integers(0, 100_000), st.integers(0, 5))))
FACTS = st.builds(
    lambda cents, approved, advocate, friend, program: bought(
        cents, approved=approved, advocate=Party(earned=advocate), friend=Party(earned=friend), program=program
    ),
    st.integers(0, 500_000),
    st.integers(1, 5),
    EARNED,
    EARNED,
    EARNED,
)
TERMS = st.builds(
    lambda rules, caps: terms(*rules, caps=tuple(caps)),
    st.lists(RULES, max_size=6, unique_by=lambda one: one.key),
    st.lists(CAPS, max_size=4),
)
COUNTED = st.builds(
    lambda promised, most: limited(promised, Cap(scope="person", per="month", most_rewards=most)),
    TERMS,
    st.integers(0, 6),
)


def of(promised: Offer, rules: Sequence[Rule]) -> Offer:
    """The same program with these rules."""
    return msgspec.structs.replace(promised, version=msgspec.structs.replace(promised.version, rules=rules))


def money(judged: list[judging.Judgement], side: str) -> int:
    return sum(one.cents for one in judged if one.rule.side == side and not units.is_points(one.rule))


@settings(max_examples=100)
@given(COUNTED, FACTS)
def test_no_reward_is_negative_and_no_limit_is_passed(promised: Offer, known: Facts):
    judged = judging.judge(promised, known)
    assert len(judged) == len(promised.rules), "every rule is judged"
    assert all(one.cents >= 0 and (one.cents > 0) == (one.reason in ("passed", "cut")) for one in judged)
    for cap in promised.version.caps:
        for side in ("advocate", "friend"):
            had = (known.program if cap.scope == "program" else known.party(side).earned)[cap.per]
            given_cents = (
                money(judged, side) if cap.scope == "person" else money(judged, "advocate") + money(judged, "friend")
            )
            given_rewards = sum(one.passed and (cap.scope == "program" or one.rule.side == side) for one in judged)
            assert cap.most_cents is None or not given_cents or had.cents + given_cents <= cap.most_cents
            assert cap.most_rewards is None or not given_rewards or had.rewards + given_rewards <= cap.most_rewards


@settings(max_examples=100)
@given(TERMS, FACTS, st.integers(0, 500_000))
def test_nobody_gets_less_for_a_larger_order(promised: Offer, known: Facts, more: int):
    larger = msgspec.structs.replace(known.event, cents=known.event.cents + more)
    now, then = (judging.judge(promised, one) for one in (known, msgspec.structs.replace(known, event=larger)))
    assert money(then, "advocate") + money(then, "friend") >= money(now, "advocate") + money(now, "friend")


@settings(max_examples=50)
@given(COUNTED, FACTS, st.randoms())
def test_the_order_of_rules_does_not_matter(promised: Offer, known: Facts, dice: Random):
    shuffled = list(promised.rules)
    dice.shuffle(shuffled)
    assert judging.judge(of(promised, shuffled), known) == judging.judge(promised, known)


@settings(max_examples=50)
@given(TERMS, FACTS)
def test_points_and_money_do_not_touch_each_other(promised: Offer, known: Facts):
    def only(*, points: bool) -> dict[str, tuple[str, int]]:
        return says(of(promised, [one for one in promised.rules if units.is_points(one) is points]), known)

    assert says(promised, known) == only(points=True) | only(points=False)


@settings(max_examples=50)
@given(RULES, st.integers(0, 500_000), st.data())
def test_of_an_order_given_back_bit_by_bit_ever_less_stays_and_at_last_nothing(
    promised: Rule, cents: int, data: st.DataObject
):
    paid = worth.of(promised, cents=cents)
    backs = sorted(data.draw(st.lists(st.integers(0, cents), max_size=5)))
    left = [
        worth.after_refund(promised, paid_cents=paid, order_cents=cents, refunded_cents=back)
        for back in (*backs, cents)
    ]
    assert left == sorted(left, reverse=True)
    assert all(0 <= stays <= paid for stays in left)
    assert not cents or not left[-1]


@settings(max_examples=50)
@given(
    st.datetimes(min_value=NOON.replace(tzinfo=None, year=2001), max_value=NOON.replace(tzinfo=None, year=2099)),
    st.integers(1, 60),
)
def test_months_later_is_the_same_day_or_the_last_of_its_month(moment: datetime, months: int):
    later = meeting.months_after(moment, months)
    assert (later.year * 12 + later.month) - (moment.year * 12 + moment.month) == months
    assert later.day == moment.day or (later.day < moment.day and (later + timedelta(days=1)).day == 1)
