"""A learned model keeps its promises: exact reasons, curves that only rise, true chances, and no turn unless better."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.scoring import comparing, explaining, learned, learning, open_model, rules
from leumund.scoring.comparing import Compared
from leumund.scoring.facts import AT
from leumund.scoring.learned import Learned
from tests.bench import scoring_company
from tests.bench.scoring_company import Company

KNOWN = 3_000


@pytest.fixture(scope="module")
def company() -> Company:
    return scoring_company.drawn(5_000, seed=5, odd=True)


@pytest.fixture(scope="module")
def model(company: Company) -> Learned:
    return learning.learn(company.facts[:KNOWN], company.outcomes[:KNOWN], averages=company.averages, seed=1)


def compared(company: Company, model: Learned) -> Compared:
    """The learned model beside the open one, on people neither knows."""
    by_open = open_model.reckon(company.facts, company.averages).score
    known, unknown = slice(KNOWN), slice(KNOWN, None)
    return comparing.compare(
        new=learned.reckon(model, company.facts[unknown]).score / 100,
        old=comparing.chances(by_open[unknown], known_scores=by_open[known], known=company.outcomes[known]),
        outcomes=company.outcomes[unknown],
    )


def test_it_takes_over_where_the_open_model_cannot_know_what_counts(company: Company, model: Learned):
    found = compared(company, model)
    assert (found.verdict, found.people) == ("better", 2_000)
    assert 0 < found.low < found.gain < found.high


def test_its_order_brings_more_than_chance_and_than_classes_alone(company: Company, model: Learned):
    unknown = slice(KNOWN, None)
    by_model = learned.reckon(model, company.facts[unknown]).score
    by_class = company.classes[unknown].astype(float)
    outcomes = company.outcomes[unknown]
    for share in (0.1, 0.3):
        mine = scoring_company.lift(by_model, outcomes, share=share)
        assert mine > max(1.3, scoring_company.lift(by_class, outcomes, share=share))


def test_it_does_not_take_over_where_there_is_nothing_to_learn():
    blind = scoring_company.drawn(5_000, seed=2, blind=True)
    model = learning.learn(blind.facts[:KNOWN], blind.outcomes[:KNOWN], averages=blind.averages, seed=1)
    assert compared(blind, model).verdict == "even"


def test_its_scores_are_chances(company: Company, model: Learned):
    unknown = slice(KNOWN, None)
    scores, outcomes = learned.reckon(model, company.facts[unknown]).score, company.outcomes[unknown]
    for part in np.array_split(np.argsort(scores), 4):
        # Within three standard errors of what came true.
        assert abs(scores[part].mean() / 100 - outcomes[part].mean()) < 3 * np.sqrt(0.25 * 0.5 / len(part))
    assert scores.mean() / 100 == pytest.approx(outcomes.mean(), abs=0.03)


def test_points_sum_to_each_score_exactly_and_in_whole_numbers(company: Company, model: Learned):
    reckoned = learned.reckon(model, company.facts)
    assert np.abs(reckoned.start + reckoned.points.sum(axis=1) - reckoned.score).max() < 1e-9
    for told in explaining.explain(reckoned, company.facts):
        assert told.start + sum(reason.points for reason in told.reasons) == told.score
        assert 0 <= told.low <= told.score <= told.high <= 100


def test_every_curve_only_rises(model: Learned):
    for curve in model.curves:
        assert (np.diff(np.array(curve.steps), axis=1) >= -1e-6).all(), curve.key


RISING = ("referred", "converted", "purchases", "revenue_cents", "tenure_days", "recommend_gladness")


@given(st.integers(0, 4_999), st.sampled_from(RISING), st.floats(0, 1_000))
def test_more_of_a_good_thing_never_lowers_a_learned_score(
    company: Company, model: Learned, place: int, thing: str, much: float
):
    person = company.facts[place : place + 1]
    more = person.copy()
    more[0, AT[thing]] += much
    if thing == "recommend_gladness":
        more[0, AT[thing]] = min(more[0, AT[thing]], more[0, AT["recommend_answers"]])
    before, after = (float(learned.reckon(model, each).score[0]) for each in (person, more))
    assert after >= before - 1e-9


def test_it_is_a_table_and_reads_back_as_it_was_written(company: Company, model: Learned):
    again = msgspec.json.decode(msgspec.json.encode(model), type=Learned)
    assert again == model
    assert [curve.key for curve in again.curves] == [kind.key for kind in rules.KINDS]
    assert (learned.reckon(again, company.facts).score == learned.reckon(model, company.facts).score).all()


def test_the_same_people_and_seed_give_the_same_model(company: Company):
    few = slice(800)
    one, other = (
        learning.learn(company.facts[few], company.outcomes[few], averages=company.averages, seed=3) for _ in range(2)
    )
    assert one == other


def test_a_handful_of_successes_is_not_enough():
    assert not comparing.enough(np.array([True] * 99 + [False] * 9_000))
    assert not comparing.enough(np.array([True] * 900 + [False] * 99))
    assert comparing.enough(np.array([True] * 100 + [False] * 100))


def test_a_model_that_says_what_does_not_come_true_is_worse():
    outcomes = np.array([True, False] * 500)
    right, wrong = np.where(outcomes, 0.8, 0.2), np.where(outcomes, 0.3, 0.7)
    assert comparing.compare(new=wrong, old=right, outcomes=outcomes).verdict == "worse"
    assert comparing.compare(new=right, old=wrong, outcomes=outcomes).verdict == "better"
    assert comparing.compare(new=right, old=right, outcomes=outcomes).verdict == "even"
