"""A consent stands by the fold of its events."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.consent import rules
from leumund.consent.rules import Event

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STATES = ("requested", "given", "refused", "withdrawn", "expired")


def told(*states: str) -> list[Event]:
    """Events of a request, an hour apart."""
    return [Event(state=state, at=NOON + timedelta(hours=n), of_request=True) for n, state in enumerate(states)]


@pytest.mark.parametrize(
    ("basis", "proves"),
    [
        ("", False),
        ("ja", False),
        ("x         y", False),
        ("123456789", False),
        ("1234567890", True),
        ("Nein, auf keinen Fall", False),
        ("  NEIN: abgelehnt am Telefon", False),
        ("opt-out by telephone", False),
        ("Unterschrift auf der Messe, nicht am Telefon", True),
    ],
)
def test_a_basis_says_in_words_how_and_a_no_is_none(basis: str, proves: bool):
    assert rules.proves(basis) == proves


def test_nothing_said_is_no_consent():
    assert not rules.stands([])


def test_a_request_alone_is_no_consent():
    assert not rules.stands(told("requested"))


def test_a_confirmed_request_stands():
    assert rules.stands(told("requested", "given"))


def test_a_withdrawal_ends_it():
    assert not rules.stands(told("requested", "given", "withdrawn"))


def test_a_new_yes_after_a_withdrawal_stands():
    assert rules.stands(told("requested", "given", "withdrawn", "requested", "given"))


def test_mallory_cannot_end_it_by_asking_again_or_leaving_the_box_empty_or_letting_it_lapse():
    assert rules.stands(told("requested", "given", "requested", "refused", "expired"))


def test_its_own_end_ends_it():
    assert not rules.stands([*told("given"), Event(state="expired", at=NOON + timedelta(hours=9))])


def test_at_one_instant_a_withdrawal_beats_a_yes():
    assert not rules.stands([Event(state="withdrawn", at=NOON), Event(state="given", at=NOON)])


@given(st.lists(st.builds(Event, state=st.sampled_from(STATES), at=st.datetimes(), of_request=st.booleans())))
def test_after_a_last_withdrawal_nothing_stands_in_whatever_order_it_is_told(events: list[Event]):
    last = max((event.at for event in events), default=datetime(2026, 1, 1))
    whole = [Event(state="withdrawn", at=last), *events]
    assert not rules.stands(whole)
    assert not rules.stands(reversed(whole))
