"""Words to share say what their sender gets, press nobody, promise nothing of their own, and fit their way."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.kit.faults import Refusals
from leumund.kit.language import LANGUAGES
from leumund.referrals.share_kit import linting, phrasing
from leumund.referrals.share_kit.channels import CHANNELS
from leumund.referrals.share_kit.linting import Words

VALUES = {
    "company": "Linden Energie",
    "name": "Anna",
    "reward": "50 €",
    "friend_reward": "25 € als Gutschein (ab 90 € Bestellwert)",
    "link": "https://linden.leumund.example/r/anna-m",
    "code": "tornado-sombrero-kiwi-7",
}
FINE = (
    "Ich bin bei {{ company }}. {% if friend_reward %}Du bekommst {{ friend_reward }}. {% endif %}"
    "Ich bekomme dann {{ reward }}. Nur falls du magst: {{ link }}"
)


def wrong(wording: str, *, channel: str = "whatsapp", subject: str = "Meine Empfehlung", **values: str) -> set[str]:
    """What is said to be wrong with it."""
    try:
        linting.require_fit(channel=channel, words=Words(subject, wording), values=VALUES | values)
    except Refusals as refused:
        return {fault.key.rpartition(".")[2] for fault in refused.faults}
    return set()


@pytest.mark.parametrize(("channel", "language"), [*product(CHANNELS, LANGUAGES)])
@pytest.mark.parametrize("rewarded", [*product((True, False), repeat=2)])
def test_our_own_words_fit_whoever_gets_something(channel: str, language: str, rewarded: tuple[bool, bool]):
    given_to = zip(("reward", "friend_reward"), rewarded, strict=True)
    values = VALUES | {name: "" for name, given in given_to if not given}
    words = phrasing.ours(channel=channel, language=language, values=values)
    linting.require_fit(channel=channel, words=words, values=values)
    read = linting.filled(words, values)
    assert "{" not in read.subject + read.wording
    assert (values["reward"] in read.wording) or not values["reward"] or channel == "print"


def test_words_that_are_fine_are_shared_as_they_are():
    assert wrong(FINE) == set()
    read = linting.filled(Words("", FINE), VALUES).wording
    assert read.endswith("Ich bekomme dann 50 €. Nur falls du magst: https://linden.leumund.example/r/anna-m")


@pytest.mark.parametrize(
    ("wording", "fault"),
    [
        (FINE.replace("Ich bekomme dann {{ reward }}.", ""), "no_disclosure"),
        (FINE.replace("Ich bekomme dann {{ reward }}.", "Ich bekomme etwas."), "no_disclosure"),
        (FINE.replace("Ich bekomme dann", "Es gibt"), "no_disclosure"),
        (FINE.replace("{{ link }}", ""), "no_link"),
        (FINE.replace("Nur falls du magst:", "Hier:"), "no_choice"),
        (FINE + " Beeil dich!", "pressure"),
        (FINE + " Das musst du machen.", "pressure"),
        (FINE + " Only today!", "pressure"),
        (FINE + " Garantiert der beste Preis.", "promise"),
        (FINE + " It is free of charge.", "promise"),
        (FINE + " Du sparst 100 €.", "amount"),
        (FINE + " Und 20 % Rabatt.", "amount"),
        (FINE + " You save €30.", "amount"),
        (FINE + " https://evil.example/", "link_typed"),
        (FINE + " {{ email }}", "unknown"),
        (FINE + " {{ reward", "unreadable"),
        ("  ", "missing"),
        (FINE + " Sehr schön." * 60, "long"),
    ],
)
def test_words_that_are_not_fine_are_told_why(wording: str, fault: str):
    assert fault in wrong(wording)


def test_what_is_put_together_or_hidden_is_read_as_people_read_it():
    assert "pressure" in wrong(FINE + " {{ 'Beei' }}l dich!")
    assert "pressure" in wrong(FINE + " Be\u00adeil dich!")
    assert "no_disclosure" in wrong(FINE.replace("Ich bekomme", "{% if false %}Ich bekomme{% endif %} ")), (
        "a dead branch"
    )


def test_where_nobody_earns_nobody_has_to_say_so():
    silent = FINE.replace("Ich bekomme dann {{ reward }}.", "")
    assert wrong(silent, reward="") == set()


def test_what_anybody_can_read_begins_with_what_it_is():
    said = "Ich empfehle {{ company }} und bekomme ich bekomme {{ reward }}. {{ link }}"
    assert wrong(said, channel="social") == {"no_label"}
    assert wrong(f"Werbung: {said}", channel="social") == set()
    assert wrong(f"Ad: {said}", channel="social") == set()
    assert wrong(f"{said} Werbung", channel="social") == {"no_label"}, "not at its end"


def test_a_text_message_is_short_once_it_is_filled_in():
    assert wrong(FINE, channel="sms") == set()
    assert wrong(FINE, channel="sms", link="https://" + "x" * 250) == {"long"}


def test_a_subject_is_looked_at_as_the_words_are():
    assert wrong(FINE, channel="mail", subject="Letzte Chance: 50 € sichern") == {"pressure", "amount"}
    assert wrong(FINE, channel="mail", subject="") == {"missing"}
    assert wrong(FINE, channel="whatsapp", subject="") == set(), "there is none"


def test_words_of_last_year_are_not_shared_once_they_no_longer_fit():
    own = Words("", FINE)
    today = phrasing.said(channel="whatsapp", language="de", own=own, values=VALUES)
    assert today.wording.startswith("Ich bin bei Linden Energie. Du bekommst 25 €")
    unpaid = FINE.replace("{{ reward }}", "{{ friend_reward }}").replace("Ich bekomme", "Wir bekommen")
    instead = phrasing.said(channel="whatsapp", language="de", own=Words("", unpaid), values=VALUES)
    assert "Ich bekomme dann eine Prämie: 50 €." in instead.wording


@given(noise=st.text(max_size=2_000))
@settings(max_examples=50)
def test_whatever_is_typed_is_answered(noise: str):
    wrong(noise)
    wrong(FINE + noise, channel="mail", subject=noise[:100])


def test_looking_words_over_takes_no_longer_than_they_are_long():
    from time import process_time

    began = process_time()
    for unit in ("ich ", "wenn du ", "Prämie ", "1", "nur noch "):
        wrong(unit * (2_400 // len(unit)))
    assert process_time() - began < 2
