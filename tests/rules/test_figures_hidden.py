"""Nobody works out what is hidden, however they subtract."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from leumund.surveys import rules
from leumund.surveys.figures import hiding
from leumund.surveys.figures.hiding import ALL, Place

small = st.one_of(st.integers(0, 7), st.integers(0, 60))


@st.composite
def tables(draw: st.DrawFn) -> dict[Place, int]:
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    return {Place(f"r{r}", f"c{c}"): draw(small) for r, c in product(range(rows), range(columns))}


def narrowed(counts: dict[Place, int], gone: set[Place], wanted: Place) -> tuple[float, float]:
    """From where to where ``wanted`` may lie for whoever knows each figure that is shown, and that none is below 0."""
    places = [place for place, number in counts.items() if number]
    shown, values = [], []
    for sums in {Place(r, c) for r in {ALL, *(p.row for p in places)} for c in {ALL, *(p.column for p in places)}}:
        inside = [p for p in places if sums.row in (ALL, p.row) and sums.column in (ALL, p.column)]
        if sums not in gone and inside:
            shown.append([1.0 if p in inside else 0.0 for p in places])
            values.append(sum(counts[p] for p in inside))
    goal = np.array([1.0 if wanted.row in (ALL, p.row) and wanted.column in (ALL, p.column) else 0.0 for p in places])
    equal = {"A_eq": np.array(shown), "b_eq": np.array(values)} if shown else {}
    least, most = (linprog(sign * goal, bounds=(0, None), **equal) for sign in (1, -1))
    return least.fun, np.inf if most.status == 3 else -most.fun


@given(tables())
def test_no_hidden_figure_follows_from_those_shown(counts: dict[Place, int]):
    gone = hiding.hidden(counts)
    for place in gone:
        least, most = narrowed(counts, gone, place)
        assert most - least >= 1, f"{place} is {least}"


@given(tables())
def test_nothing_below_the_least_cell_is_shown(counts: dict[Place, int]):
    gone = hiding.hidden(counts)
    assert all(place in gone for place, number in counts.items() if 0 < number < rules.LEAST_CELL)


@given(tables())
def test_where_nothing_is_small_nothing_is_hidden(counts: dict[Place, int]):
    assert hiding.hidden({place: number + rules.LEAST_CELL for place, number in counts.items()}) == set()


@pytest.mark.parametrize(
    ("counts", "kept"),
    [
        ({"1": 100, "2": 50, "3": 4}, {"1"}),
        ({"1": 100, "2": 50, "3": 3, "4": 3}, {"1", "2"}),
        ({"1": 100, "2": 50, "3": 1, "4": 3}, {"1"}),
        ({"1": 5, "2": 5}, {"1", "2"}),
        ({"1": 9, "2": 0}, {"1"}),
        ({"1": 4, "2": 3}, set()),
        ({}, set()),
    ],
)
def test_a_row_keeps_what_tells_nothing_of_the_rest(counts: dict[str, int], kept: set[str]):
    assert hiding.kept(counts) == kept


@given(st.dictionaries(st.sampled_from([f"{year}-{n}" for year in (1, 2, 3) for n in range(6)]), st.integers(0, 12)))
def test_what_is_hidden_of_a_row_follows_from_no_sum_of_its_parts(counts: dict[str, int]):
    kept = hiding.kept(counts, part=lambda name: name[0])
    filled = {name: number for name, number in counts.items() if number}
    assert kept <= filled.keys()
    assert all(filled[name] >= 5 for name in kept)
    for part in ("1", "2", "3", ""):
        own = {name: number for name, number in filled.items() if name.startswith(part)}
        gone = [number for name, number in own.items() if name not in kept]
        assert not gone or len(gone) == len(own) or (len(gone) > 1 and sum(gone) >= 5)
