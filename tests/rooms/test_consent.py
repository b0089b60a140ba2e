"""Consents: asked in exact words, confirmed by a button, withdrawn as easily, and kept as evidence."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.company import describing
from leumund.company.describing import Profile
from leumund.consent import addressing, checking, rules
from leumund.consent.evidence import reading, recording
from leumund.consent.evidence.recording import Said
from leumund.consent.giving import confirming, expiring, importing, requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.rules import Event
from leumund.consent.stopping import ending, objecting, suppressing, withdrawing
from leumund.consent.stopping.ending import End
from leumund.consent.texts import publishing
from leumund.kit import ground
from leumund.kit.ground import Ground
from tests import allowing, opened
from tests.rooms import whole

NOON = datetime(2026, 11, 23, 12, 0, 0, 123000, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA = "anna@example.com"
PROFILE = Profile(
    name="Linden",
    legal_name="Linden Energie GmbH",
    imprint={"street": "Lindenallee 1", "postal_code": "20095", "city": "Hamburg"},
    sender_name="Linden Energie",
    sender_email="post@linden.example",
    languages=["de", "en"],
    country="DE",
    currency="EUR",
    time_zone="Europe/Berlin",
    theme="plain",
)


@pytest.fixture
async def linden_asks(inside: Ground) -> None:
    """The company is described and has published two consents in German and one in English."""
    await describing.describe(profile=PROFILE, at=NOON)
    for purpose, channels in (("survey", ["email"]), ("recommendation", ["email", "phone"])):
        await publish(purpose, channels, "de")
    await publish("survey", ["email"], "en")


@pytest.fixture
async def anna(linden_asks: None) -> UUID:
    return await person(ANNA)


async def publish(purpose: str, channels: list[str], language: str, wording: str = "Ja, gern.") -> publishing.Text:
    return await publishing.publish(
        kind="consent", purpose=purpose, channels=channels, language=language, title=purpose, wording=wording, at=NOON
    )


async def person(email: str) -> UUID:
    return await whole.person(email, at=NOON)


async def ask(who: UUID, *purposes: tuple[str, bool], at: datetime = NOON, email: str = ANNA) -> UUID:
    return await requesting.request(
        customer=who,
        email=email,
        offered=Offered(boxes=dict(purposes), language="de", source="survey", evidence={"form": "/s"}),
        at=at,
    )


async def may(who: UUID, purpose: str = "survey", *, email: str = ANNA, channel: str = "email") -> bool:
    return await checking.allowed(customer=who, email=email, purpose=purpose, channel=channel)


async def give(who: UUID, *purposes: str, at: datetime = NOON) -> None:
    await confirming.confirm(request=await ask(who, *((each, True) for each in purposes), at=at), at=at + HOUR)


async def states(who: UUID) -> list[tuple[str, str, str]]:
    return [(each.purpose, each.channel, each.state) for each in await reading.story(customer=who)]


# Texts


async def test_the_same_text_stays_the_same_version(linden_asks: None):
    before = await publishing.current(kind="consent", purpose="survey", language="de")
    assert await publish("survey", ["email"], "de") == before


async def test_another_wording_is_the_next_version_and_the_old_one_stays(linden_asks: None):
    before = await publishing.current(kind="consent", purpose="survey", language="de")
    after = await publish("survey", ["email"], "de", "Ja, sehr gern.")
    assert (after.version, after.sha256 != before.sha256) == (before.version + 1, True)
    assert await publishing.current(kind="consent", purpose="survey", language="de") == after
    assert len(await ground.fetch("SELECT FROM consent_text WHERE id = ANY ($1::uuid[])", [before.id, after.id])) == 2


async def test_another_channel_is_the_next_version_too(linden_asks: None):
    assert (await publish("survey", ["email", "post"], "de")).version == 2


async def test_no_language_stands_in_for_another(linden_asks: None):
    with pytest.raises(publishing.NotPublished):
        await publishing.current(kind="consent", purpose="recommendation", language="en")


async def test_all_current_texts_are_the_newest_ones(linden_asks: None):
    await publish("survey", ["email"], "de", "Neu.")
    told = {(text.purpose, text.language): text.version for text in await publishing.all_current()}
    assert told == {("survey", "de"): 2, ("survey", "en"): 1, ("recommendation", "de"): 1}


# Asking and confirming


async def test_asking_gives_nothing(anna: UUID):
    await ask(anna, ("survey", True))
    assert not await may(anna)


async def test_the_button_gives_what_was_ticked_and_nothing_else(anna: UUID):
    request = await ask(anna, ("survey", True), ("recommendation", False))
    await confirming.confirm(request=request, at=NOON + HOUR)
    assert await may(anna, "survey")
    assert not await may(anna, "recommendation")
    assert ("recommendation", "email", "refused") in await states(anna)


async def test_the_evidence_says_who_what_when_and_in_which_words(anna: UUID):
    request = await ask(anna, ("survey", True), ("recommendation", False))
    await confirming.confirm(request=request, at=NOON + HOUR, evidence={"method": "POST"})
    given = next(each for each in await reading.story(customer=anna) if each.state == "given")
    assert given.controller == "Linden Energie GmbH, Lindenallee 1, 20095 Hamburg"
    assert (given.wording, given.version, given.language) == ("Ja, gern.", 1, "de")
    assert given.evidence["boxes"] == {"survey": True, "recommendation": False}
    assert given.evidence["form"] == "/s"
    assert given.evidence["sha256"] == rules.fingerprint("survey", "Ja, gern.")
    assert given.evidence["confirmation"]["method"] == "POST"
    assert given.at == NOON + HOUR


async def test_the_evidence_holds_no_address_in_the_clear(anna: UUID):
    await give(anna, "survey")
    assert not await ground.fetch("SELECT FROM consent_event WHERE evidence::text LIKE '%anna@%'")


async def test_a_request_without_any_consent_is_confirmed_all_the_same(anna: UUID):
    answer = await confirming.confirm(request=await ask(anna), at=NOON + HOUR)
    assert (answer.customer, answer.source, answer.already) == (anna, "survey", False)


async def test_a_second_click_is_told_so_and_gives_nothing_more(anna: UUID):
    request = await ask(anna, ("survey", True))
    assert not (await confirming.confirm(request=request, at=NOON + HOUR)).already
    assert (await confirming.confirm(request=request, at=NOON + 100 * HOUR)).already
    assert [state for *_, state in await states(anna)].count("given") == 1


async def test_looking_at_the_page_confirms_nothing(anna: UUID):
    request = await ask(anna, ("survey", True))
    assert not (await confirming.waiting(request=request, at=NOON)).already
    assert not await may(anna)


async def test_after_48_hours_the_link_is_dead(anna: UUID):
    request = await ask(anna, ("survey", True))
    with pytest.raises(confirming.RequestExpired):
        await confirming.confirm(request=request, at=NOON + 48 * HOUR)
    with pytest.raises(confirming.RequestExpired):
        await confirming.waiting(request=request, at=NOON + 48 * HOUR)
    assert not await may(anna)


async def test_mallory_cannot_confirm_what_nobody_asked(anna: UUID):
    with pytest.raises(confirming.RequestUnknown):
        await confirming.confirm(request=uuid4(), at=NOON)


async def test_a_mail_proves_nothing_about_a_telephone(anna: UUID):
    await give(anna, "recommendation")
    assert await may(anna, "recommendation")
    assert not await may(anna, "recommendation", channel="phone")


async def test_mallory_ends_nothing_by_typing_annas_address_into_a_form(anna: UUID):
    await give(anna, "survey")
    await ask(anna, ("survey", False), at=NOON + 2 * HOUR)
    await ask(anna, ("survey", True), at=NOON + 3 * HOUR)
    assert await may(anna)


async def test_a_consent_does_not_follow_to_another_address(anna: UUID):
    await give(anna, "survey")
    assert await may(anna, email="  ANNA@example.com ")
    assert not await may(anna, email="anna@elsewhere.example")


async def test_the_portal_shows_no_yes_that_another_mailbox_said(anna: UUID):
    await give(anna, "survey")
    await opened.change(anna, email="anna@elsewhere.example")
    standings = await reading.standing(customer=anna, language="de")
    assert not any(each.given or each.needs_no_asking for each in standings)


# Withdrawing


async def test_withdrawing_ends_one_purpose_at_once_and_leaves_the_other(anna: UUID):
    await give(anna, "survey", "recommendation")
    await withdrawing.withdraw(customer=anna, email=ANNA, purpose="survey", source="portal", at=NOON + 2 * HOUR)
    assert not await may(anna, "survey")
    assert await may(anna, "recommendation")


async def test_a_no_to_calls_stops_no_mail_and_one_to_mails_stops_the_address(anna: UUID):
    await give(anna, "recommendation")
    stopped = "SELECT DISTINCT channel FROM consent_suppression"
    for channel, stops in (("phone", []), ("email", [{"channel": "email"}])):
        await withdrawing.withdraw(customer=anna, email=ANNA, channel=channel, source="portal", at=NOON + 2 * HOUR)
        assert await ground.fetch(stopped) == stops
        assert await may(anna, "recommendation") == (not stops)


async def test_withdrawing_all_ends_all_on_every_channel(anna: UUID):
    await give(anna, "survey", "recommendation")
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + 2 * HOUR)
    ended = {(purpose, channel) for purpose, channel, state in await states(anna) if state == "withdrawn"}
    assert ended == {("survey", "email"), ("recommendation", "email"), ("recommendation", "phone")}


async def test_withdrawing_twice_is_recorded_once(anna: UUID):
    await give(anna, "survey")
    for _ in range(2):
        await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + 2 * HOUR)
    assert (await states(anna)).count(("survey", "email", "withdrawn")) == 1


async def test_a_no_said_again_another_day_is_recorded_again_since_a_yes_may_be_dated_between(anna: UUID):
    for hours in (2, 3, 26, 27):
        await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + hours * HOUR)
    assert (await states(anna)).count(("survey", "email", "withdrawn")) == 2


async def test_whoever_wants_nothing_says_so_of_what_they_were_never_asked_for_too(anna: UUID):
    await withdrawing.withdraw(customer=anna, email=ANNA, purpose="recommendation", source="portal", at=NOON)
    assert await states(anna) == [("recommendation", "email", "withdrawn"), ("recommendation", "phone", "withdrawn")]


async def test_what_the_company_ends_is_ended_once_and_only_where_there_was_something(anna: UUID):
    await give(anna, "survey")
    await ask(anna, ("recommendation", False))
    for days in (1, 2, 3):
        await ending.end(customer=anna, end=End(state="terminated", source="erasure", at=NOON + days * 24 * HOUR))
    assert [each for each in await states(anna) if each[2] == "terminated"] == [("survey", "email", "terminated")]


@pytest.mark.parametrize("hours", [0, 1])
async def test_an_old_link_brings_nothing_back_that_was_withdrawn(anna: UUID, hours: int):
    request = await ask(anna, ("survey", True))
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + hours * HOUR)
    await confirming.confirm(request=request, at=NOON + 2 * HOUR)
    assert not await may(anna)


async def test_a_link_gives_what_was_not_taken_back_meanwhile_and_nothing_to_another_mailbox(anna: UUID):
    request = await ask(anna, ("survey", True), ("recommendation", True))
    later = await ask(anna, ("recommendation", True), at=NOON + 3 * HOUR)
    await withdrawing.withdraw(customer=anna, email=ANNA, purpose="recommendation", source="portal", at=NOON + HOUR)
    await withdrawing.withdraw(customer=anna, email=ANNA, channel="phone", source="portal", at=NOON + 4 * HOUR)
    await confirming.confirm(request=request, at=NOON + 5 * HOUR)
    assert (await may(anna, "survey"), await may(anna, "recommendation")) == (True, False)
    await confirming.confirm(request=later, at=NOON + 5 * HOUR)
    assert await may(anna, "recommendation"), "a no to calls is none to mails"
    moved, gone = [await ask(anna, ("survey", True), at=NOON + 6 * HOUR) for _ in range(2)]
    await opened.change(anna, email="anna@elsewhere.example")
    with pytest.raises(confirming.RequestExpired):
        await confirming.confirm(request=moved, at=NOON + 7 * HOUR)
    nowhere = "UPDATE customer SET external_id = 'K-1', email_sealed = NULL, email_hash = NULL WHERE id = $1"
    await ground.execute(nowhere, anna)
    with pytest.raises(confirming.RequestExpired):
        await confirming.confirm(request=gone, at=NOON + 7 * HOUR)


async def test_a_mail_proves_a_mailbox_and_an_address_and_no_number(anna: UUID):
    await publish("survey", ["email", "phone", "post", "sms"], "de")
    await give(anna, "survey")
    assert [each for each in rules.CHANNELS if await may(anna, channel=each)] == ["email", "post"]


async def test_a_stop_on_one_channel_leaves_the_others(anna: UUID):
    await give(anna, "survey")
    await suppressing.suppress(email=ANNA, channel="phone", reason="complaint", at=NOON + 2 * HOUR)
    assert await may(anna)


async def test_the_stop_outlives_the_record(anna: UUID):
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON)
    await ground.execute("DELETE FROM customer WHERE id = $1", anna)
    again = await person(ANNA)
    assert not await allowing.given(
        customer=again, purpose="survey", channel="email", source="crm", basis="Papierformular", at=NOON, email=ANNA
    )
    assert not await may(again)


async def test_a_new_confirmed_yes_lifts_what_a_withdrawal_stopped_and_only_for_its_purpose(anna: UUID):
    await give(anna, "survey", "recommendation")
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + 2 * HOUR)
    await give(anna, "survey", at=NOON + 3 * HOUR)
    assert await may(anna, "survey")
    assert not await may(anna, "recommendation")
    other = await person("other@example.com")
    assert not await allowing.given(
        customer=other,
        purpose="recommendation",
        channel="email",
        source="crm",
        basis="Haken im Kundenkonto",
        at=NOON,
        email=ANNA,
    )
    noted = await ground.fetch(
        "SELECT FROM audit_entry WHERE action = 'consent.suppression_lifted' AND subject = $1", anna
    )
    assert len(noted) == 1


@pytest.mark.parametrize("reason", ["complaint", "bounce", "objection"])
async def test_no_yes_lifts_a_harder_stop(anna: UUID, reason: str):
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON)
    await suppressing.suppress(email=ANNA, channel="phone", reason=reason, at=NOON)
    assert not await suppressing.objected(email=ANNA), "a mail may ask them again"
    await suppressing.suppress(email=ANNA, reason=reason, at=NOON)
    assert await suppressing.objected(email=ANNA)
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + HOUR)
    await give(anna, "survey", at=NOON + 2 * HOUR)
    assert not await may(anna)


async def test_an_objection_stops_what_the_company_asks_for_later_too(anna: UUID):
    await objecting.object_to_all(customer=anna, email=ANNA, source="portal", at=NOON)
    await publish("newsletter", ["email"], "de")
    await give(anna, "newsletter", at=NOON + HOUR)
    assert not await may(anna, "newsletter")


async def test_a_stop_of_one_channel_is_told_by_hash_alone(anna: UUID):
    await suppressing.suppress(email=ANNA, reason="bounce", at=NOON)
    rows = await ground.fetch("SELECT address_hash FROM consent_suppression")
    assert rows
    assert all(len(row["address_hash"]) == 64 for row in rows)


# Importing and expiring


async def test_an_import_needs_its_basis(anna: UUID):
    with pytest.raises(importing.BasisMissing):
        await allowing.given(customer=anna, purpose="survey", channel="email", source="crm", basis=" ", at=NOON)


async def test_an_import_needs_a_purpose_with_a_text(anna: UUID):
    with pytest.raises(importing.PurposeUnknown):
        await allowing.given(customer=anna, purpose="party", channel="email", source="crm", basis="Auf Papier", at=NOON)


async def test_an_imported_yes_stands_and_comes_once(anna: UUID):
    for first in (True, False):
        assert first == await allowing.given(
            customer=anna, purpose="survey", channel="email", source="crm", basis="Auf Papier", at=NOON
        )
    assert await may(anna)


async def test_an_imported_yes_is_kept_in_its_words_and_holds_for_its_address_alone(anna: UUID):
    said_at = NOON - 5 * HOUR
    assert await brought(anna, at=said_at)
    (given,) = await reading.story(customer=anna)
    assert (given.at, given.evidence["basis"], given.evidence["email"]) == (said_at, "Auf Papier", ANNA)
    assert await may(anna)
    assert not await may(anna, email="anna@elsewhere.example")


async def test_no_file_claims_a_yes_of_an_empty_box_on_another_channel_or_past_a_stop_for_everything(anna: UUID):
    await ask(anna, ("survey", False))
    assert not await brought(anna)
    with pytest.raises(importing.PurposeUnknown):
        await brought(anna, channel="phone")
    await publish("newsletter", ["email"], "de")
    await suppressing.suppress(email=ANNA, channel="phone", reason="complaint", at=NOON)
    await suppressing.suppress(email="bert@example.com", reason="complaint", at=NOON)
    await publish("party", ["email"], "de")
    bert = await person("bert@example.com")
    assert not await brought(bert, "party", email="bert@example.com"), "stopped before anybody asked"
    assert await brought(anna, "newsletter"), "what stops calls stops no mail"


async def brought(
    who: UUID, purpose: str = "survey", *, channel: str = "email", email: str = ANNA, at: datetime = NOON
) -> bool:
    return await allowing.given(
        customer=who, purpose=purpose, channel=channel, source="crm", basis="Auf Papier", at=at, email=email
    )


async def test_no_file_claims_a_yes_of_whoever_said_no_before_anybody_asked(anna: UUID):
    await withdrawing.withdraw(customer=anna, email=ANNA, purpose="survey", source="portal", at=NOON)
    await opened.change(anna, email="anna@elsewhere.example")
    assert not await allowing.given(
        customer=anna,
        purpose="survey",
        channel="email",
        source="crm",
        basis="Auf Papier",
        at=NOON + HOUR,
        email="anna@elsewhere.example",
    )


async def _expire(at: datetime) -> int:
    return await expiring.expire(before=at - timedelta(days=30), at=at)


async def test_unconfirmed_requests_lapse_and_are_forgotten_after_30_days(anna: UUID):
    request = await ask(anna, ("survey", True), ("recommendation", False))
    kept = await ask(anna, ("recommendation", True))
    await confirming.confirm(request=kept, at=NOON + HOUR)
    assert await _expire(NOON + 49 * HOUR) == 0
    assert await _expire(NOON + 50 * HOUR) == 0
    assert [state for *_, state in await states(anna)].count("expired") == 1
    assert await _expire(NOON + timedelta(days=30)) == 1
    with pytest.raises(confirming.RequestUnknown):
        await confirming.waiting(request=request, at=NOON)
    assert (await confirming.waiting(request=kept, at=NOON)).already


async def test_a_confirmation_looks_at_one_persons_events_and_not_at_everybodys(anna: UUID):
    request = await ask(anna, ("survey", True))
    # A table of a few rows is always read whole; the question is whether there is another way.
    await ground.execute("SET LOCAL enable_seqscan = off")
    plan = await ground.fetch(f"EXPLAIN {confirming._ASKED}", request, anna, ["email"], list(rules.ENDS))
    lines = [row["QUERY PLAN"].strip() for row in plan]
    scans = [number for number, line in enumerate(lines) if line.endswith(")") and " on consent_event asked" in line]
    assert scans, lines
    assert all("customer" in lines[number + 1] and "Index Cond" in lines[number + 1] for number in scans), lines


# Two ways to the same answer


async def test_the_rule_and_the_query_agree_on_any_story(linden_asks: None):
    dice = random.Random(27560)
    text = (await publishing.current(kind="consent", purpose="survey", language="de")).id
    people, expected = {}, set()
    for _ in range(200):
        who = uuid4()
        people[who] = addressing.hashed(ANNA)
        events = [
            Event(
                state=dice.choice(["requested", "given", "given", "refused", "expired", *rules.ENDS]),
                at=NOON + dice.randrange(4) * HOUR,
                of_request=dice.random() < 0.5,
            )
            for _ in range(dice.randrange(6))
        ]
        if rules.stands(events):
            expected.add(who)
        await recording.record(
            [
                Said(
                    customer=who,
                    request=uuid4() if event.of_request else None,
                    text=text,
                    controller="Linden",
                    purpose="survey",
                    channel="email",
                    state=event.state,
                    source="test",
                    at=event.at,
                )
                for event in events
            ]
        )
    assert 20 < len(expected) < 180
    assert await checking.allowed_among(addresses=people, purpose="survey", channel="email") == expected


async def test_the_portal_shows_every_purpose_and_what_stands(anna: UUID):
    await give(anna, "survey")
    shown = {each.purpose: each.given for each in await reading.standing(customer=anna, language="de")}
    assert shown == {"survey": ["email"], "recommendation": []}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consent_event SET state = 'given'",
        "DELETE FROM consent_event",
        "UPDATE consent_text SET wording = 'Ja zu allem'",
        "DELETE FROM consent_text",
    ],
)
async def test_mallory_cannot_rewrite_what_was_said(anna: UUID, sql: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ground.savepoint():
            await ground.execute(sql)
