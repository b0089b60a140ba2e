"""A text that breaks the law is refused by the rule it breaks, in both languages; a good one passes them all."""

import msgspec
import pytest

from leumund.company.processing import Described
from leumund.consent.judging import linting, notice_parts, reading_ease
from leumund.consent.judging.linting import Objection, Written
from leumund.consent.texts import starting
from leumund.consent.texts.drafting import Draft
from leumund.consent.texts.purposes import Controller, Purpose
from leumund.privacy.texts import composing
from leumund.privacy.texts.composing import Composed, Sources

LINDEN = Controller(
    name="Linden Energie GmbH",
    address="Linden Energie GmbH, Am Lindenwerk 7, 10249 Berlin",
    email="hallo@linden.example",
)
HOST = Described(
    role="processor",
    name="Rechenhaus AG",
    address="Rechenweg 1, 10115 Berlin",
    country="DE",
    what_for={"de": "Betrieb des Programms", "en": "running the program"},
)
LANGUAGES = ("de", "en")
TEXTS = [("terms", ""), ("notice", ""), *(("consent", purpose) for purpose in starting.consents())]


def sources(language: str, *more: Described) -> Sources:
    templates = [starting.template(kind="consent", purpose=purpose, language=language) for purpose in ("survey",)]
    asked = [(each.title, each.purpose) for each in templates if each.purpose]
    return Sources(controller=LINDEN, processors=[HOST, *more], asked=asked, operator=HOST.name)


def draft(kind: str, language: str, *, purpose: str = "survey") -> Draft:
    begun = starting.template(kind=kind, purpose=purpose, language=language)
    named = purpose if kind == "consent" else ""
    return Draft(
        kind=kind, purpose=named, language=language, title=begun.title, template=begun.template, told=begun.purpose
    )


def composed(given: Draft, **changes: object) -> Composed:
    return composing.compose(msgspec.structs.replace(given, **changes), sources(given.language))


def rules(found: list[Objection]) -> list[str]:
    return sorted({each.rule for each in found})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "purpose"), TEXTS)
def test_a_template_that_ships_passes_every_rule(kind: str, purpose: str, language: str):
    made = composed(draft(kind, language, purpose=purpose))
    assert rules(made.objections) == []
    assert LINDEN.name in made.wording
    assert "{" not in made.wording


ADDED = [
    ("consent", "de", "third_parties", "Das gilt auch für unsere Partnerunternehmen."),
    ("consent", "de", "third_parties", "Auch verbundene Unternehmen dürfen mir schreiben."),
    ("consent", "en", "third_parties", "This includes selected partners."),
    ("consent", "en", "third_parties", "Our affiliates may write to me too."),
    ("consent", "de", "operator", "Auch der Betreiber der Plattform darf mir schreiben."),
    ("consent", "de", "operator", "Die Rechenhaus AG darf mir ebenfalls schreiben."),
    ("consent", "en", "operator", "The platform operator may write to me too."),
    ("terms", "de", "operator", "Der Plattformbetreiber darf die Daten der Empfehler für eigene Zwecke nutzen."),
    ("notice", "en", "operator", "Rechenhaus AG uses the data for its own purposes."),
    ("consent", "de", "vague", "Das geschieht zu Marketingzwecken."),
    ("consent", "de", "vague", "Und für weitere Zwecke."),
    ("consent", "en", "vague", "My data is used for marketing purposes."),
    ("notice", "en", "vague", "We also use it for other purposes."),
    ("notice", "de", "vague", "Außerdem nutzen wir sie für sonstige Zwecke."),
    ("terms", "de", "consent", "Hiermit willige ich ein, E-Mails zu erhalten."),
    ("terms", "de", "consent", "Sie willigen in den Empfang von E-Mails ein."),
    ("terms", "en", "consent", "I hereby consent to emails."),
    ("terms", "en", "consent", "By taking part you agree to the use of your address."),
    ("notice", "de", "consent", "Mit der Nutzung der Seite sind Sie einverstanden."),
    ("terms", "de", "third_parties", "Ihre Angaben werden an Dritte weitergegeben."),
    ("terms", "en", "third_parties", "We share your details with our partners."),
    ("notice", "en", "third_parties", "We sell data to advertisers."),
    ("terms", "de", "coupling", "Voraussetzung für die Teilnahme ist der Bezug unseres Newsletters."),
    ("terms", "de", "coupling", "Prämien bekommt nur, wer in Werbung einwilligt."),
    ("terms", "en", "coupling", "You must subscribe to the newsletter to take part."),
    ("consent", "en", "coupling", "My consent is a condition for rewards."),
    ("consent", "de", "coupling", "Ohne diese Einwilligung ist eine Teilnahme am Programm nicht möglich."),
    ("terms", "de", "coupling", "Keine Prämie ohne Einwilligung in unseren Newsletter."),
    ("terms", "de", "coupling", "Sie können nicht ohne Werbeeinwilligung teilnehmen."),
    ("consent", "en", "coupling", "You cannot take part without this consent."),
    ("terms", "en", "coupling", "Without your consent to advertising there is no reward."),
    ("consent", "de", "by_using", "Mit meiner Teilnahme willige ich ein."),
    ("consent", "en", "by_using", "By taking part I agree to this."),
    ("consent", "de", "pre_ticked", "Das Kästchen ist bereits für mich angekreuzt."),
    ("consent", "en", "pre_ticked", "The box is already ticked."),
    ("consent", "de", "pre_ticked", "[x] Ja, ich möchte das."),
    ("consent", "en", "pre_ticked", "The box is pre-ticked for you."),
    (
        "terms",
        "de",
        "endless",
        " ".join(["Wir weisen Sie darauf hin, dass die Sache so ist und dass sie auch so bleibt und"] * 4) + ".",
    ),
]


