"""What goes with recommending is told from what merely goes along, and from nothing at all."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from leumund.surveys.figures import driving
from leumund.surveys.figures.driving import Driver, Pattern


def people(n: int, *, seed: int = 3) -> list[Pattern]:
    """Recommending goes with ``wait``; ``staff`` goes with that alone, and ``art`` with nothing."""
    dice = np.random.default_rng(seed)
    wait = dice.normal(size=n)
    staff, art, recommend = wait + dice.normal(size=n), dice.normal(size=n), 1.5 * wait + dice.normal(size=n)
    # In fine steps: what a coarse scale swallows of one rating would be found in the other.
    told = [np.clip(np.round(50 + 15 * each), 1, 100) for each in (wait, staff, art)]
    marks = np.clip(np.round(7 + recommend), 0, 10)
    return [Pattern([int(each) for each in row], 1) for row in zip(marks, *told, strict=True)]


def by_name(found: list[Driver]) -> dict[str, Driver]:
    return {each.question: each for each in found}


NAMES = ["wait", "staff", "art"]


def test_what_drives_stands_apart_from_what_goes_along():
    found = driving.drivers(NAMES, people(1_500))
    assert [each.question for each in found] == NAMES, "strongest first"
    verdicts = {each.question: each.verdict for each in found}
    assert verdicts["wait"] == "apart"
    assert verdicts["staff"] == "together"
    assert verdicts["art"] == "unclear"


def test_the_correlation_is_scipys_and_lies_in_its_interval():
    told = people(400)
    found = by_name(driving.drivers(NAMES, told))
    marks = np.array([each.marks for each in told])
    for number, name in enumerate(NAMES, start=1):
        known = spearmanr(marks[:, 0], marks[:, number]).statistic
        each = found[name].together
        assert each is not None
        assert each.value == pytest.approx(known)
        assert each.low < known < each.high


def test_the_partial_one_is_that_of_ranks_with_the_others_taken_out():
    told = people(400)
    ranks = np.array([np.argsort(np.argsort(column, kind="stable")) for column in np.array([t.marks for t in told]).T])
    ranks = np.array([[np.mean(ranks[k][row == mark]) for mark in row] for k, row in enumerate(_marks(told).T)])
    others = np.column_stack([np.ones(len(told)), ranks[2], ranks[3]])
    left = [ranks[k] - others @ np.linalg.lstsq(others, ranks[k], rcond=None)[0] for k in (0, 1)]
    apart = by_name(driving.drivers(NAMES, told))["wait"].apart
    assert apart is not None
    assert apart.value == pytest.approx(np.corrcoef(left)[0, 1])


def _marks(told: list[Pattern]) -> np.ndarray:
    return np.array([each.marks for each in told])


def test_patterns_count_as_often_as_they_were_given():
    told = people(120)
    twice = driving.drivers(NAMES, [Pattern(each.marks, 2) for each in told])
    assert twice == driving.drivers(NAMES, [each for each in told for _ in range(2)])


def test_a_rating_that_few_gave_has_no_figure():
    told = [
        Pattern([*each.marks[:3], each.marks[3] if n < 29 else None], each.answers)
        for n, each in enumerate(people(300))
    ]
    found = by_name(driving.drivers(NAMES, told))
    assert (found["art"].verdict, found["art"].together, found["art"].apart) == ("few", None, None)
    assert found["wait"].verdict == "apart"


def test_all_of_one_mind_is_nothing_that_goes_with_anything():
    told = [Pattern([each.marks[0], 4, *each.marks[2:]], 1) for each in people(200)]
    found = by_name(driving.drivers(NAMES, told))["wait"]
    assert (found.verdict, found.together and found.together.value) == ("unclear", 0.0)


def test_two_ratings_that_are_the_same_cannot_be_told_apart_and_nothing_breaks():
    told = [Pattern([each.marks[0], each.marks[1], each.marks[1], each.marks[3]], 1) for each in people(200)]
    assert all(each.apart is None for each in driving.drivers(NAMES, told))


def test_among_many_ratings_that_mean_nothing_none_is_found():
    dice = np.random.default_rng(11)
    told = [
        Pattern([int(dice.integers(0, 11)), *(int(mark) for mark in dice.integers(1, 6, size=20))], 1)
        for _ in range(300)
    ]
    assert {each.verdict for each in driving.drivers([f"q{n}" for n in range(20)], told)} == {"unclear"}
