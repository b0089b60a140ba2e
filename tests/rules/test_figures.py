"""Figures of answers by the vectors of their sources, and by what must hold of any answers."""

from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from leumund.surveys import rules
from leumund.surveys.figures import comparing, loyalty, rating, sampling
from leumund.surveys.figures.loyalty import BadRule, Rule
from leumund.surveys.figures.sampling import Cell, Sample


def cells(counts: dict[str, int], *, weight: str | None = None) -> dict[str, Cell]:
    """So many answers by value, each of the same weight or of none."""
    each = Decimal(weight) if weight else Decimal(0)
    return {
        value: Cell(answers=n, weighed=n if weight else 0, weight=n * each, squares=n * each**2)
        for value, n in counts.items()
    }


def sample(counts: dict[str, int]) -> Sample:
    found = sampling.plain(cells(counts))
    assert found is not None
    return found


def marks(promoters: int, detractors: int, answers: int) -> Sample:
    return sample({"10": promoters, "0": detractors, "8": answers - promoters - detractors})


counts = st.dictionaries(st.sampled_from([str(n) for n in range(11)]), st.integers(0, 500), min_size=1).filter(
    lambda each: sum(each.values()) > 0
)
fives = st.dictionaries(st.sampled_from("12345"), st.integers(0, 500), min_size=1).filter(
    lambda each: sum(each.values()) > 0
)


@given(counts)
def test_a_sample_has_the_nps_of_its_answers(given_counts: dict[str, int]):
    found = rating.nps(sample(given_counts))
    classes = [rules.class_of(int(mark)) for mark, n in given_counts.items() for _ in range(n)]
    whole = rules.figures(
        promoters=classes.count("promoter"), detractors=classes.count("detractor"), answers=len(classes)
    )
    assert (found.value, found.low, found.high) == pytest.approx((whole.nps, whole.low, whole.high))


@given(counts, st.decimals("0.01", "99", places=2))
def test_equal_weights_change_nothing_however_large_they_are(given_counts: dict[str, int], weight: Decimal):
    weighed = sampling.weighted(cells(given_counts, weight=str(weight)))
    assert weighed is not None
    assert weighed.size == pytest.approx(weighed.answers)
    assert weighed.design_effect == pytest.approx(1)
    plain, other = rating.nps(sample(given_counts)), rating.nps(weighed)
    assert (other.value, other.low, other.high) == pytest.approx((plain.value, plain.low, plain.high))


@given(st.lists(st.tuples(st.integers(0, 10), st.decimals("0.01", "50", places=2)), min_size=1, max_size=40))
def test_uneven_weights_are_worth_no_more_answers_than_there_are(told: list[tuple[int, Decimal]]):
    values: dict[str, Cell] = {}
    for mark, weight in told:
        one = Cell(answers=1, weighed=1, weight=weight, squares=weight**2)
        values[str(mark)] = values.get(str(mark), Cell()) + one
    found = sampling.weighted(values)
    assert found is not None
    assert 1 - 1e-9 <= found.size <= len(told) + 1e-9
    assert sum(found.shares.values()) == pytest.approx(1)


def test_kishs_size_by_hand():
    """Weights 1, 1 and 4 are worth (1 + 1 + 4)^2 / (1 + 1 + 16) = 2 answers."""
    values = {"10": Cell(answers=2, weighed=2, weight=Decimal(2), squares=Decimal(2))}
    values["3"] = Cell(answers=1, weighed=1, weight=Decimal(4), squares=Decimal(16))
    found = sampling.weighted(values)
    assert found is not None
    assert (found.size, found.design_effect) == (2, 1.5)
    assert rating.nps(found).value == pytest.approx(100 * (2 - 4) / 6)


def test_answers_without_a_weight_are_no_part_of_what_is_weighted():
    values = {"10": Cell(answers=9, weighed=1, weight=Decimal(1), squares=Decimal(1)), "0": Cell(answers=5)}
    found = sampling.weighted(values)
    assert found is not None
    assert (found.answers, rating.nps(found).value) == (1, 100)
    assert sampling.weighted(cells({"10": 3})) is None
    assert sampling.plain({}) is None