@pytest.mark.parametrize(("kind", "language", "rule", "sentence"), ADDED)
def test_a_sentence_that_may_not_stand_there_is_refused(kind: str, language: str, rule: str, sentence: str):
    begun = draft(kind, language)
    assert rules(composed(begun, template=f"{begun.template}\n\n{sentence}").objections) == [rule]


ALLOWED = [
    ("terms", "de", "Die Teilnahme setzt keine Einwilligung in Werbung voraus."),
    ("terms", "de", "Auch ohne Einwilligung können Sie teilnehmen und bekommen Ihre Prämie."),
    ("terms", "de", "Ohne Einwilligung haben Sie bei der Teilnahme keinen Nachteil."),
    ("terms", "en", "You can take part without consent to advertising."),
    ("terms", "en", "You do not have to subscribe to the newsletter to take part."),
    ("notice", "de", "Wir geben keine Daten an Dritte weiter."),
    ("notice", "en", "We never sell data to third parties."),
    ("notice", "en", "Rechenhaus AG never uses the data for its own purposes."),
    ("consent", "de", "Meine Antworten bleiben bei Linden Energie GmbH."),
]


@pytest.mark.parametrize(("kind", "language", "sentence"), ALLOWED)
def test_a_sentence_that_says_the_contrary_passes(kind: str, language: str, sentence: str):
    begun = draft(kind, language)
    assert rules(composed(begun, template=f"{begun.template}\n\n{sentence}").objections) == []


GONE = [
    ("consent", "de", "controller", ["{company}"]),
    ("consent", "en", "controller", ["{company}"]),
    ("consent", "de", "voluntary", ["Das ist freiwillig"]),
    ("consent", "en", "voluntary", ["This is voluntary"]),
    ("consent", "de", "withdrawal", ["Ich kann jederzeit widerrufen"]),
    ("consent", "en", "withdrawal", ["I can withdraw at any time"]),
    ("consent", "de", "about", ["{about}"]),
    ("consent", "en", "about", ["{about}"]),
    ("consent", "de", "frequency", ["{frequency}"]),
    ("consent", "en", "frequency", ["{frequency}"]),
    ("terms", "de", "controller", ["{address}"]),
    ("terms", "en", "controller", ["{address}"]),
    ("notice", "de", "live", ["{processors}"]),
    ("notice", "en", "live", ["{recipients}"]),
]


@pytest.mark.parametrize(("kind", "language", "rule", "gone"), GONE)
def test_what_has_to_be_said_is_missed(kind: str, language: str, rule: str, gone: list[str]):
    begun, template = draft(kind, language), draft(kind, language).template
    for words in gone:
        assert words in template
        template = template.replace(words, "")
    assert rules(composed(begun, template=template).objections) == [rule]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", notice_parts.PARTS)
