"""Codes are read however they are written, say what was misheard, and say nothing nobody wants to read."""

import tomllib
from importlib import resources
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.kit.faults import Refused
from leumund.referrals import rules
from leumund.referrals.codes import allowing, reading, speaking
from leumund.referrals.codes.allowing import Miswritten, Offensive, Reserved

ROWS = [
    row.split()
    for row in tomllib.loads(resources.files("leumund.referrals.codes").joinpath("spoken.toml").read_text("utf-8"))[
        "rows"
    ]
]
WORDS = [word for row in ROWS for word in row]
NAMES = ("Linden Energie", "Linden Energie GmbH")
own_codes = st.text(rules.CODE_ALPHABET, min_size=rules.CODE_LENGTH, max_size=rules.CODE_LENGTH)
spoken_codes = st.integers(0, 10**9).map(lambda seed: speaking.drawn(Random(seed).choice))
wishes = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)


def distance(one: str, other: str) -> int:
    """In how many letters two words differ (Levenshtein)."""
    line = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        nearer = [place]
        for column, beside in enumerate(other, 1):
            nearer.append(min(line[column] + 1, nearer[-1] + 1, line[column - 1] + (letter != beside)))
        line = nearer
    return line[-1]


def by_ear(word: str) -> str:
    """How a word sounds to German ears, roughly (Postel's Kölner Phonetik): consonants by where they are spoken."""
    spoken = word.replace("ph", "f").replace("ch", "k").replace("ce", "se").replace("x", "ks").replace("qu", "kw")
    heard = "".join(_EAR.get(letter, "") for letter in spoken)
    return "".join(letter for place, letter in enumerate(heard) if not place or heard[place - 1] != letter)


_SOUNDS = {"1": "bp", "2": "dt", "3": "fvw", "4": "gkqc", "5": "l", "6": "mn", "7": "r", "8": "szj", "0": "aeiouy"}
_EAR = {letter: sound for sound, letters in _SOUNDS.items() for letter in letters}


@given(code=own_codes)
@settings(max_examples=50)
def test_a_links_own_code_is_its_own_normal_form(code: str):
    assert reading.normal(code) == code


@given(code=own_codes | spoken_codes | wishes, dice=st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_a_code_is_read_however_it_is_written(code: str, dice: Random):
    confused = {"0": "0oO", "o": "0oO", "1": "1iIlL", "i": "1iIlL", "l": "1iIlL", "-": ["-", " ", "", " – ", "_"]}
    written = "".join(dice.choice(confused.get(letter, [letter, letter.upper()])) for letter in code)
    assert reading.normal(f" {written} ") == reading.normal(code)


def test_letters_of_other_scripts_and_accents_make_no_other_code():
    assert reading.normal("аnnа-m") == reading.normal("anna-m"), "two of these letters are Cyrillic"
    assert reading.normal("Zoë–Müller") == reading.normal("zoemueller")
    assert reading.normal("an\u00adna") == "anna", "a hyphen nobody sees"


@pytest.mark.parametrize("nonsense", ["", "---", "\0", "💡", "x" * 81])
def test_what_cannot_be_a_code_is_none(nonsense: str):
    assert reading.normal(nonsense) == ""


@given(code=spoken_codes)
@settings(max_examples=50)
def test_a_drawn_code_is_heard_right(code: str):
    assert len(code.split("-")) == speaking.WORDS + 1
    assert speaking.is_spoken(code)
    assert not speaking.misheard(code)
    assert not speaking.misheard(code.upper().replace("-", " "))


@given(code=spoken_codes, place=st.integers(0, speaking.WORDS - 1), heard=st.sampled_from(WORDS))
@settings(max_examples=50)
def test_a_word_of_another_row_is_always_found_out(code: str, place: int, heard: str):
    words = code.split("-")
    row = {word: number for number, row in enumerate(ROWS) for word in row}
    if row[words[place]] == row[heard]:
        return
    words[place] = heard
    assert speaking.misheard("-".join(words))


@given(code=spoken_codes, sign=st.sampled_from("0123456789"))
@settings(max_examples=50)
def test_only_one_sign_fits(code: str, sign: str):
    assert speaking.misheard(code[:-1] + sign) == (sign != code[-1])


@given(words=st.lists(st.sampled_from(WORDS), min_size=3, max_size=3))
@settings(max_examples=50)
def test_two_words_that_changed_places_are_found_out_unless_they_stand_in_one_row(words: list[str]):
    row = {word: number for number, row in enumerate(ROWS) for word in row}
    swapped = [words[1], words[0], words[2], speaking.sign(words)]
    assert speaking.misheard("-".join(swapped)) == (row[words[0]] != row[words[1]])


def test_no_two_words_look_or_sound_alike():
    assert len(WORDS) == len(set(WORDS)) > 150
    rows = {word: number for number, row in enumerate(ROWS) for word in row}
    for one, other in combinations(WORDS, 2):
        assert distance(one, other) >= 3, (one, other)
        assert by_ear(one) != by_ear(other), (one, other)
        assert not one.startswith(other), (one, other)
        assert not other.startswith(one), (one, other)
        # What is least unlike is told apart by the sign for sure.
        assert distance(one, other) > 3 or rows[one] != rows[other], (one, other)


def test_no_word_and_no_two_beside_each_other_offend():
    for one in WORDS:
        assert not allowing.offends(one), one
        for other in WORDS:
            assert not allowing.offends(one + other), (one, other)


@pytest.mark.parametrize(
    ("wish", "written"),
    [("anna-m", "anna-m"), (" Anna M ", "anna-m"), ("Jörg_87", "joerg-87"), ("dr.maiß", "dr-maiss")],
)
def test_a_wish_is_written_as_it_goes_on_a_card(wish: str, written: str):
    assert allowing.checked(wish, names=NAMES) == written


@pytest.mark.parametrize("wish", ["", "ab", "a" * 25, "-anna", "anna-", "an--na", "anna!", "12345", "анна", "an/na"])
def test_what_cannot_be_written_is_refused_by_its_field(wish: str):
    with pytest.raises(Miswritten) as caught:
        allowing.checked(wish, names=NAMES)
    assert caught.value.field == "code"


@pytest.mark.parametrize(
    "wish",
    ["linden-energie", "LindenEnergie24", "l1nden-energ1e", "anna-linden", "support", "kunden-service", "0fficial"],
)
def test_nobody_passes_for_the_company(wish: str):
    with pytest.raises(Reserved):
        allowing.checked(wish, names=NAMES)


@given(code=spoken_codes)
@settings(max_examples=20)
def test_nobody_chooses_what_may_be_drawn_for_somebody_else(code: str):
    with pytest.raises(Refused):
        allowing.checked(code, names=NAMES)


@pytest.mark.parametrize(
    "wish", ["fuck-you", "f-u-c-k", "FvckFuck", "annahitler", "scheisse", "schei55-scheiss", "anna-nutte", "hh88"]
)
def test_what_offends_is_refused_however_it_is_spelled(wish: str):
    with pytest.raises(Offensive):
        allowing.checked(wish, names=NAMES)


@pytest.mark.parametrize("wish", ["assmann", "dickmann", "anna-88", "hellmut", "sachsen", "essen-anna", "lindenberg"])
def test_names_are_not_mistaken_for_insults(wish: str):
    assert allowing.checked(wish, names=NAMES) == wish