@pytest.mark.parametrize(
    ("said", "answers", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_newcombes_table(said: int, answers: int, low: float, high: float):
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    found = rating.share(said / answers, size=answers)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 10_000), st.data())
def test_wilsons_interval_is_scipys(answers: int, data: st.DataObject):
    said = data.draw(st.integers(0, answers))
    found, known = rating.share(said / answers, size=answers), binomtest(said, answers).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-9)


def test_csat_is_the_share_of_fours_and_fives():
    found = rating.glad(sample({"5": 50, "4": 30, "3": 10, "1": 10}), kind="csat")
    assert (found.value, round(found.low, 4), round(found.high, 4)) == (0.8, 0.7112, 0.8666)
    assert rating.glad(sample({"5": 1, "6": 1, "7": 1, "4": 1}), kind="ces").value == 0.75


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 300))
def test_the_interval_of_a_mean_is_that_of_nps_where_there_are_three_steps(low: int, middle: int, high: int):
    mean = rating.mean(sample({"0": low, "1": middle, "2": high}), lowest=0, highest=2)
    nps = rating.nps(sample({"0": low, "8": middle, "10": high}))
    assert [100 * (each - 1) for each in (mean.value, mean.low, mean.high)] == pytest.approx(
        [nps.value, nps.low, nps.high], abs=1e-9
    )


@given(fives)
def test_a_mean_lies_within_its_scale_and_is_the_plain_one(given_counts: dict[str, int]):
    found = rating.mean(sample(given_counts), lowest=1, highest=5)
    answers = [int(mark) for mark, n in given_counts.items() for _ in range(n)]
    assert found.value == pytest.approx(sum(answers) / len(answers))
    assert 1 <= found.low < found.high <= 5


def test_z_is_that_of_the_two_variances():
    """By hand: 20 against 40 points of 100 answers each, of variances 7600 and 4400."""
    before, after = marks(50, 30, 100), marks(50, 10, 100)
    (found,) = comparing.changes([(before, after)])
    error = sqrt((100**2 * (0.8 - 0.2**2) + 100**2 * (0.6 - 0.4**2)) / 100)
    assert found.difference == pytest.approx(20)
    assert round(found.z, 2) == round(20 / error, 2) == 1.83
    assert found.p == pytest.approx(2 * norm.sf(20 / error))
    assert (found.verdict, found.low < 0 < found.high) == ("unclear", True)


def test_the_same_difference_of_more_answers_is_no_chance_any_more():
    (found,) = comparing.changes([(marks(500, 300, 1000), marks(500, 100, 1000))])
    assert (found.verdict, found.low > 0) == ("more", True)
    (back,) = comparing.changes([(marks(500, 100, 1000), marks(500, 300, 1000))])
    assert (back.verdict, back.difference) == ("less", pytest.approx(-20))


def test_few_answers_say_nothing_however_far_apart():
    (found,) = comparing.changes([(marks(29, 0, 29), marks(0, 500, 500))])
    assert found.verdict == "few"


def test_all_of_one_mind_twice_is_no_change_and_of_two_minds_is_one():
    same, other = marks(40, 0, 40), marks(0, 40, 40)
    (none,), (some,) = comparing.changes([(same, same)]), comparing.changes([(same, other)])
    assert (none.z, none.p, none.verdict) == (0, 1, "unclear")
    assert (some.p, some.verdict) == (0, "less")


def test_many_comparisons_are_corrected_as_in_their_source():
    """Benjamini and Hochberg (1995), 3.2: of these fifteen the first four hold at 0.05."""
    chances = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
    ]
    assert [p < 0.05 for p in comparing.corrected(chances)] == [True] * 4 + [False] * 11