def test_a_notice_lacks_each_part_of_article_13_by_name(part: str, language: str):
    whole = composed(draft("notice", language)).wording
    without = notice_parts.PARTS[part].sub("–", whole)
    text = Written(kind="notice", language=language, title="x", wording=without, controller=LINDEN.name)
    assert part in rules(linting.objections(text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("channel", "rule"), [("phone", "channel.phone"), ("post", "channel.post"), ("sms", "channel.sms")]
)
def test_a_channel_in_the_data_alone_was_agreed_to_by_nobody(channel: str, rule: str, language: str):
    begun = draft("consent", language)
    assert begun.told is not None
    told = msgspec.structs.replace(begun.told, channels=["email", channel])
    wording = composed(begun).wording
    assert rules(composed(begun, told=told, template=wording).objections) == [rule]
    assert rules(composed(begun, told=told).objections) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_profile_is_told_where_there_is_one_and_nowhere_else(language: str):
    survey, profile = draft("consent", language), draft("consent", language, purpose="profile")
    assert survey.told is not None
    assert profile.told is not None
    secret = msgspec.structs.replace(survey.told, profiling=True)
    assert rules(composed(survey, told=secret).objections) == ["profiling"]
    harmless = msgspec.structs.replace(profile.told, profiling=False)
    assert rules(composed(profile, told=harmless).objections) == ["no_profiling"]


HARD = {
    "de": "Unbeschadet der vorstehenden Bestimmungen erfolgt die Inanspruchnahme der Programmfunktionalitäten "
    "ausschließlich vorbehaltlich jederzeitiger Verfügbarkeit entsprechender technischer Voraussetzungen. ",
    "en": "Notwithstanding the aforementioned provisions, participation entitlements remain subject to availability "
    "considerations regarding appropriate technological infrastructure requirements. ",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_nobody_understands_is_refused(language: str):
    begun = draft("terms", language)
    assert rules(composed(begun, template=f"{begun.template}\n\n{HARD[language] * 30}").objections) == ["hard_to_read"]


def test_lix_is_what_bjornsson_says():
    assert reading_ease.lix("The cat sat on the mat. The dog saw it.") == 10 / 2
    assert reading_ease.lix("Elephants remember everything.") == 3 + 100
    assert reading_ease.lix("") == 0


@pytest.mark.parametrize("template", ["Ja, {operator} darf.", "Ja, {company", "Ja, {company.name} darf", "{}"])
def test_a_place_nobody_knows_is_refused_and_nothing_is_evaluated(template: str):
    assert rules(composed(draft("consent", "de"), template=template).objections) == ["place"]


def test_what_is_empty_is_said_beside_its_field():
    told = Purpose(key="survey", channels=[], about="")
    made = composed(draft("consent", "de"), title="", template="", told=told)
    assert {each.field for each in made.objections} == {"title", "template", "channels", "about"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recipient_outside_the_eea_stands_in_the_notice_with_what_keeps_data_safe(language: str):
    press = Described(
        role="recipient",
        name="Press Inc.",
        address="1 Main Street, Boston",
        country="US",
        what_for={"de": "Druck", "en": "print"},
        safeguards="clauses",
    )
    made = composing.compose(draft("notice", language), sources(language, press))
    assert rules(made.objections) == []
    assert made.wording.count("Press Inc.") == 2
    assert ("Standardvertragsklauseln" if language == "de" else "standard contractual clauses") in made.wording
    assert "Press Inc." not in composed(draft("notice", language)).wording


@pytest.mark.parametrize("kind", ["consent", "terms", "notice"])
@pytest.mark.parametrize("word", ["x", "a’", "a@"])
def test_what_fills_a_form_to_its_brim_is_judged_like_any_other_text(word: str, kind: str):
    # As much as a form may bring; where a rule looks at each of its letters once a letter, that takes minutes.
    full = word * (100_000 // len(word))
    assert linting.objections(Written(kind=kind, language="de", title="T", wording=full, controller="Linden GmbH"))


def test_each_fault_is_told_at_its_field_and_all_at_once():
    begun = draft("consent", "de")
    assert begun.told is not None
    vague = msgspec.structs.replace(begun.told, about="interessante Angebote und vieles mehr")
    made = composed(
        begun,
        title="",
        told=vague,
        template=f"{begun.template}\n\nAuch Partner und Sponsoren nutzen das zu Werbezwecken.",
    )
    assert sorted((each.rule, each.field, each.values.get("found")) for each in made.objections) == [
        ("third_parties", "template", "Partner"),
        ("third_parties", "template", "Sponsoren"),
        ("title", "title", None),
        ("vague", "about", "interessante Angebote"),
        ("vague", "about", "und vieles mehr"),
        ("vague", "template", "Werbezwecken"),
    ]
