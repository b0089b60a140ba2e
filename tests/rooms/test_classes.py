"""Classes say who brings in most of the revenue, and interests what somebody likes more than others do."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.customers.segments import sparing
from leumund.customers.segments.sparing import Rule
from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.kit.ground import Ground
from leumund.segmenting import classing, inferring, rules
from leumund.segmenting.classing import Classed
from tests.conftest import NOON
from tests.rooms import segmented

DAY = timedelta(days=1)
ACTOR = "system:test"


async def shop(**cents: int) -> dict[str, UUID]:
    """A company whose customers bought for so much each; who begins with ``no_`` did not agree to be evaluated."""
    await segmented.open_for_business(at=NOON)
    people = {}
    for name, amount in cents.items():
        people[name] = await segmented.person(name, at=NOON, profiled=not name.startswith("no_"))
        await segmented.bought(people[name], amount, at=NOON)
    return people


async def classes(currency: str = "EUR") -> dict[UUID, str]:
    rows = await ground.fetch("SELECT customer, class FROM customer_class WHERE currency = $1", currency)
    return {row["customer"]: row["class"] for row in rows}


async def test_eighty_percent_fifteen_and_five(inside: Ground):
    people = await shop(anna=7_900, bert=200, clara=1_400, dora=450, emil=50)
    assert await classing.classify(at=NOON) == Classed(classed=5, fell=0, rose=0)
    # Clara crosses the first threshold, and Dora the second.
    assert await classes() == {
        people["anna"]: "A",
        people["clara"]: "A",
        people["dora"]: "B",
        people["bert"]: "C",
        people["emil"]: "C",
    }
    (bert,) = await ground.fetch("SELECT * FROM customer_class WHERE customer = $1", people["bert"])
    assert (bert["rank"], bert["cents"], bert["before_cents"], bert["total_cents"]) == (4, 200, 9_750, 10_000)


async def test_everybody_counts_and_only_who_agreed_has_a_class(inside: Ground):
    people = await shop(no_anna=8_500, bert=1_000, clara=500)
    await classing.classify(at=NOON)
    assert await classes() == {people["bert"]: "B", people["clara"]: "C"}
    figures = await ground.fetch("SELECT class, customers, cents FROM class_figure ORDER BY class")
    assert [tuple(row.values()) for row in figures] == [("A", 1, 8_500), ("B", 1, 1_000), ("C", 1, 500)]


@pytest.mark.parametrize("lot", range(2))
async def test_sql_classes_as_the_rule_does(inside: Ground, lot: int):
    dice = Random(lot)
    await shop(**{f"p{number}": dice.choice((100, 100, 300, 900, 5_000)) for number in range(25)})
    await sparing.settle(rule=Rule(months=6, a_percent=60, b_percent=85), actor=ACTOR, at=NOON)
    await classing.classify(at=NOON)
    rows = await ground.fetch("SELECT * FROM customer_class")
    assert len({row["class"] for row in rows}) == 3
    for row in rows:
        worked = rules.class_of(
            before_cents=row["before_cents"], total_cents=row["total_cents"], a_percent=60, b_percent=85
        )
        assert row["class"] == worked
        assert row["before_cents"] == sum(other["cents"] for other in rows if other["cents"] > row["cents"])


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(1, 97), st.data())
def test_who_comes_later_is_never_in_a_better_class(total: int, before: int, a_percent: int, data: st.DataObject):
    b_percent = data.draw(st.integers(a_percent + 1, 98))
    before %= total
    after = data.draw(st.integers(before, total - 1))
    letters = [
        rules.class_of(before_cents=each, total_cents=total, a_percent=a_percent, b_percent=b_percent)
        for each in (before, after)
    ]
    assert letters == sorted(letters)


async def test_currencies_are_not_added_up(inside: Ground):
    people = await shop(anna=9_000, bert=100)
    await segmented.bought(people["bert"], 100, currency="CHF", at=NOON)
    await classing.classify(at=NOON)
    assert (await classes())[people["bert"]] == "C"
    assert await classes("CHF") == {people["bert"]: "A"}


async def test_a_refund_and_what_was_long_ago_do_not_count(inside: Ground):
    people = await shop(anna=1_000)
    await segmented.bought(people["anna"], 5_000, at=NOON, refunded_at=NOON)
    await segmented.bought(people["anna"], 5_000, at=NOON - timedelta(days=366))
    await classing.classify(at=NOON)
    (anna,) = await ground.fetch("SELECT cents FROM customer_class")
    assert anna["cents"] == 1_000


async def test_who_moves_to_another_class_is_told_of(inside: Ground):
    people = await shop(anna=8_000, bert=1_000, clara=1_000)
    await classing.classify(at=NOON)
    before = await classes()
    await segmented.bought(people["bert"], 90_000, at=NOON + DAY)
    assert await classing.classify(at=NOON + DAY) == Classed(classed=3, fell=2, rose=1)
    assert (before[people["bert"]], (await classes())[people["bert"]]) == ("B", "A")
    changes = await ground.fetch("SELECT customer, before, after FROM class_change")
    assert {(row["customer"], row["before"], row["after"]) for row in changes} == {
        (people["bert"], "B", "A"),
        (people["anna"], "A", "B"),
        (people["clara"], "B", "C"),
    }
    (since,) = await ground.fetch("SELECT since_date FROM customer_class WHERE customer = $1", people["bert"])
    assert since["since_date"] == (NOON + DAY).date()


async def test_who_buys_no_more_leaves_and_is_told_of(inside: Ground):
    people = await shop(anna=8_000)
    await classing.classify(at=NOON)
    assert await classing.classify(at=NOON + timedelta(days=400)) == Classed(classed=0, fell=1, rose=0)
    (change,) = await ground.fetch("SELECT customer, before, after FROM class_change")
    assert tuple(change.values()) == (people["anna"], "A", None)


async def test_who_went_back_on_the_same_day_did_not_move(inside: Ground):
    people = await shop(anna=8_000, bert=1_000)
    await classing.classify(at=NOON)
    order = await segmented.bought(people["bert"], 90_000, at=NOON)
    assert (await classing.classify(at=NOON)).rose == 1
    await ground.execute("UPDATE conversion SET refunded_at = $2 WHERE id = $1", order, NOON)
    await classing.classify(at=NOON)
    assert await ground.fetch("SELECT FROM class_change") == []


async def test_class_c_is_spared_until_it_is_said_otherwise(inside: Ground):
    people = await shop(anna=9_000, bert=100)
    await segmented.person("clara", at=NOON)
    await classing.classify(at=NOON)

    async def spared(*, overruled: bool = False) -> set[UUID]:
        rule = await sparing.rule()
        found = {row["customer"] for row in await ground.fetch(sparing.spared_sql(rule=rule, overruled=overruled))}
        assert overruled or found == await sparing.spared(people=people.values()), "among a few as among all"
        return found

    assert await spared() == {people["bert"]}
    assert await spared(overruled=True) == set()
    await sparing.settle(rule=Rule(spares_c=False), actor=ACTOR, at=NOON)
    assert await spared() == set()
    await sparing.settle(rule=Rule(), actor=ACTOR, at=NOON)
    await ground.execute("UPDATE customer SET profiling_objected_at = $1", NOON)
    assert await spared() == set(), "nobody is left out by a class they objected to"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule(months=0), "months"),
        (Rule(months=61), "months"),
        (Rule(a_percent=0), "a_percent"),
        (Rule(a_percent=80, b_percent=80), "b_percent"),
        (Rule(b_percent=100), "b_percent"),
    ],
)
async def test_thresholds_that_make_no_classes_are_refused(inside: Ground, rule: Rule, field: str):
    with pytest.raises(Refusals) as refused:
        await sparing.settle(rule=rule, actor=ACTOR, at=NOON)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert await sparing.rule() == Rule()


async def test_an_interest_is_more_than_the_others_have(inside: Ground):
    await segmented.open_for_business(at=NOON)
    anna, bert = await segmented.person("anna", at=NOON), await segmented.person("bert", at=NOON)
    emil = await segmented.person("emil", at=NOON, profiled=False)
    for _ in range(4):
        await segmented.bought(anna, 500, categories=["wine"], at=NOON)
        await segmented.bought(emil, 500, categories=["wine", "books"], at=NOON)
    for _ in range(12):
        await segmented.bought(bert, 500, categories=["books"], at=NOON)
    await segmented.bought(bert, 500, categories=["wine"], at=NOON, refunded_at=NOON)
    assert await inferring.infer(at=NOON) == 1
    (found,) = await ground.fetch("SELECT * FROM customer_interest")
    assert (found["customer"], found["category"], found["bought"], found["purchases"]) == (anna, "wine", 4, 4)
    assert found["mean"] == pytest.approx(8 / 20)
    assert found["share"] == pytest.approx(rules.shrunk(bought=4, purchases=4, mean=8 / 20)) == pytest.approx(6 / 9)
    assert rules.is_interest(bought=4, purchases=4, mean=8 / 20)
    assert not rules.is_interest(bought=12, purchases=12, mean=16 / 20), "everybody likes books here"
    assert not rules.is_interest(bought=1, purchases=1, mean=0.01), "once is chance"
