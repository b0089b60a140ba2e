"""Of several claims one says who recommended somebody, and the order in which they were told says nothing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.referrals.claims import rules
from leumund.referrals.claims.rules import Claim, Seeker

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CLOCKS = timedelta(minutes=5)
ANNA, CLARA = UUID(int=11), UUID(int=12)
SEEKER = Seeker(at=NOON)


def claim(number: int, way: str = "code", days_ago: float = 0, **changes: object) -> Claim:
    told = {"id": UUID(int=number), "way": way, "claimed_at": NOON - days_ago * DAY, "link": UUID(int=100 + number)}
    return Claim(**{**told, **changes})


def judged(*claims: Claim, seeker: Seeker = SEEKER) -> list[str]:
    said = rules.judge(claims, seeker, clocks_differ=CLOCKS)
    return [said[one.id] for one in claims]


@pytest.mark.parametrize(("stronger", "weaker"), [("choice", "support"), ("support", "code"), ("code", "click")])
def test_the_friends_own_word_goes_before_what_was_heard_and_that_before_what_was_followed(stronger: str, weaker: str):
    assert judged(claim(1, weaker), claim(2, stronger, 3)) == ["weaker", "won"]
    assert judged(claim(1, weaker, 3), claim(2, stronger)) == ["weaker", "won"]


def test_of_codes_the_latest_counts_and_of_clicks_the_first():
    assert judged(claim(1, "code", 2), claim(2, "code", 1)) == ["weaker", "won"]
    assert judged(claim(1, "click", 2), claim(2, "click", 1)) == ["won", "weaker"]


def test_a_tie_goes_to_one_of_them_by_the_links_id():
    assert judged(claim(1, "code", link=CLARA), claim(2, "code", link=ANNA)) == ["weaker", "won"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"link": None}, "code_unknown"),
        ({"link": None, "way": "click"}, "click_invalid"),
        ({"own": True}, "own_link"),
        ({"taken": True}, "referral_stands"),
        ({"runs": False}, "not_running"),
        ({"claimed_at": NOON + 2 * CLOCKS}, "too_early"),
        ({"claimed_at": NOON - 31 * DAY, "days": 30}, "too_old"),
        ({"claimed_at": NOON - 367 * DAY}, "too_old"),
    ],
)
def test_what_does_not_count_says_why_and_leaves_the_place_to_another(change: dict[str, object], reason: str):
    assert judged(claim(1, **{"way": "code", **change}), claim(2, "click", 2)) == [reason, "won"]


def test_a_recommendation_that_stands_is_beaten_by_nobody():
    assert (
        judged(claim(1, "choice"), claim(2, "support"), seeker=Seeker(at=NOON, stands=True)) == ["referral_stands"] * 2
    )


@pytest.mark.parametrize("way", ["choice", "support"])
def test_what_a_person_says_is_heard_after_the_purchase_and_makes_nobody_a_customer_before(way: str):
    bought = Seeker(at=NOON, known_at=NOON, customer_since=NOON)
    assert judged(claim(1, way, -90), seeker=bought) == ["won"]
    assert judged(claim(1, way, -91), seeker=bought) == ["too_early"]


@pytest.mark.parametrize(
    "known",
    [{"bought_at": NOON - 4 * DAY}, {"customer_since": NOON - 5 * DAY}, {"known_at": NOON - 34 * DAY}],
)
def test_whoever_was_a_customer_before_is_new_to_nobody_but_where_that_does_not_matter(known: dict[str, datetime]):
    seeker, late = Seeker(at=NOON, **known), claim(1, "code", 3, days=30)
    assert judged(late, seeker=seeker) == ["existing_customer"]
    assert judged(claim(1, "code", 3, days=30, new_customers_only=False), seeker=seeker) == ["won"]
    assert judged(
        claim(1, "click", 6, days=30), seeker=Seeker(at=NOON, **{k: v + 2 * DAY for k, v in known.items()})
    ) == ["won"]


CLAIMS = st.builds(
    claim,
    st.integers(1, 10**6),
    st.sampled_from(rules.WAYS),
    st.sampled_from([0.0, 1.0, 2.0, 40.0]),
    link=st.sampled_from([None, ANNA, CLARA]),
    own=st.booleans(),
    runs=st.sampled_from([True, True, False]),
    days=st.sampled_from([None, 30]),
    conditions_shown=st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(CLAIMS, max_size=6, unique_by=lambda one: one.id), st.randoms(use_true_random=False))
def test_the_order_in_which_claims_arrive_never_changes_who_wins(claims: list[Claim], chance):
    said = rules.judge(claims, SEEKER, clocks_differ=CLOCKS)
    shuffled = chance.sample(claims, len(claims))
    assert rules.judge(shuffled, SEEKER, clocks_differ=CLOCKS) == said
    fit = [one for one in claims if said[one.id] in (rules.WON, "weaker")]
    assert [said[one.id] for one in fit].count(rules.WON) == min(len(fit), 1)
    won = next((one for one in fit if said[one.id] == rules.WON), None)
    assert won is None or all(rules.WAYS.index(won.way) <= rules.WAYS.index(one.way) for one in fit)
