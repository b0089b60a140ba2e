"""The Net Promoter Score and its interval, by the vectors of its source and by what must hold of any answers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.surveys import rules
from leumund.surveys.rules import Figures


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int, int]:
    """Promoters, detractors and all answers, of which there is one at least."""
    many = draw(st.sampled_from((5, 100, 10**6)))
    promoters, detractors = draw(st.integers(0, many)), draw(st.integers(0, many))
    passives = draw(st.integers(0 if promoters + detractors else 1, many))
    return promoters, detractors, promoters + detractors + passives


def figures(promoters: int, detractors: int, answers: int) -> Figures:
    return rules.figures(promoters=promoters, detractors=detractors, answers=answers)


def three(found: Figures) -> tuple[float, float, float]:
    assert found.nps is not None
    assert found.low is not None
    assert found.high is not None
    return found.nps, found.low, found.high


@pytest.mark.parametrize(
    ("promoters", "detractors", "answers", "expected"),
    [
        (1436, 342, 2746, (39.84, 37.18, 42.41)),
        (9, 1, 11, (72.73, 20.29, 93.99)),
        (5, 0, 5, (100.00, 17.49, 100.00)),
    ],
)
def test_the_vectors_of_the_source_come_out(
    promoters: int, detractors: int, answers: int, expected: tuple[float, float, float]
):
    found = three(figures(promoters, detractors, answers))
    assert tuple(round(value, 2) for value in found) == expected


def test_no_answers_say_nothing():
    nothing = figures(0, 0, 0)
    assert (nothing.nps, nothing.low, nothing.high) == (None, None, None)


@given(counts())
def test_the_interval_is_in_order_and_within_the_scale(given_counts: tuple[int, int, int]):
    nps, low, high = three(figures(*given_counts))
    assert -100 <= low < high <= 100
    assert -100 <= nps <= 100


@given(counts())
def test_the_interval_holds_the_score_it_is_about_from_two_answers_on(given_counts: tuple[int, int, int]):
    """The added answers pull its middle towards zero, and only a single answer so far that its score falls out."""
    nps, low, high = three(figures(*given_counts))
    assert given_counts[2] == 1 or low - 1e-9 <= nps <= high + 1e-9


def test_a_single_promoter_is_not_taken_at_their_word():
    nps, low, high = three(figures(1, 0, 1))
    assert (nps, round(low, 2), round(high, 2)) == (100, -48.5, 98.5)


@given(counts())
def test_promoters_and_detractors_swapped_mirror_it(given_counts: tuple[int, int, int]):
    promoters, detractors, answers = given_counts
    nps, low, high = three(figures(promoters, detractors, answers))
    assert three(figures(detractors, promoters, answers)) == pytest.approx((-nps, -high, -low))


@given(counts())
def test_a_passive_turned_promoter_lifts_the_score(given_counts: tuple[int, int, int]):
    promoters, detractors, answers = given_counts
    if promoters + detractors < answers:
        assert three(figures(promoters + 1, detractors, answers))[0] > three(figures(promoters, detractors, answers))[0]


@given(counts(), st.integers(2, 20))
def test_more_of_the_same_answers_narrow_the_interval(given_counts: tuple[int, int, int], times: int):
    once, often = three(figures(*given_counts)), three(figures(*(count * times for count in given_counts)))
    assert often[2] - often[1] < once[2] - once[1]
    assert often[0] == pytest.approx(once[0])


def test_every_mark_has_one_class_and_they_rise():
    classes = [rules.class_of(score) for score in range(11)]
    assert classes == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2
    order = ("detractor", "passive", "promoter")
    assert all(order.index(one) <= order.index(other) for one, other in pairwise(classes))
