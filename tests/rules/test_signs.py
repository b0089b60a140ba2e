"""A sign is what it says: it is seen where it is, is not where it is not, and weighs what the program says."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.customers.records.finding import Person
from leumund.referrals.signs import rules, temporary
from leumund.referrals.signs.rules import Facts

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def person(**known: Any) -> Person:
    given = {"email": f"{uuid4().hex}@people.example", "phone": None, "birth_date": None} | known
    return Person(
        **{
            "id": uuid4(),
            "stage": "customer",
            "external_id": None,
            "given_name": "",
            "family_name": "",
            "country": None,
            "language": None,
            "customer_since_date": None,
            "source": "test",
            "created_at": NOON,
            "held": None,
            "is_gone": False,
        }
        | given
    )


ANNA = person(
    email="anna.ahorn@googlemail.com",
    given_name="Anna",
    family_name="Ahorn",
    phone="+49301234567",
    birth_date=date(1980, 5, 1),
)
BERT = person(given_name="Bert", family_name="Buche", phone="+49301234568", birth_date=date(1981, 6, 2))


def friend(**known: Any) -> Facts:
    return Facts(advocate=ANNA, friend=msgspec.structs.replace(BERT, **known))


def seen(facts: Facts) -> list[str]:
    return rules.found(facts, weights=rules.WEIGHTS)


def test_two_people_who_share_nothing_give_no_sign():
    assert seen(friend()) == []
    assert seen(Facts(advocate=person(email=None), friend=person(email=None))) == [], "what is not known is not alike"


@pytest.mark.parametrize(
    ("known", "sign"),
    [
        ({"email": "annaahorn+treue@gmail.com"}, "same_address"),
        ({"phone": "+49301234567"}, "same_phone"),
        ({"family_name": "AHORN", "birth_date": date(1980, 5, 1)}, "same_birth"),
        ({"family_name": "ahorn ", "given_name": " anna"}, "same_name"),
        ({"family_name": "Ahorn", "phone": "+49301234567"}, "same_household"),
        ({"email": "bert@mailinator.com"}, "disposable_mail"),
        ({"email": "bert@eingang.mailinator.com"}, "disposable_mail"),
    ],
)
def test_whoever_is_alike_is_seen_by_what_is_alike(known: dict[str, Any], sign: str):
    assert seen(friend(**known)) == [sign]


@pytest.mark.parametrize(
    "known",
    [
        {"family_name": "Ahorn", "given_name": "Max", "birth_date": date(2004, 5, 1)},
        {"email": "anna.ahorn@people.example"},
        {"birth_date": date(1980, 5, 1)},
        {"given_name": "Anna"},
    ],
)
def test_fathers_and_sons_namesakes_and_those_born_on_one_day_are_two_people(known: dict[str, Any]):
    assert seen(friend(**known)) == []


def test_a_household_is_looked_at_only_with_something_else():
    shared = friend(family_name="Ahorn", phone="+49301234567")
    assert not rules.is_enough([rules.WEIGHTS[sign] for sign in seen(shared)])
    near = msgspec.structs.replace(shared, noted=frozenset({"same_network"}))
    assert seen(near) == ["same_household", "same_network"]
    assert rules.is_enough([rules.WEIGHTS[sign] for sign in seen(near)])


def test_a_name_from_a_file_is_looked_at_only_with_something_else():
    alone = msgspec.structs.replace(friend(), from_file=True)
    assert not rules.is_enough([rules.WEIGHTS[sign] for sign in seen(alone)])
    thrown_away = msgspec.structs.replace(friend(email="x@mailinator.com"), from_file=True)
    assert rules.is_enough([rules.WEIGHTS[sign] for sign in seen(thrown_away)])


def test_roommates_who_share_a_network_and_no_name_are_let_be():
    flat = msgspec.structs.replace(friend(), noted=frozenset({"same_network"}))
    assert seen(flat) == ["same_network"]
    assert not rules.is_enough([rules.WEIGHTS["same_network"]])


@pytest.mark.parametrize(
    ("known", "sign"),
    [
        ({"circle": 2}, "circle"),
        ({"circle": 5}, "circle"),
        ({"bought_before": True}, "bought_before"),
        ({"known_before": True}, "known_before"),
        ({"from_file": True}, "from_file"),
        ({"large_order": True}, "large_order"),
        ({"in_day": 5, "usual_day": 1.2}, "velocity"),
        ({"in_hour": 4, "in_day": 4, "usual_day": 1}, "velocity"),
        ({"given_back": 2, "bought": 6}, "refunds"),
    ],
)
def test_what_is_counted_is_seen_from_where_it_is_much(known: dict[str, Any], sign: str):
    assert seen(msgspec.structs.replace(friend(), **known)) == [sign]


@pytest.mark.parametrize(
    "known",
    [
        {"circle": 6},
        {"in_day": 4, "usual_day": 1},
        {"in_day": 12, "in_hour": 12, "usual_day": 4.5},
        {"in_hour": 2, "in_day": 2, "usual_day": 0},
        {"given_back": 1, "bought": 1},
        {"given_back": 2, "bought": 7},
    ],
)
def test_what_is_little_or_usual_here_is_no_sign(known: dict[str, Any]):
    assert seen(msgspec.structs.replace(friend(), **known)) == []


_FACTS = st.builds(
    lambda known, **more: msgspec.structs.replace(friend(**known), **more),
    st.sampled_from([{"email": "anna.ahorn@gmail.com"}, {"phone": ANNA.phone}, {"family_name": "Ahorn"}, {}]),
    circle=st.none() | st.integers(2, 5),
    bought_before=st.booleans(),
    known_before=st.booleans(),
    from_file=st.booleans(),
    large_order=st.booleans(),
    in_day=st.integers(0, 50),
    given_back=st.integers(0, 3),
    bought=st.integers(0, 9),
    noted=st.sampled_from([frozenset(), frozenset({"same_network"})]),
)


@given(facts=_FACTS)
@settings(max_examples=50)
def test_where_all_weigh_nothing_nothing_is_seen_whoever_it_is(facts: Facts):
    assert rules.found(facts, weights=dict.fromkeys(rules.TUNABLE, 0)) == []


@given(facts=_FACTS, weights=st.fixed_dictionaries({sign: st.integers(0, 100) for sign in rules.TUNABLE}))
@settings(max_examples=50)
def test_a_sign_that_is_off_hides_no_other(facts: Facts, weights: dict[str, int]):
    expected = {sign for sign in seen(facts) if weights[sign]}
    assert set(rules.found(facts, weights=weights)) == expected


def test_the_list_says_of_which_day_it_is():
    many, version, released = temporary.listed()
    assert many > 5_000
    assert released is not None, f"say in temporary.py when {version} came out"
    assert not temporary.is_temporary("anna@gmx.de")
