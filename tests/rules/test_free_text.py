"""What people write is kept as they meant it, and no longer than anybody reads."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.kit import free_text


def test_lines_stay_and_what_no_row_can_hold_goes():
    assert free_text.checked(" Zu laut.\r\n\tUnd kalt.\0\x1b\ud800 ", field="words") == "Zu laut.\n\tUnd kalt."


def test_a_letter_too_many_is_refused_next_to_its_field():
    assert free_text.checked("ä" * 10 + " ", field="note", most=10) == "ä" * 10
    with pytest.raises(free_text.TooLong) as refused:
        free_text.checked("ä" * 11, field="note", most=10)
    assert (refused.value.field, refused.value.values) == ("note", {"most": 10})


def test_nothing_is_refused_only_where_something_is_needed():
    assert free_text.checked(" \r\n ", field="note") == ""
    with pytest.raises(free_text.Missing):
        free_text.checked(" \0 ", field="note", needed=True)


@given(st.text(st.characters(codec=None), max_size=50))
def test_a_letter_of_it_takes_at_most_four_bytes_of_json(said: str):
    kept = free_text.checked(said, field="words")
    assert len(msgspec.json.encode(kept)) <= 4 * len(kept) + 2
