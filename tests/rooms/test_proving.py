"""What a person allowed can be printed at any time, and told by standard; what was said elsewhere is entered."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from leumund.consent.evidence import proving, reading, recording, showing
from leumund.consent.giving import importing, transcribing
from leumund.consent.giving.importing import Given
from leumund.consent.giving.transcribing import Taken
from leumund.consent.stopping import objecting, suppressing, withdrawing
from leumund.kit import ground, printing
from leumund.kit import language as speaking
from leumund.kit.sheets import Facts, Prose, Quote, Sheet
from leumund.messages.accompanying import transcribing as takings
from leumund.messages.accompanying.transcribing import Ended
from leumund.privacy.copies import iso27560
from tests import opened
from tests.rooms.test_consent import ANNA, HOUR, NOON, anna, ask, give, linden_asks, may, states

__all__ = ["anna", "linden_asks"]
MINUTE = timedelta(minutes=1)
MEMBER = "staff:11111111-1111-1111-1111-111111111111"
PAPER = "Mappe 3, Blatt 12"


def taken(who: UUID, **instead: object) -> Taken:
    told: dict[str, object] = {
        "customer": who,
        "email": ANNA,
        "purpose": "survey",
        "channel": "email",
        "language": "de",
        "way": "paper",
        "said_at": NOON - HOUR,
        "words": "Ja, ich möchte befragt werden.",
        "taker": "Frau Beispiel",
        "reference": PAPER,
    }
    return msgspec.convert(told | instead, Taken)


async def enter(who: UUID, *, at: datetime = NOON, **instead: object) -> bool:
    return await takings.transcribe(taken=taken(who, **instead), actor=MEMBER, at=at)


def told(sheet: Sheet) -> str:
    """All that a document says, in one piece."""
    blocks = [block for section in sheet.sections for block in section.blocks]
    rows = [": ".join(row) for block in blocks if isinstance(block, Facts) for row in block.rows]
    quotes = [block.wording for block in blocks if isinstance(block, Quote)]
    return "\n".join([sheet.title, *(section.heading for section in sheet.sections), *rows, *quotes])


# Proving


@pytest.mark.parametrize("language", ["de", "en"])
async def test_the_proof_has_every_event_to_the_millisecond_and_every_word(anna: UUID, language: str):
    await give(anna, "survey")
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + 2 * HOUR)
    proof = await proving.prove(customer=anna, at=NOON + 3 * HOUR)
    said = told(showing.sheet(proof, language=language, name="Anna"))
    for part in ("2026-11-23 12:00:00.123 UTC", "2026-11-23 13:00:00.123 UTC", "Ja, gern.", ANNA, str(anna), "Linden"):
        assert part in said, part
    assert "evidence." not in said
    assert not any(each.given for each in proof.standings)
    assert proof.is_unbroken


@pytest.mark.parametrize("language", ["de", "en"])
async def test_no_proof_claims_that_our_words_were_shown_where_a_consent_was_given_elsewhere(anna: UUID, language: str):
    basis = "Formular vom 9.2.2019: Ich möchte befragt werden"
    brought = Given(customer=anna, purpose="survey", channel="email", email=ANNA, basis=basis, at=NOON)
    await importing.import_all(given=[brought], source="file")
    proof = await proving.prove(customer=anna, at=NOON + HOUR)
    sections = {each.heading: each.blocks for each in showing.sheet(proof, language=language).sections}
    assert speaking.text("evidence.wordings", language) not in sections
    wording = next(blocks for blocks in sections.values() if any(isinstance(block, Quote) for block in blocks))
    assert Prose([speaking.text("evidence.not_shown", language)]) in wording
    assert basis in told(showing.sheet(proof, language=language))

    await give(anna, "survey", at=NOON + 2 * HOUR)
    later = showing.sheet(await proving.prove(customer=anna, at=NOON + 3 * HOUR), language=language)
    assert speaking.text("evidence.wordings", language) in told(later)


async def test_a_yes_of_another_mailbox_stands_in_no_proof(anna: UUID):
    await give(anna, "survey")
    assert any(each.given for each in (await proving.prove(customer=anna, at=NOON)).standings)
    await opened.change(anna, email="anna@elsewhere.example")
    assert not any(each.given for each in (await proving.prove(customer=anna, at=NOON)).standings)


async def test_the_proof_opens_as_a_pdf_and_says_when_the_chain_broke(anna: UUID):
    await give(anna, "survey")
    proof = await proving.prove(customer=anna, at=NOON)
    assert printing.pdf(showing.sheet(proof, language="de")).startswith(b"%PDF")
    await ground.execute("UPDATE consent_chain SET seal_hash = 'x' WHERE id = $1", anna)
    broken = await proving.prove(customer=anna, at=NOON)
    assert "NICHT" in told(showing.sheet(broken, language="de"))


async def test_whoever_was_asked_for_nothing_has_a_proof_of_that(anna: UUID):
    proof = await proving.prove(customer=anna, at=NOON)
    assert showing.sheet(proof, language="de").sections
    assert msgspec.json.decode(proving.as_json(proof))["story"] == []


async def test_the_record_has_the_mandatory_fields_and_the_specifications_states(anna: UUID):
    await give(anna, "survey")
    await give(anna, "survey", at=NOON + 2 * HOUR)
    await ask(anna, ("recommendation", False), at=NOON + 4 * HOUR)
    await objecting.object_to_all(customer=anna, email=ANNA, source="letter", at=NOON + 5 * HOUR)
    proof = await proving.prove(customer=anna, at=NOON + 6 * HOUR)
    receipt = await iso27560.receipt(proof=proof, language="en")
    record = msgspec.json.decode(iso27560.as_json(receipt))["record"]
    assert receipt["schema_version"] == record["schema_version"] == "ISO/IEC TS 27560:2023"
    assert record["pii_principal_id"] == str(anna)
    told_to = {purpose["authority_party"] for each in record["pii_processing"] for purpose in each["purposes"]}
    assert told_to == {"any data protection supervisory authority (GDPR Art. 77)"}
    for processing in record["pii_processing"]:
        assert {"privacy_notice", "language", "purposes"} <= processing.keys()
        for purpose in processing["purposes"]:
            mandatory = {"purpose", "lawful_basis", "pii_information", "pii_controllers", "storage_locations"}
            mandatory |= {"retention_period", "jurisdiction", "recipient_third_parties", "withdrawal_method"}
            mandatory |= {"source", "automated_decision_making", "third_country_transfers", "privacy_rights"}
            assert mandatory <= {name for name, value in purpose.items() if value is not None}
            assert purpose["retention_period"]
    party = record["party_identification"][0]
    assert all(party[f"party_{part}"] for part in ("id", "address", "name", "contact", "type"))
    found = [event["event_state"] for event in record["consent_events"]]
    assert found[:4] == ["consent requested", "consent given", "consent requested", "consent re-affirmed"]
    assert {"consent refused", "consent withdrawn"} <= set(found)
    for event in record["consent_events"]:
        assert {"event_time", "validity_duration", "entity_id", "event_type", "event_state"} <= event.keys()


# Entering what was said elsewhere


async def test_a_signed_paper_gives_at_once_with_who_took_it_and_where_it_lies(anna: UUID):
    assert not await enter(anna)
    assert await may(anna)
    (given,) = (await proving.prove(customer=anna, at=NOON)).story
    assert given.source == "paper"
    assert (given.evidence["email"], given.evidence["sha256"]) == (ANNA, given.sha256)
    assert not await may(anna, email="anna@elsewhere.example"), "who signed is who is written to"
    assert given.evidence["entered_by"] == MEMBER
    assert given.evidence["taken"] == {
        "words": "Ja, ich möchte befragt werden.",
        "taker": "Frau Beispiel",
        "reference": PAPER,
    }
    assert not await ground.fetch("SELECT FROM consent_event WHERE evidence::text LIKE '%Beispiel%'")


async def test_a_voice_on_the_telephone_gives_no_mail_until_the_mailbox_says_yes(anna: UUID):
    assert await enter(anna, purpose="recommendation", way="phone", reference="")
    assert not await may(anna, "recommendation")
    assert await states(anna) == [("recommendation", "email", "requested")], "nothing was said of calls"
    (said,) = await reading.story(customer=anna)
    assert said.evidence["taken"]["words"] == "Ja, ich möchte befragt werden."
    assert await ground.fetch("SELECT FROM message WHERE kind = 'opt_in' AND customer = $1", anna)


async def test_a_call_for_more_calls_needs_the_number_to_have_been_verified(anna: UUID):
    with pytest.raises(transcribing.ProofMissing) as fault:
        await enter(anna, purpose="recommendation", channel="phone", way="phone", reference=" ")
    assert fault.value.field == "reference"
    await enter(anna, purpose="recommendation", channel="phone", way="phone", reference="Rückruf unter der Nummer")
    assert await may(anna, "recommendation", channel="phone")


@pytest.mark.parametrize(
    ("instead", "fault"),
    [
        ({"words": " "}, transcribing.ProofMissing),
        ({"taker": ""}, transcribing.ProofMissing),
        ({"reference": ""}, transcribing.ProofMissing),
        ({"said_at": NOON + timedelta(minutes=1)}, transcribing.InTheFuture),
        # By clocks that were ahead of ours it is no moment at all.
        ({"said_at": datetime(1, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))}, transcribing.TooEarly),
        ({"email": None}, transcribing.AddressMissing),
        ({"channel": "post"}, transcribing.NotAsked),
        ({"purpose": "party"}, transcribing.NotAsked),
    ],
)
async def test_what_could_not_be_demonstrated_is_not_entered(
    anna: UUID, instead: dict[str, object], fault: type[Exception]
):
    with pytest.raises(fault):
        await enter(anna, **instead)
    assert await states(anna) == []


async def test_an_older_paper_brings_nothing_back_and_a_newer_one_does(anna: UUID):
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON)
    await give(anna, "survey", at=NOON + HOUR)
    await withdrawing.withdraw(customer=anna, email=ANNA, purpose="survey", source="portal", at=NOON + 3 * HOUR)
    await enter(anna, said_at=NOON, at=NOON + 4 * HOUR)
    assert not await may(anna)
    await enter(anna, said_at=NOON + 4 * HOUR, at=NOON + 5 * HOUR)
    assert await may(anna)


@pytest.mark.parametrize("said_at", [NOON + HOUR, NOON + 26 * HOUR])
async def test_an_older_paper_is_older_than_a_no_that_nothing_was_there_for_too(anna: UUID, said_at: datetime):
    for hours in (2, 27):
        await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + hours * HOUR)
    await enter(anna, said_at=said_at, at=NOON + 28 * HOUR)
    assert not await may(anna)
    await opened.change(anna, email="anna@elsewhere.example")
    await enter(anna, said_at=said_at, email="anna@elsewhere.example", at=NOON + 29 * HOUR)
    assert not await may(anna, email="anna@elsewhere.example")


@pytest.mark.parametrize("stops", [(0, 0), (0, 23), (23, 0)])
async def test_an_older_paper_lifts_no_stop_that_is_newer(anna: UUID, stops: tuple[int, int]):
    hours = max(stops)
    for said in stops:
        await suppressing.suppress(email=ANNA, purpose="survey", reason="withdrawal", at=NOON + said * HOUR)
    await enter(anna, said_at=NOON + hours * HOUR - MINUTE, at=NOON + 24 * HOUR)
    assert not await may(anna)
    await enter(anna, said_at=NOON + hours * HOUR + MINUTE, at=NOON + 24 * HOUR)
    assert await may(anna)


@pytest.mark.parametrize(("kind", "state"), [("withdrawal", "withdrawn"), ("objection", "objected")])
async def test_what_ends_by_letter_ends_at_once_and_only_an_objection_stays(anna: UUID, kind: str, state: str):
    await give(anna, "survey")
    ended = Ended(customer=anna, kind=kind, way="letter", words="Bitte keine Mails mehr.")
    with pytest.raises(takings.WordsMissing):
        await takings.end(ended=msgspec.structs.replace(ended, words=""), actor=MEMBER, at=NOON + 2 * HOUR)
    await takings.end(ended=ended, actor=MEMBER, at=NOON + 2 * HOUR)
    assert not await may(anna)
    assert (await states(anna))[-1] == ("survey", "email", state)
    said = (await reading.story(customer=anna))[-1].evidence
    assert "Bitte keine Mails mehr." in str(said), "in the words of the letter"
    await give(anna, "survey", at=NOON + 3 * HOUR)
    assert await may(anna) == (kind == "withdrawal")


async def test_an_objection_stops_calls_too_whatever_is_signed_later(anna: UUID):
    await objecting.object_to_all(customer=anna, email=ANNA, source="letter", at=NOON)
    for channel in ("email", "phone"):
        await enter(anna, purpose="recommendation", channel=channel, said_at=NOON + HOUR, at=NOON + HOUR)
        assert not await may(anna, "recommendation", channel=channel)


async def test_nothing_is_recorded_of_nothing(anna: UUID):
    await recording.record([])
    assert await states(anna) == []
