"""A program is looked through before it is published, and its rules are said in words people understand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.programs import judging, publishing, telling
from leumund.programs.offers import Cap, Rule, Terms
from leumund.programs.telling import Speech

MAY = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CASH, VOUCHER = (
    Rule(side="advocate", kind="cash", cents=5000, key="advocate"),
    Rule(side="friend", kind="voucher", cents=2500, key="friend"),
)
SHARED = {"headline": "Freunde werben", "share_text": "Ich bekomme eine Prämie dafür."}
RIGHT = Terms(
    key="freunde",
    state="draft",
    texts={"de": SHARED, "en": {"headline": "Bring a friend"}},
    currency="EUR",
    budget_cents=1_000_000,
    hold_days=14,
    rules=[CASH, VOUCHER],
)
GERMAN, ENGLISH = Speech("de", "EUR", "Europe/Berlin"), Speech("en", "EUR", "Europe/Berlin")


def wrong(**changes: Any) -> list[tuple[str, str | None]]:
    """What is wrong with the program once ``changes`` are made to it."""
    terms = msgspec.structs.replace(RIGHT, **changes)
    return [(each.rule, each.field) for each in judging.objections(terms, languages=["de", "en"], spent_cents=30_000)]


def ruled(**changes: Any) -> list[tuple[str, str | None]]:
    """The same of the advocate's rule."""
    return wrong(rules=[msgspec.structs.replace(CASH, **changes), VOUCHER])


def test_nothing_is_wrong_with_what_may_be_published():
    assert wrong() == []
    tiers = [CASH, msgspec.structs.replace(CASH, key="five", from_count=5, cents=7500)]
    bonus = msgspec.structs.replace(CASH, key="may", bonus=True, begins_at=MAY, ends_at=MAY + 30 * DAY)
    assert wrong(rules=[*tiers, bonus, VOUCHER]) == []
    assert ruled(cents=None, percent_bp=10_000, least_cents=100, most_cents=100) == []
    cap = Cap(scope="person", per="tax_year", most_cents=25_600)
    assert wrong(caps=[cap, msgspec.structs.replace(cap, scope="program")]) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"percent_bp": 10_001, "cents": None}, ("percent", "rules.advocate.percent")),
        ({"percent_bp": 500}, ("worth", "rules.advocate.cents")),
        ({"cents": 0}, ("amount", "rules.advocate.cents")),
        (
            {"cents": None, "percent_bp": 500, "least_cents": 900, "most_cents": 899},
            ("least_above_most", "rules.advocate.most_cents"),
        ),
        ({"cents": None, "percent_bp": 500, "trigger": "sign_up"}, ("percent_of_nothing", "rules.advocate.percent")),
        ({"trigger": "event"}, ("event_unnamed", "rules.advocate.event_key")),
        ({"event_key": "meeting"}, ("event_unneeded", "rules.advocate.event_key")),
        ({"trigger": "sign_up", "nth": 2}, ("sign_up_counts", "rules.advocate.trigger")),
        ({"from_count": 5, "milestone": 10}, ("tier_or_milestone", "rules.advocate.milestone")),
        ({"begins_at": MAY, "ends_at": MAY}, ("ends_before", "rules.advocate.ends_at")),
        ({"bonus": True}, ("bonus_endless", "rules.advocate.ends_at")),
        ({"recurring_months": 12, "nth": 2}, ("nth_recurs", "rules.advocate.nth")),
    ],
)
def test_a_rule_that_promises_nonsense_is_named_beside_its_field(
    changes: dict[str, Any], found: tuple[str, str | None]
):
    assert found in ruled(**changes)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"begins_at": MAY, "ends_at": MAY - DAY}, ("ends_before", "ends_at")),
        ({"budget_cents": 29_999}, ("budget_spent", "budget_cents")),
        ({"rules": [CASH, msgspec.structs.replace(VOUCHER, cents=995_001)]}, ("budget_small", "budget_cents")),
        ({"review_above_cents": 500, "four_eyes_above_cents": 499}, ("eyes_below", "four_eyes_above_cents")),
        ({"countries": ["DE", "DEUTSCHLAND"]}, ("country", "countries")),
        ({"texts": {"de": SHARED}}, ("no_headline", "headline_en")),
        ({"texts": {"de": SHARED, "en": SHARED, "fr": SHARED}}, ("language", "headline_fr")),
        ({"texts": {"de": SHARED, "en": SHARED | {"headline": "x" * 121}}}, ("long", "headline_en")),
        ({"texts": {"de": SHARED, "en": SHARED | {"share_text": "Try it."}}}, ("undisclosed", "share_text_en")),
        ({"rules": []}, ("no_rules", "rules")),
        ({"rules": [CASH, CASH]}, ("key_twice", "rules.advocate.key")),
        ({"rules": [CASH, msgspec.structs.replace(CASH, key="b")]}, ("rules_overlap", "rules.b.side")),
        (
            {"rules": [msgspec.structs.replace(CASH, key=key, from_count=5) for key in ("a", "b")]},
            ("tiers_overlap", "rules.b.side"),
        ),
        ({"caps": [Cap(scope="person", per="year")]}, ("cap_empty", "caps.person.year")),
        ({"caps": [Cap(scope="person", per="year", most_cents=2499)]}, ("cap_below", "caps.person.year")),
        ({"caps": [Cap(scope="person", per="ever", most_rewards=3)] * 2}, ("cap_twice", "caps.person.ever")),
    ],
)
def test_everything_wrong_is_said_beside_its_field(changes: dict[str, Any], found: tuple[str, str | None]):
    assert found in wrong(**changes)


