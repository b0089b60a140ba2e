"""Texts are drafted, read, and published in every language or in none; what has drifted says so."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from leumund.company import describing, processing
from leumund.company.processing import Described
from leumund.consent.evidence import reading
from leumund.consent.giving import confirming, requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.texts import comparing, drafting, publishing
from leumund.consent.texts.drafting import Draft
from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.kit.ground import Ground
from leumund.privacy.texts import noticing, releasing, writing
from leumund.privacy.texts.writing import Named, NotReady, PurposeUnfit, TextUnknown
from tests.rooms import whole

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
MARLENE = uuid4()
BY = f"staff:{MARLENE}"
NOTICE, TERMS, SURVEY = Named("notice"), Named("terms"), Named("consent", "survey")
PRINTER = Described(
    role="processor",
    name="Druck AG",
    address="Druckweg 3, 20095 Hamburg",
    country="DE",
    what_for={"de": "Druck der Karten", "en": "printing cards"},
)


@pytest.fixture
async def speaking(inside: Ground) -> None:
    """Linden, which has said who it is and has published nothing."""
    await describing.describe(profile=whole.PROFILE, at=NOON)
    await processing.settle_host(
        host=msgspec.structs.replace(PRINTER, name="Rechenhaus AG", what_for={"de": "Betrieb", "en": "running it"}),
        on=NOON.date(),
    )


async def publish(named: Named, at: datetime = NOON) -> list[str]:
    return [text.language for text in await writing.publish(named=named, actor=BY, at=at)]


async def begun(key: str = "survey", like: str = "survey") -> Named:
    return await writing.begin(purpose=key, like=like, member=MARLENE, at=NOON)


async def draft(named: Named, language: str) -> Draft:
    return (await writing.previewed(named=named, language=language)).draft


async def test_of_a_company_that_never_said_who_it_is_nothing_is_untrue(inside: Ground):
    assert await noticing.untrue() == []


async def test_a_template_becomes_a_text_in_every_language(speaking: None):
    named = await begun()
    assert await publishing.all_current() == []
    assert await publish(named) == ["de", "en"]
    german, english = await publishing.all_current()
    assert german.data["purpose"]["about"] == "wie zufrieden ich mit ihren Leistungen bin"
    assert german.data["purpose"]["about"] in german.wording
    assert english.data["template"].startswith("Yes, {company}")
    assert english.wording.startswith("Yes, Linden Energie GmbH")
    assert await drafting.every() == []


async def test_publishing_the_same_again_is_no_new_version(speaking: None):
    assert await publish(TERMS) == ["de", "en"]
    assert await publish(TERMS, LATER) == []


async def test_one_bad_language_keeps_all_from_being_published(speaking: None):
    named = await begun()
    english = await draft(named, "en")
    bad = msgspec.structs.replace(english, template=english.template + "\n\nOur partners may write to me too.")
    await drafting.keep(drafts=[bad], member=MARLENE, at=NOON)
    with pytest.raises(NotReady) as raised:
        await publish(named)
    assert {each.draft.language: [one.rule for one in each.objections] for each in raised.value.made} == {
        "de": [],
        "en": ["third_parties"],
    }
    assert await publishing.all_current() == []
    assert (await drafting.kept(kind="consent", purpose="survey"))["en"] == bad


async def test_what_is_refused_is_refused_at_the_last_door_too(speaking: None):
    bad = Draft(kind="terms", language="de", title="Teilnahme", template="Hiermit willige ich in Werbung ein.")
    with pytest.raises(Refusals) as raised:
        await releasing.release(draft=bad, at=NOON)
    assert {one.rule for one in raised.value.faults} == {"controller", "consent"}
    assert await publishing.all_current() == []


@pytest.mark.parametrize("key", ["", "Survey", "a-b", "a b", "x" * 41, "_a", "é"])
async def test_a_purpose_is_called_by_what_files_and_records_can_hold(speaking: None, key: str):
    with pytest.raises(PurposeUnfit):
        await begun(key)


async def test_nobody_publishes_or_retires_what_nobody_wrote(speaking: None):
    with pytest.raises(TextUnknown):
        await publish(Named("consent", "birthday"))
    for named in (Named("consent", "birthday"), TERMS):
        with pytest.raises(TextUnknown):
            await writing.retire(named=named, actor=BY, at=NOON)


async def test_another_purpose_is_a_new_version_and_an_old_yes_stays_with_the_old_words(speaking: None):
    """A21: a purpose is fixed when it is agreed to."""
    named = await begun()
    await publish(named)
    await publish(TERMS)
    anna = await whole.person("anna@people.example", at=NOON)
    request = await requesting.request(
        customer=anna,
        email="anna@people.example",
        offered=Offered(boxes={"survey": True}, language="de", source="test"),
        at=NOON,
    )
    await confirming.confirm(request=request, at=NOON)
    first = await publishing.current(kind="consent", purpose="survey", language="de")
    german = await draft(named, "de")
    assert german.told is not None
    wider = msgspec.structs.replace(german.told, channels=["email", "phone"], about="wie zufrieden ich bin")
    english = await draft(named, "en")
    assert english.told is not None
    also = msgspec.structs.replace(english.told, channels=["email", "phone"])
    await drafting.keep(
        drafts=[msgspec.structs.replace(german, told=wider), msgspec.structs.replace(english, told=also)],
        member=MARLENE,
        at=LATER,
    )
    assert await publish(named, LATER) == ["de", "en"]
    second = await publishing.current(kind="consent", purpose="survey", language="de")
    assert (first.version, second.version) == (1, 2)
    assert second.wording != first.wording
    story = await reading.story(customer=anna)
    assert {(each.version, each.wording, each.channel) for each in story} == {(1, first.wording, "email")}
    (standing,) = await reading.standing(customer=anna, language="de")
    assert (standing.channels, standing.given) == (["email", "phone"], ["email"])


async def test_a_new_processor_is_drift_until_the_notice_tells_of_it(speaking: None):
    await publish(NOTICE)
    assert await noticing.drifted() == []
    await processing.settle(wanted=[PRINTER], on=NOON.date())
    drifts = await noticing.drifted()
    assert [drift.text.language for drift in drifts] == ["de", "en"]
    assert await noticing.untrue() == ["notice.de", "notice.en"]
    assert all("Druck AG" in drift.wording and "Druck AG" not in drift.text.wording for drift in drifts)
    assert await publish(NOTICE, LATER) == ["de", "en"]
    assert await noticing.drifted() == []
    await processing.settle(wanted=[], on=date(2026, 12, 1))
    assert len(await noticing.drifted()) == 2, "and when it ends"


async def test_another_consent_and_another_name_are_drift_too(speaking: None):
    await publish(NOTICE)
    named = await begun()
    await publish(named)
    assert {drift.text.kind for drift in await noticing.drifted()} == {"notice"}
    renamed = msgspec.structs.replace(whole.PROFILE, legal_name="Linden Strom GmbH")
    await describing.describe(profile=renamed, at=NOON)
    assert {drift.text.kind for drift in await noticing.drifted()} == {"notice", "consent"}


async def test_a_retired_text_is_asked_for_by_nobody_and_can_come_back(speaking: None):
    named, other = await begun(), await begun("recommendation", "recommendation")
    await publish(named)
    await publish(other)
    await writing.retire(named=named, actor=BY, at=NOON)
    assert {text.purpose for text in await publishing.all_current()} == {"recommendation"}
    assert await publish(named, LATER) == ["de", "en"]
    current = await publishing.current(kind="consent", purpose="survey", language="de")
    assert (current.version, current.channels) == (3, ["email"])


async def test_who_published_and_retired_is_noted(speaking: None):
    named = await begun()
    await publish(named)
    await writing.retire(named=named, actor=BY, at=LATER)
    rows = await ground.fetch("SELECT action, detail ->> 'language' AS language FROM audit_entry WHERE actor = $1", BY)
    noted = sorted((row["action"], row["language"] or "") for row in rows)
    assert noted == [("text.published", "de"), ("text.published", "en"), ("text.retired", "")]


async def test_one_version_is_read_exactly_as_it_was(speaking: None):
    (german, _english) = await writing.publish(named=TERMS, actor=BY, at=NOON)
    assert await publishing.version(text=german.id) == german
    with pytest.raises(publishing.NotPublished):
        await publishing.version(text=uuid4())


def test_what_differs_is_shown_word_by_word():
    pieces = comparing.differences("Wir fragen Sie oft.\n\nEnde.", "Wir fragen Sie selten und gern.\n\nEnde.")
    assert [(piece.kind, piece.words.strip()) for piece in pieces] == [
        ("same", "Wir fragen Sie"),
        ("gone", "oft."),
        ("new", "selten und gern."),
        ("same", "Ende."),
    ]
