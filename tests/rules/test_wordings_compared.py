"""What differs between two wordings is told to the letter, and nobody can make it take minutes."""

from itertools import pairwise
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.consent.texts import comparing
from leumund.consent.texts.comparing import MOST_WORDS

FEW = st.text(alphabet="ab \n", max_size=60)


@given(before=FEW, after=FEW)
def test_both_wordings_stand_in_it_to_the_letter(before: str, after: str):
    pieces = comparing.differences(before, after)
    assert "".join(piece.words for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.words for piece in pieces if piece.kind != "gone") == after
    assert all(piece.words for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


def test_a_changed_word_is_told_and_no_more():
    text = "Wir fragen Sie oft.\n\n" + "Ende. " * MOST_WORDS
    told = comparing.differences(text, text.replace("oft", "selten"))
    assert [(piece.kind, piece.words) for piece in told[:3]] == [
        ("same", "Wir fragen Sie "),
        ("gone", "oft.\n"),
        ("new", "selten.\n"),
    ]


@pytest.mark.parametrize("between", [" ", "\n"])
def test_a_wording_of_two_words_over_and_over_takes_no_longer_than_others(between: str):
    dice = Random(7)
    mallorys = [between.join(dice.choices("ab", k=9_000)) for _ in range(2)]
    mixed = ["\n".join([" ".join(dice.choices("ab", k=MOST_WORDS)), "same"] * 20) for _ in range(2)]
    began = process_time()
    for before, after in (mallorys, mixed):
        assert comparing.differences(before, after)
    # Both took more than a minute, word by word; the bound is one of a machine that does a lot besides.
    assert process_time() - began < 10
