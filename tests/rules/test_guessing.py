"""Who tries out codes waits for the rest of an hour, at one company alone, and costs no memory for good."""

from leumund.web.public import guessing
from leumund.web.public.guessing import Guesses

MALLORY, BERT = "203.0.113.7", "198.51.100.3"


class Time:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def tried(guesses: Guesses, count: int, *, peer: str = MALLORY) -> None:
    for n in range(count):
        guesses.note(schema="linden", peer=peer, code=f"nobody{n}x")


def test_after_so_many_codes_it_waits_until_the_hour_is_over_and_begins_anew():
    time = Time()
    guesses = Guesses(time)
    tried(guesses, guessing.MOST_CODES - 1)
    assert guesses.wait(schema="linden", peer=MALLORY) is None
    time.now += 600
    guesses.note(schema="linden", peer=MALLORY, code="another")
    waits = guesses.wait(schema="linden", peer=MALLORY)
    assert waits is not None
    assert waits.wait_seconds == guessing.WITHIN_SECONDS - 600
    time.now += guessing.WITHIN_SECONDS - 600
    assert guesses.wait(schema="linden", peer=MALLORY) is None
    tried(guesses, guessing.MOST_CODES - 1)
    assert guesses.wait(schema="linden", peer=MALLORY) is None


def test_another_place_and_another_company_wait_for_nothing_and_a_network_is_one_place():
    guesses = Guesses()
    tried(guesses, guessing.MOST_CODES)
    assert guesses.wait(schema="linden", peer=BERT) is None
    assert guesses.wait(schema="birke", peer=MALLORY) is None
    for n in range(guessing.MOST_CODES):
        guesses.note(schema="linden", peer=f"2001:db8::{n:x}", code=f"nobody{n}x")
    assert guesses.wait(schema="linden", peer="2001:db8::ffff") is not None


def test_one_code_however_it_is_written_is_one():
    guesses = Guesses()
    for code in ("no-body", "NOBODY", "n0body", "no body") * guessing.MOST_CODES:
        guesses.note(schema="linden", peer=MALLORY, code=code)
    assert guesses.wait(schema="linden", peer=MALLORY) is None


def test_no_more_places_are_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(guessing, "MOST_PLACES", 3)
    guesses = Guesses()
    for n in range(10):
        guesses.note(schema="linden", peer=f"198.51.100.{n}", code="nobody")
    assert len(guesses) == 3
