"""A company's own model is learned when there is enough, serves when it is better, and says what was found."""

from datetime import timedelta

import pytest

from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.scoring import comparing, keeping, reading, serving, training
from leumund.scoring.facts import AT, Averages
from leumund.scoring.training import Told
from tests.bench import scoring_filling
from tests.conftest import NOON
from tests.rooms import whole

PEOPLE = 1_500
NEXT = NOON + timedelta(days=31)


@pytest.fixture
async def linden_with_people(inside: Ground) -> None:
    await whole.company(at=NOON - timedelta(days=900))
    await scoring_filling.fill(ground.execute, first=1, last=PEOPLE, at=NOON)


async def told() -> Told:
    found = await training.gather(at=NOON)
    assert found is not None
    return found


async def models() -> list[tuple[int, str, bool, bool]]:
    rows = await ground.fetch(
        "SELECT version, verdict, serves_from_at IS NOT NULL AS served, retired_at IS NOT NULL AS retired "
        "FROM score_model ORDER BY version"
    )
    return [(row["version"], row["verdict"], row["served"], row["retired"]) for row in rows]


async def test_a_better_model_serves_and_everybody_is_scored_anew(linden_with_people: None):
    assert await training.due(at=NOON)
    found = training.weigh(await told())
    assert found.verdict == "better"
    assert found.beside_serving is None, "only the open one has served"
    await training.settle(found, at=NOON)
    assert await models() == [(2, "better", True, False)]
    assert (await serving.serving(averages=Averages())).version == 2
    assert await keeping.go_on(after=keeping.FIRST, at=NOON) == PEOPLE
    rows = await ground.fetch("SELECT DISTINCT model FROM advocate_score")
    assert [row["model"] for row in rows] == [2]
    assert not await training.due(at=NOON + timedelta(days=29)), "a month brings few outcomes more"


async def test_scores_of_a_learned_model_sum_up_and_can_be_asked_what_would_change(linden_with_people: None):
    await training.settle(training.weigh(await told()), at=NOON)
    await keeping.go_on(after=keeping.FIRST, at=NOON)
    for row in await ground.fetch("SELECT customer FROM advocate_score ORDER BY score DESC LIMIT 20"):
        scored = await reading.of(customer=row["customer"])
        assert scored is not None
        assert scored.told.start + sum(reason.points for reason in scored.told.reasons) == scored.told.score
        asked = await reading.what_would_change(customer=row["customer"], scored=scored)
        changes = {each.key: each.score for each in asked}
        assert changes["glad_answer"] >= changes["unhappy_answer"]


async def test_what_is_known_is_what_was_known_before_the_friends_bought(linden_with_people: None):
    before = await told()
    # Friends of the last seventy days are outcomes, and no facts.
    assert before.outcomes.sum() > comparing.LEAST_SUCCESSES
    assert before.facts[:, [AT["referred"], AT["converted"]]].sum() == 0


async def test_a_model_as_good_as_the_one_that_serves_does_not_take_its_place(linden_with_people: None):
    await training.settle(training.weigh(await told()), at=NOON)
    again = training.weigh(await told())
    assert again.beside_serving is not None
    assert (again.beside_open.verdict, again.verdict, again.fallen) == ("better", "even", False)
    await training.settle(again, at=NEXT)
    assert await models() == [(2, "better", True, False), (3, "even", False, False)]


async def test_a_model_that_has_become_worse_than_the_open_one_goes(linden_with_people: None):
    await training.settle(training.weigh(await told()), at=NOON)
    await ground.execute("UPDATE score_model SET retired_at = $1", NOON)
    known = await told()
    upside_down = await serving.of_version(version=2, averages=known.averages)
    assert upside_down.learned is not None
    # Whoever it held for likely is not by now.
    wrong = known.outcomes.copy()
    wrong[:] = ~known.outcomes
    found = training.weigh(
        Told(facts=known.facts, outcomes=wrong, averages=known.averages, serves=upside_down, version=3)
    )
    assert found.fallen


async def test_with_few_successes_nothing_is_learned(inside: Ground):
    await whole.company(at=NOON - timedelta(days=900))
    await scoring_filling.fill(ground.execute, first=1, last=300, at=NOON)
    assert not await training.due(at=NOON)
    assert await training.gather(at=NOON) is None
