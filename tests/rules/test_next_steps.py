"""What staff could do next with a customer follows from where they stand, and whoever is unhappy is left in peace."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from leumund.insight import rules
from leumund.insight.rules import Case, Felt, Known, Program, Slipped

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CASE, FRIEND = UUID(int=1), UUID(int=2)
EVERYTHING = {"survey": ["email"], "recommendation": ["email"], "phone": ["phone"]}
FELL = Slipped(before="A", after="B", since_date=(NOON - 3 * DAY).date())
# Clara gave a 9 last month, allows everything, and nobody has written to her.
CLARA = Known(
    rests=False,
    objected=False,
    case=None,
    sees_case=True,
    sees_answers=True,
    answered=True,
    asked_at=NOON - 60 * DAY,
    felt=Felt(mood="glad", score=9, at=NOON - 30 * DAY),
    allowed=EVERYTHING,
    program=Program(live=True, knows=False, takes_part_since=None),
    friends=0,
    in_review=None,
    slipped=None,
)
MOMENTS = st.integers(-400, 400).map(lambda days: NOON + days * DAY)
ANYBODY = st.builds(
    Known,
    rests=st.booleans(),
    objected=st.booleans(),
    case=st.none() | st.builds(Case, id=st.just(CASE), due_at=MOMENTS, reached=st.booleans()),
    sees_case=st.booleans(),
    sees_answers=st.booleans(),
    answered=st.booleans(),
    asked_at=st.none() | MOMENTS,
    felt=st.none()
    | st.builds(
        Felt,
        mood=st.sampled_from(["unhappy", "undecided", "glad"]),
        score=st.none() | st.integers(0, 10),
        at=MOMENTS,
    ),
    allowed=st.none()
    | st.dictionaries(
        st.sampled_from(["survey", "recommendation", "phone", "profile"]),
        st.lists(st.sampled_from(["email", "phone"]), unique=True),
    ),
    program=st.builds(Program, live=st.booleans(), knows=st.booleans(), takes_part_since=st.none() | MOMENTS),
    friends=st.none() | st.integers(0, 3),
    in_review=st.none() | st.just(FRIEND),
    slipped=st.none() | st.just(FELL),
)
ASKING_TO_RECOMMEND = {"invite", "encourage"}


def keys(known: Known) -> list[str]:
    return [step.key for step in rules.next_steps(known, at=NOON)]


def clara(**changed: object) -> list[str]:
    return keys(msgspec.structs.replace(CLARA, **changed))


def test_whoever_was_glad_and_never_invited_could_be_invited():
    (step,) = rules.next_steps(CLARA, at=NOON)
    assert (step.key, step.facts) == ("invite", {"score": 9, "day": NOON - 30 * DAY})


@given(ANYBODY)
def test_nobody_unhappy_or_looked_after_is_ever_to_be_asked_for_anything(known: Known):
    found = keys(known)
    if known.case is not None or (known.felt and known.felt.mood == "unhappy"):
        assert set(found) <= {"answer", "settle", "review"}
    if known.felt is None or known.felt.mood != "glad":
        assert "invite" not in found
    if known.felt and known.felt.mood != "glad":
        assert not ASKING_TO_RECOMMEND & set(found)


@given(ANYBODY)
def test_nothing_is_suggested_of_who_objected_or_whose_data_rest(known: Known):
    if known.objected or known.rests:
        assert keys(known) == []


@given(ANYBODY)
def test_nothing_is_suggested_that_nobody_may_write(known: Known):
    found, allowed = set(keys(known)), known.allowed or {}
    assert not ASKING_TO_RECOMMEND & found or "email" in allowed["recommendation"]
    assert "ask" not in found or "email" in allowed["survey"]
    assert "slipped" not in found or allowed.get("survey") or allowed.get("phone")


@given(ANYBODY)
def test_what_a_reader_may_not_see_tells_them_nothing(known: Known):
    found = set(keys(known))
    assert known.sees_case or not {"answer", "settle"} & found
    assert known.sees_answers or not {"ask", *ASKING_TO_RECOMMEND} & found
    assert known.allowed is not None or found <= {"answer", "settle", "review"}


@given(ANYBODY)
def test_there_are_two_at_most_and_none_twice(known: Known):
    found = keys(known)
    assert len(found) == len(set(found)) <= 2


def test_an_open_case_comes_first_and_says_whether_it_is_late():
    for due_at, late in ((NOON + DAY, False), (NOON - DAY, True)):
        known = msgspec.structs.replace(CLARA, case=Case(id=CASE, due_at=due_at, reached=False), slipped=FELL)
        (step,) = rules.next_steps(known, at=NOON)
        assert (step.key, step.subject, step.facts) == ("answer", CASE, {"due": due_at, "late": late})
    assert clara(case=Case(id=CASE, due_at=NOON, reached=True), in_review=FRIEND) == ["settle", "review"]


def test_whoever_knows_the_program_is_not_invited_to_it_again():
    assert clara(program=Program(live=True, knows=True, takes_part_since=None)) == []
    assert clara(program=Program(live=False, knows=False, takes_part_since=None)) == []


def test_the_program_invites_by_itself_before_anybody_has_to():
    assert clara(felt=Felt(mood="glad", score=9, at=NOON - DAY)) == []
    assert clara(felt=Felt(mood="glad", score=9, at=NOON - 366 * DAY)) == []


def test_an_advocate_without_a_friend_is_helped_after_a_month():
    for days, friends, found in ((29, 0, []), (30, 0, ["encourage"]), (30, 1, []), (30, None, [])):
        since = Program(live=True, knows=True, takes_part_since=NOON - days * DAY)
        assert clara(program=since, friends=friends) == found


def test_a_fall_in_class_is_told_once_lately_and_a_no_to_letters_is_heeded():
    assert clara(slipped=FELL) == ["slipped", "invite"]
    assert clara(slipped=msgspec.structs.replace(FELL, since_date=(NOON - 91 * DAY).date())) == ["invite"]
    assert clara(slipped=FELL, asked_at=NOON - DAY) == ["invite"], "whoever was asked a moment ago is not asked again"
    assert "slipped" not in clara(slipped=FELL, felt=Felt(mood="undecided", score=8, at=NOON - DAY))
    assert clara(slipped=FELL, allowed={"profile": ["email"], "recommendation": ["email"]}) == ["invite"]


def test_whoever_was_never_asked_is_asked_and_nobody_twice():
    new = {"felt": None, "answered": False, "asked_at": None}
    assert clara(**new) == ["ask"]
    assert clara(**new | {"asked_at": NOON - 300 * DAY}) == []
    assert clara(**new | {"answered": True}) == []