def test_all_that_is_wrong_is_said_at_once():
    found = wrong(budget_cents=1, texts={}, rules=[msgspec.structs.replace(CASH, cents=-1), VOUCHER])
    assert {rule for rule, _ in found} == {"budget_spent", "no_headline", "amount"}


def test_two_rewards_for_one_thing_may_follow_each_other():
    one = msgspec.structs.replace(CASH, ends_at=MAY)
    assert wrong(rules=[one, msgspec.structs.replace(CASH, key="later", begins_at=MAY), VOUCHER]) == []


@pytest.mark.parametrize(
    ("changes", "german", "english"),
    [
        ({}, "50 €", "€50"),
        ({"minimum_order_cents": 9000}, "50 €, ab 90 € Bestellwert", "€50, for orders from €90"),
        ({"cents": 120, "kind": "points"}, "120 Punkte", "120 points"),
        ({"cents": 1, "kind": "points"}, "1 Punkt", "1 point"),
        (
            {"cents": None, "percent_bp": 1250, "kind": "credit", "most_cents": 5000, "most_times": None},
            "12,5 % des Bestellwerts als Gutschrift, höchstens 50 €, für jeden Einkauf",
            "12.5% of the order as credit, €50 at most, for every purchase",
        ),
        ({"nth": 3}, "50 €, für den 3. Einkauf", "€50, for purchase no. 3"),
        ({"trigger": "sign_up"}, "50 €, für die bestätigte Anmeldung", "€50, for the confirmed sign-up"),
        (
            {"from_count": 5, "most_times": None, "recurring_months": 12},
            "50 €, für jeden Einkauf, ab der 5. erfolgreichen Empfehlung, 12 Monate lang nach der Anmeldung",
            "€50, for every purchase, from successful referral no. 5 on, for 12 months after the sign-up",
        ),
        (
            {"milestone": 10, "kind": "donation"},
            "50 € als Spende, einmalig bei der 10. erfolgreichen Empfehlung",
            "€50 as a donation, once, at successful referral no. 10",
        ),
        (
            {"bonus": True, "begins_at": MAY, "ends_at": MAY + 30 * DAY},
            "50 €, von 1. Mai 2026 bis 31. Mai 2026, zusätzlich",
            "€50, from May 1, 2026 to May 31, 2026, on top",
        ),
    ],
)
def test_a_rule_is_said_in_words(changes: dict[str, Any], german: str, english: str):
    rule = msgspec.structs.replace(CASH, **changes)
    said = [telling.whole(rule, speech).replace("\N{NO-BREAK SPACE}", " ") for speech in (GERMAN, ENGLISH)]
    assert said == [german, english]


def test_the_terms_say_what_goes_without_saying_beside_an_offer():
    assert telling.whole(msgspec.structs.replace(CASH, hold_days=1), GERMAN, fully=True).replace("\xa0", " ") == (
        "50 €, für den ersten Einkauf, der alle Bedingungen erfüllt, freigegeben nach 1 Tag"
    )


def test_a_limit_is_said_in_words():
    said = telling.cap(Cap(scope="person", per="tax_year", most_cents=25_600, most_rewards=3), GERMAN)
    assert said.replace("\xa0", " ") == "höchstens 256 € oder 3 Prämien je Person und Kalenderjahr"


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["advocate", "friend"]), st.sampled_from(["", "a", "friend-2"])), max_size=6))
def test_every_rule_gets_a_key_of_its_own_and_keeps_the_one_it_has(told: list[tuple[str, str]]):
    given_keys = [key for _, key in told if key]
    rules = [Rule(side=side, kind="cash", cents=100, key=key) for side, key in told]
    keyed = [rule.key for rule in publishing.keyed(rules)]
    assert all(keyed)
    assert sorted(key for key in keyed if key in given_keys) == sorted(given_keys)
    if len(set(given_keys)) == len(given_keys):
        assert len(set(keyed)) == len(keyed)
    assert publishing.keyed(publishing.keyed(rules)) == publishing.keyed(rules)
