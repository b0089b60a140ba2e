"""The advocate score adds up, rises with every good thing and falls with every bad one, and begins at the mean."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.scoring import explaining, facts, open_model, rules
from leumund.scoring.explaining import Explained
from leumund.scoring.facts import AT, Averages, Matrix

MEANS = st.floats(0.02, 0.98)
HALF_A_YEAR = 182.5


@st.composite
def companies(draw: st.DrawFn) -> Averages:
    return Averages(
        mean=draw(MEANS),
        tenure_days=draw(st.sampled_from((0.0, 10.0, 900.0))),
        purchases=draw(st.sampled_from((0.0, 0.3, 12.0))),
        revenue_cents=draw(st.sampled_from((0.0, 4_990.0, 1e8))),
    )


@st.composite
def people(draw: st.DrawFn) -> Matrix:
    told: dict[str, float] = {}
    for kind in rules.SAID:
        answers = draw(st.floats(0, 5) | st.just(0.0))
        told[f"{kind.key}_answers"] = answers
        told[f"{kind.key}_gladness"] = answers * draw(st.floats(0, 1))
    told |= {
        "open_cases": draw(st.integers(0, 3)),
        "takes_part": draw(st.integers(0, 1)),
        "referred": draw(st.floats(0, 20)),
        "converted": draw(st.floats(0, 20)),
        "purchases": draw(st.integers(0, 50)),
        "revenue_cents": draw(st.integers(0, 10**9)),
        "tenure_days": draw(st.integers(0, 20_000) | st.just(float("nan"))),
    }
    return facts.rows(told)


def score(person: Matrix, company: Averages) -> float:
    return float(open_model.reckon(person, company).score[0])


def explained(person: Matrix, company: Averages) -> Explained:
    return explaining.explain(open_model.reckon(person, company), person)[0]


def more(person: Matrix, **added: float) -> Matrix:
    changed = person.copy()
    for name, value in added.items():
        changed[0, AT[name]] += value
    return changed


def answered(mark: int, *, days: float = 0) -> dict[str, float]:
    left = rules.fade(days, half_life_days=rules.ANSWER_HALF_LIFE_DAYS)
    return {"recommend_answers": left, "recommend_gladness": left * rules.gladness(mark, low=0, high=10)}


@given(people(), companies())
def test_whole_points_of_all_reasons_sum_to_the_whole_score(person: Matrix, company: Averages):
    told = explained(person, company)
    assert told.start + sum(reason.points for reason in told.reasons) == told.score


@given(people(), companies())
def test_exact_points_sum_to_the_exact_score(person: Matrix, company: Averages):
    reckoned = open_model.reckon(person, company)
    assert reckoned.start + reckoned.points.sum() == pytest.approx(reckoned.score[0])


@given(people(), companies())
def test_a_score_lies_in_its_interval_and_that_on_the_scale(person: Matrix, company: Averages):
    told = explained(person, company)
    assert 0 <= told.low <= told.score <= told.high <= 100


@given(people(), companies())
def test_a_reason_never_shows_the_other_sign_than_it_has(person: Matrix, company: Averages):
    exact = open_model.reckon(person, company).points[0]
    by_key = {kind.key: exact[place] for place, kind in enumerate(rules.KINDS)}
    assert all(reason.points * by_key[reason.key] >= 0 for reason in explained(person, company).reasons)


@given(people(), companies(), st.sampled_from(("referred", "converted", "purchases", "revenue_cents")), st.floats(0, 9))
def test_more_of_a_good_thing_never_lowers_it(person: Matrix, company: Averages, thing: str, much: float):
    assert score(more(person, **{thing: much}), company) >= score(person, company) - 1e-9


@given(people(), companies(), st.integers(1, 5_000))
def test_a_longer_relation_never_lowers_it(person: Matrix, company: Averages, days: int):
    assert score(more(person, tenure_days=days), company) >= score(person, company) - 1e-9


@given(people(), companies(), st.integers(0, 9), st.integers(0, 700))
def test_a_better_mark_in_the_same_answer_never_lowers_it(person: Matrix, company: Averages, mark: int, days: int):
    worse, better = (more(person, **answered(each, days=days)) for each in (mark, mark + 1))
    assert score(better, company) >= score(worse, company)


@given(people(), companies())
def test_another_best_answer_raises_and_another_open_case_lowers(person: Matrix, company: Averages):
    before = score(person, company)
    assert score(more(person, **answered(10)), company) > before > score(more(person, open_cases=1), company)


@given(MEANS, st.integers(0, 2_000), st.integers(1, 900))
def test_the_older_the_only_answer_the_nearer_the_mean(mean: float, days: int, later: int):
    company = Averages(mean=mean)
    young, old = (score(facts.rows(answered(10, days=each)), company) for each in (days, days + later))
    assert 100 * company.mean < old < young


def test_of_whom_nothing_is_known_the_score_is_the_mean_and_there_is_no_reason():
    told = explained(facts.rows({}), Averages(mean=0.524))
    assert (told.score, told.start, told.reasons) == (52, 52, [])


def test_the_first_answer_moves_it_as_far_as_it_says():
    company = Averages(mean=0.5)
    told = explained(facts.rows(answered(10)), company)
    # (0.5 x 0.5 + 3 x 1) / 3.5 = 0.929
    assert (told.start, told.score) == (50, 93)
    assert [(reason.key, reason.points) for reason in told.reasons] == [("recommend", 43)]
    assert explained(facts.rows(answered(0)), company).score == 7


def test_more_answers_narrow_the_interval():
    company = Averages(mean=0.6)
    few, many = (facts.rows({"recommend_answers": n, "recommend_gladness": 0.6 * n}) for n in (1, 12))
    widths = [told.high - told.low for told in (explained(few, company), explained(many, company))]
    assert widths[1] < widths[0] / 2


def test_what_would_change_it_is_what_the_model_says_of_the_changed_facts():
    company = Averages(mean=0.5, tenure_days=700)
    person = facts.rows({**answered(8), "open_cases": 2, "tenure_days": 365})
    changes = explaining.what_would_change(partial(open_model.reckon, averages=company), person)
    now = explained(person, company).score
    found = {change.key: change.score for change in changes}
    assert found["case_settled"] == explained(more(person, open_cases=-1), company).score > now
    assert found["glad_answer"] == explained(more(person, **answered(10)), company).score > now
    assert found["unhappy_answer"] == explained(more(person, **answered(5)), company).score
    assert found["friend_buys"] > found["friend_confirms"] > now
    assert "case_settled" not in {
        change.key
        for change in explaining.what_would_change(partial(open_model.reckon, averages=company), facts.rows({}))
    }


def test_half_of_an_answer_is_left_after_its_half_life():
    assert rules.fade(365, half_life_days=rules.ANSWER_HALF_LIFE_DAYS) == 0.5
    assert rules.fade(-3, half_life_days=rules.ANSWER_HALF_LIFE_DAYS) == 1
    assert rules.fade(HALF_A_YEAR, half_life_days=365) == pytest.approx(0.5**0.5)


@given(st.lists(st.floats(-30, 30), max_size=11), st.floats(0, 1))
def test_shares_sum_to_the_difference_of_what_is_shown(points: list[float], start: float):
    total = rules.rounded(start + sum(points)) - rules.rounded(start)
    (whole,) = rules.shares(np.array([points]), counted=np.full((1, len(points)), True), totals=np.array([total]))
    assert whole.sum() == total
    assert all(abs(shown - exact) <= 1 for shown, exact in zip(whole, points, strict=True))


def test_shares_hold_where_a_half_is_missed_by_a_hair():
    whole = rules.shares(np.array([[3.0, 0.0]]), counted=np.array([[True, False]]), totals=np.array([2]))
    assert whole.tolist() == [[2, 0]]


def test_a_handful_of_answers_makes_no_mean():
    assert rules.mean_of(promoters=4, answers=4) == 0.5
    assert rules.mean_of(promoters=5, answers=5) == 6 / 7


def test_many_people_are_scored_as_each_would_be_alone():
    company = Averages(mean=0.7, tenure_days=400, purchases=2, revenue_cents=9_900)
    three = [facts.rows(each) for each in ({}, {**answered(3), "purchases": 4}, {"converted": 2, "tenure_days": 90})]
    together = open_model.reckon(np.concatenate(three), company)
    assert [*together.score] == [score(each, company) for each in three]