def test_one_of_twenty_chances_is_found_alone_and_not_among_many():
    even, risen = (marks(500, 300, 1000), marks(500, 300, 1000)), (marks(50, 30, 100), marks(56, 24, 100))
    strong = (marks(450, 350, 1000), marks(520, 330, 1000))
    assert comparing.changes([strong])[0].verdict == "more"
    assert comparing.changes([*[even] * 19, strong])[-1].verdict == "unclear"
    assert comparing.changes([risen])[0].verdict == "unclear"


def test_a_course_that_climbs_is_told_from_one_that_wavers():
    climbing = [marks(40 + 3 * n, 30 - 2 * n, 100) for n in range(6)]
    wavering = [marks(40 + 8 * (n % 2), 30, 100) for n in range(6)]
    up, down, none = (comparing.course(each) for each in (climbing, climbing[::-1], wavering))
    assert up is not None
    assert down is not None
    assert none is not None
    assert (up.verdict, down.verdict, none.verdict) == ("more", "less", "unclear")
    assert up.difference == pytest.approx(25, abs=1)
    assert comparing.course(climbing[:2]) is None


def test_the_best_marks_are_a_hundred_and_the_worst_none():
    assert loyalty.index_of([5, 10, 5, 5], rule=Rule()) == 100
    assert loyalty.index_of([1, 0, 1, 1], rule=Rule()) == 0
    assert loyalty.index_of([3, 5, 3, 3], rule=Rule()) == 50
    assert loyalty.index_of([5, 0, 1, 1], rule=Rule(overall=3)) == 50


@pytest.mark.parametrize(
    ("given_marks", "kind"),
    [([5, 10, 5, 4], "apostle"), ([4, 2, 2, 2], "mercenary"), ([2, 9, 5, 5], "hostage"), ([1, 0, 1, 1], "defector")],
)
def test_who_is_satisfied_and_loyal_is_an_apostle_and_so_on(given_marks: list[int], kind: str):
    assert loyalty.type_of(given_marks, rule=Rule()) == kind


rules_ = st.builds(
    Rule,
    overall=st.integers(0, 100),
    recommend=st.integers(1, 100),
    again=st.integers(0, 100),
    advantage=st.integers(0, 100),
    satisfied_from=st.integers(2, 5),
    loyal_from=st.integers(1, 100),
)
fours = st.tuples(st.integers(1, 4), st.integers(0, 9), st.integers(1, 4), st.integers(1, 4))


@given(fours, st.integers(0, 3), rules_)
def test_a_better_mark_never_lowers_the_index_by_any_rule(four: tuple[int, int, int, int], which: int, rule: Rule):
    loyalty.require(rule)
    better = list(four)
    better[which] += 1
    assert loyalty.index_of(better, rule=rule) >= loyalty.index_of(list(four), rule=rule) - 1e-9


@given(st.lists(fours, min_size=1, max_size=60), rules_)
def test_everybody_is_of_one_type_and_the_index_is_their_mean(people: list[tuple[int, int, int, int]], rule: Rule):
    told: dict[str, int] = {}
    for four in people:
        together = ".".join(map(str, four))
        told[together] = told.get(together, 0) + 1
    found = loyalty.loyalty(sample(told), rule=rule)
    assert sum(each.value for each in found.types.values()) == pytest.approx(1)
    mean = sum(loyalty.index_of(list(four), rule=rule) for four in people) / len(people)
    assert found.index.value == pytest.approx(mean)
    assert 0 <= found.index.low < found.index.high <= 100


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule(overall=-1), "overall"),
        (Rule(again=101), "again"),
        (Rule(recommend=0, again=0, advantage=0), "recommend"),
        (Rule(satisfied_from=1), "satisfied_from"),
        (Rule(loyal_from=0), "loyal_from"),
    ],
)
def test_a_rule_that_makes_no_index_is_refused_at_its_field(rule: Rule, field: str):
    with pytest.raises(BadRule) as caught:
        loyalty.require(rule)
    assert caught.value.field == field
