"""Each kind of mail has its words in both languages, and the check mail advertises nothing."""

import pytest

from leumund.kit import language
from leumund.messages.kinds import KINDS

PARTS = ("subject", "text", "button", "note")


@pytest.mark.parametrize("lang", language.LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_everything_in(kind: str, lang: str):
    # A letter leads nowhere.
    for part in (each for each in PARTS if each != "button" or KINDS[kind].path):
        assert language.text(
            f"mail.{kind}.{part}", lang, company="Linden", question="Why?", code="123456", reason="Because."
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_subject_fits_a_telephone(kind: str):
    for lang in language.LANGUAGES:
        assert len(language.text(f"mail.{kind}.subject", lang, company="Linden Energie")) <= 60


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_the_check_mail_advertises_nothing(lang: str):
    said = " ".join(language.text(f"mail.opt_in.{part}", lang, company="Linden") for part in PARTS).lower()
    for word in ("prämie", "reward", "empfehl", "referral", "gratis", "free", "angebot", "offer", "€", "http"):
        assert word not in said


def test_surveys_and_invitations_are_advertising():
    advertising = {"survey_invitation", "survey_reminder", "advocate_invitation", "care_question", "occasion"}
    assert {kind for kind, form in KINDS.items() if form.advertising} == advertising


def test_an_occasion_comes_on_any_consent_but_those_with_mails_of_their_own():
    assert KINDS["occasion"].is_for("news")
    assert KINDS["occasion"].is_for("recommendation")
    for purpose in ("survey", "profile", None):
        assert not KINDS["occasion"].is_for(purpose)
    assert not KINDS["survey_invitation"].is_for("news"), "any other kind has its own"


def test_a_reply_to_a_complaint_sells_nothing_and_needs_no_consent():
    assert (KINDS["care_reply"].basis, KINDS["care_reply"].purposes) == ("legitimate_interest", frozenset())


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_every_purpose_a_mail_may_have_is_named(lang: str):
    for purpose in {each for form in KINDS.values() for each in form.purposes}:
        assert language.text(f"console.messages.purpose.{purpose}", lang)
