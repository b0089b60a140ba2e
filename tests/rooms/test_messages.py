"""Mail goes out once, past the gate at the moment of sending, in the company's words and nobody else's."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID, uuid4

import msgspec
import pytest
from aiosmtpd.controller import Controller

from leumund.company import describing
from leumund.consent import addressing
from leumund.consent.giving import confirming, requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.stopping import withdrawing
from leumund.demo import processes
from leumund.kit import ground, outside, tokens
from leumund.kit.ground import Ground
from leumund.messages import delivering, listing, sending
from leumund.messages.accompanying import inviting
from leumund.messages.carrying import mailing
from leumund.messages.carrying.handing import Carrier
from leumund.messages.gate import preferring, unsubscribing
from leumund.messages.sending import Marks
from leumund.messages.tables import Message
from leumund.staff import changing
from tests import opened
from tests.rooms.test_consent import ANNA, PROFILE, ask, give, may, person, publish

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BRAND = {"color-brand": "#0a5c36", "color-brand-ink": "red;background:url(https://evil.example)"}
LINK = re.compile(r"https?://[^\s\"<>]+")
# Names of what HTML is made of, which no reader goes to.
NPS = Marks(kind="nps", first=0, last=10)
NAMESPACES = re.compile(r" xmlns(:\w)?=\"[^\"]+\"")


class Postbox:
    """Takes every mail, as bytes and back, the way a server would."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []

    async def __call__(self, mail: EmailMessage) -> str:
        self.raw.append(mail.as_bytes())
        taken = message_from_bytes(mail.as_bytes(), policy=policy.default)
        assert isinstance(taken, EmailMessage)
        self.mails.append(taken)
        return "250 2.0.0"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    """Anna agreed to surveys of the company."""
    await describing.describe(profile=msgspec.structs.replace(PROFILE, worn=BRAND), at=NOON)
    await publish("survey", ["email"], "de")
    anna = await person(ANNA)
    request = await requesting.request(
        customer=anna, email=ANNA, offered=Offered(boxes={"survey": True}, language="de", source="test"), at=NOON
    )
    await confirming.confirm(request=request, at=NOON)
    return anna


async def invite(
    anna: UUID, language: str = "de", *, marks: Marks | None = NPS, kind: str = "survey_invitation"
) -> UUID:
    return await sending.queue(
        kind=kind,
        customer=anna,
        subject_id=uuid4(),
        purpose="survey",
        question="Wie wahrscheinlich empfehlen Sie uns?",
        marks=marks,
        language=language,
        at=NOON,
    )


async def sent(anna: UUID, kind: str, postbox: Postbox) -> EmailMessage:
    """What comes out of queueing and delivering one mail of a kind that needs no consent."""
    message = await sending.queue(kind=kind, customer=anna, subject_id=uuid4(), language="de", at=NOON)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    return postbox.mails[-1]


async def row(message: UUID) -> Message:
    found = await Message.objects().get(Message.id == message)
    assert found is not None
    return found


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return NAMESPACES.sub("", str(body.get_content()))


# The gate


async def test_a_mail_with_a_standing_consent_goes_out(anna: UUID, postbox: Postbox):
    message = await invite(anna)
    await delivering.deliver(message=message, post=postbox, at=NOON + HOUR)
    told = await row(message)
    assert (told.state, told.smtp_response, told.sent_at) == ("sent", "250 2.0.0", NOON + HOUR)
    assert [mail["To"] for mail in postbox.mails] == [ANNA]


async def test_a_consent_withdrawn_after_queueing_holds_it(anna: UUID, postbox: Postbox):
    message = await invite(anna)
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON + HOUR)
    await delivering.deliver(message=message, post=postbox, at=NOON + 2 * HOUR)
    told = await row(message)
    assert (told.state, told.held_reason, postbox.mails) == ("held", "no_consent", [])
    assert await ground.fetch("SELECT FROM audit_entry WHERE action = 'message.held' AND subject = $1", message)


async def test_advertising_without_a_purpose_is_our_fault_and_held_all_the_same(anna: UUID, postbox: Postbox):
    with pytest.raises(AssertionError):
        await sending.queue(kind="survey_invitation", customer=anna, subject_id=uuid4(), language="de", at=NOON)
    message = await invite(anna)
    await Message.update(purpose=None).where(Message.id == message)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    assert ((await row(message)).held_reason, postbox.mails) == ("no_purpose", [])


async def test_a_survey_goes_by_no_consent_to_something_else(anna: UUID, postbox: Postbox):
    await publish("recommendation", ["email"], "de")
    await give(anna, "recommendation")
    message = await invite(anna)
    await Message.update(purpose="recommendation").where(Message.id == message)
    await delivering.deliver(message=message, post=postbox, at=NOON + 2 * HOUR)
    assert ((await row(message)).held_reason, postbox.mails) == ("no_purpose", [])


async def test_a_record_that_is_gone_gets_nothing(anna: UUID, postbox: Postbox):
    message = await invite(anna)
    await ground.execute("DELETE FROM customer WHERE id = $1", anna)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    assert ((await row(message)).held_reason, postbox.mails) == ("no_address", [])


async def test_a_member_who_was_let_go_hears_nothing_more_and_none_is_advertised_to(anna: UUID, postbox: Postbox):
    bert = await inviting.invite(
        email="bert@linden.example", name="Bert", role="viewer", language="de", actor="system:test", at=NOON
    )
    (enrolment,) = await ground.fetch("SELECT id FROM message WHERE member = $1", bert)
    advertising = await invite(anna)
    await Message.update(customer=None, member=bert).where(Message.id == advertising)
    await delivering.deliver(message=advertising, post=postbox, at=NOON)
    assert (await row(advertising)).held_reason == "no_consent", "a member gave none, and is no customer"
    await changing.disable(member=bert, actor="system:test", at=NOON)
    await delivering.deliver(message=enrolment["id"], post=postbox, at=NOON)
    assert ((await row(enrolment["id"])).held_reason, postbox.mails) == ("disabled", [])


# Once


async def test_a_job_that_comes_again_sends_nothing_more(anna: UUID, postbox: Postbox):
    message = await invite(anna)
    for _ in range(3):
        await delivering.deliver(message=message, post=postbox, at=NOON)
    assert len(postbox.mails) == 1


async def test_a_server_that_is_away_leaves_it_queued_under_the_same_message_id(anna: UUID, postbox: Postbox):
    async def away(mail: EmailMessage) -> str:
        seen.append(str(mail["Message-ID"]))
        raise ConnectionRefusedError

    seen: list[str] = []
    message = await invite(anna)
    with pytest.raises(ConnectionRefusedError):
        await delivering.deliver(message=message, post=away, at=NOON)
    assert (await row(message)).state == "queued"
    await delivering.deliver(message=message, post=postbox, at=NOON)
    host = ground.current().origin.removeprefix("https://")
    assert seen == [postbox.mails[0]["Message-ID"]] == [f"<{message}@{host}>"]


async def test_a_final_no_is_kept_and_not_tried_again(anna: UUID, postbox: Postbox):
    async def never(mail: EmailMessage) -> str:
        raise mailing.Undeliverable("550 5.1.1")

    message = await invite(anna)
    await delivering.deliver(message=message, post=never, at=NOON)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    told = await row(message)
    assert (told.state, told.smtp_response, postbox.mails) == ("failed", "550 5.1.1", [])


async def test_an_unknown_message_is_said_to_be_unknown(anna: UUID, postbox: Postbox):
    with pytest.raises(delivering.MessageUnknown):
        await delivering.deliver(message=uuid4(), post=postbox, at=NOON)


# What it says


async def test_a_survey_has_eleven_links_and_no_login(anna: UUID, postbox: Postbox):
    message = await invite(anna)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    for kind in ("plain", "html"):
        scores = re.findall(r"/s/([\w.-]+)\?score=(\d+)&(?:amp;)?lang=de", part(postbox.mails[0], kind))
        assert [int(score) for _, score in scores] == list(range(11))
        assert {tokens.read("survey", token) for token, _ in scores} == {(await row(message)).subject_id}


async def test_all_marks_look_the_same_and_fit_a_thumb(anna: UUID, postbox: Postbox):
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    marks = re.findall(r"(<td [^>]*><a )href=\"[^\"]*score=\d+[^\"]*\"( [^>]*>)\d+</a>", part(postbox.mails[0], "html"))
    assert len(marks) == 11
    ((cell, link),) = set(marks)
    assert 'width="44" height="44"' in cell
    assert "display:block;width:44px;line-height:44px;" in link


@pytest.mark.parametrize(
    ("marks", "labels", "ends"),
    [
        (Marks(kind="csat", first=1, last=5), range(1, 6), ("1 = sehr unzufrieden", "5 = sehr zufrieden")),
        (Marks(kind="ces", first=1, last=7), range(1, 8), ("1 = stimme gar nicht zu", "7 = stimme voll zu")),
        (Marks(kind="scale", first=2, last=4, low="kalt", high="heiß"), range(2, 5), ("2 = kalt", "4 = heiß")),
    ],
)
async def test_each_scale_is_tapped_from_its_first_mark_to_its_last(
    anna: UUID, postbox: Postbox, marks: Marks, labels: range, ends: tuple[str, str]
):
    await delivering.deliver(message=await invite(anna, marks=marks), post=postbox, at=NOON)
    for kind in ("plain", "html"):
        said = part(postbox.mails[0], kind)
        assert [int(score) for score in re.findall(r"\?score=(\d+)&", said)] == [*labels]
        assert all(end in said for end in ends)


async def test_a_scale_nobody_named_the_ends_of_is_not_explained(anna: UUID, postbox: Postbox):
    message = await invite(anna, marks=Marks(kind="scale", first=1, last=3))
    await delivering.deliver(message=message, post=postbox, at=NOON)
    assert not re.search(r"\d = ", part(postbox.mails[0], "plain"))


@pytest.mark.parametrize("kind", ["survey_invitation", "survey_reminder"])
async def test_a_mail_of_several_questions_calls_none_of_them_the_only_one(anna: UUID, postbox: Postbox, kind: str):
    one, first = NPS, msgspec.structs.replace(NPS, more=True)
    for marks in (one, first, None):
        await delivering.deliver(message=await invite(anna, marks=marks, kind=kind), post=postbox, at=NOON)
    alone, *others = [part(mail, "plain") for mail in postbox.mails]
    for said in others:
        assert "einzige" not in said
        assert "zehn Sekunden" not in said
        assert "für den Anfang" in said
    assert "für den Anfang" not in alone


async def test_a_question_without_marks_has_a_button(anna: UUID, postbox: Postbox):
    await delivering.deliver(message=await invite(anna, marks=None), post=postbox, at=NOON)
    said = part(postbox.mails[0], "html")
    assert "score=" not in said
    assert re.search(r'href="https://[^"]+/s/[\w.-]+\?lang=de"[^>]*>\s*Jetzt antworten', said)


async def test_it_stops_with_one_click(anna: UUID, postbox: Postbox):
    message = await invite(anna)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    mail = postbox.mails[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"])
    assert re.fullmatch(r"<https://[\w.-]+/unsubscribe/[\w.-]+>", address)
    assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in postbox.raw[0]
    token = address.strip("<>").rpartition("/")[2]
    for _ in range(2):
        await unsubscribing.unsubscribe(token=token, at=NOON + HOUR)
    again = await invite(anna)
    await delivering.deliver(message=again, post=postbox, at=NOON + HOUR)
    assert (await row(again)).state == "held"


async def test_a_mail_to_an_old_address_stops_that_address_too(anna: UUID, postbox: Postbox):
    message = await invite(anna)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    token = str(postbox.mails[0]["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
    await opened.change(anna, email="anna@work.example")
    await unsubscribing.unsubscribe(token=token, at=NOON + HOUR)
    stopped = {each["address_hash"] for each in await ground.fetch("SELECT address_hash FROM consent_suppression")}
    for email in (ANNA, "anna@work.example"):
        assert addressing.hashed_for(addressing.hashed(email), "survey") in stopped


async def test_one_click_ends_what_the_mail_was_for_and_nothing_else(anna: UUID, postbox: Postbox):
    await publish("recommendation", ["email"], "de")
    await give(anna, "recommendation")
    await unsubscribing.unsubscribe(token=tokens.sign("unsubscribe", await _sent(anna, postbox)), at=NOON + 2 * HOUR)
    assert (await may(anna, "survey"), await may(anna, "recommendation")) == (False, True)


async def test_whose_record_is_gone_stops_the_address_and_is_told_of_in_no_event(anna: UUID, postbox: Postbox):
    message = await _sent(anna, postbox)
    await ground.execute("DELETE FROM customer WHERE id = $1", anna)
    await unsubscribing.unsubscribe(token=tokens.sign("unsubscribe", message), at=NOON + HOUR)
    assert await ground.fetch("SELECT FROM consent_event WHERE state = 'withdrawn'") == []
    assert len(await ground.fetch("SELECT FROM consent_suppression")) == 1


async def _sent(anna: UUID, postbox: Postbox) -> UUID:
    message = await invite(anna)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    return message


async def test_preferences_open_by_what_advertised_or_was_confirmed_and_by_nothing_else(anna: UUID, postbox: Postbox):
    advertised = await _sent(anna, postbox)
    await sent(anna, "reward_released", postbox)
    (wished,) = await ground.fetch("SELECT id FROM message WHERE kind = 'reward_released'")
    (confirmed,) = await ground.fetch("SELECT id FROM consent_request")
    asked = await ask(anna, ("survey", True))
    for opens in (advertised, confirmed["id"]):
        assert (await preferring.reader(token=tokens.sign("preferences", opens))).id == anna
    for opens_nothing in (wished["id"], asked):
        with pytest.raises(preferring.LinkUnknown):
            await preferring.reader(token=tokens.sign("preferences", opens_nothing))


async def test_mallory_unsubscribes_nobody_with_another_links_token(anna: UUID, postbox: Postbox):
    message = await invite(anna)
    wished = await sending.queue(kind="reward_released", customer=anna, language="de", at=NOON)
    unsigned = [tokens.sign("survey", message), tokens.sign("unsubscribe", uuid4()), tokens.sign("unsubscribe", wished)]
    for token in ("", "x", "ü", *unsigned):
        with pytest.raises(unsubscribing.LinkUnknown):
            await unsubscribing.unsubscribe(token=token, at=NOON)


async def test_the_check_mail_has_one_link_and_the_legal_ones_and_is_evidence(anna: UUID, postbox: Postbox):
    mail = await sent(anna, "opt_in", postbox)
    for kind in ("plain", "html"):
        paths = {re.sub(r"^https://[^/]+", "", link).partition("?")[0] for link in LINK.findall(part(mail, kind))}
        assert {path.rpartition("/")[0] or path for path in paths} == {"/confirm", "/imprint", "/privacy"}
    assert mail["List-Unsubscribe"] is None
    (proof,) = await ground.fetch("SELECT detail FROM audit_entry WHERE action = 'message.check_mail_sent'")
    assert msgspec.json.decode(proof["detail"])["message_id"] == mail["Message-ID"]


@pytest.mark.parametrize("kind", ["opt_in", "portal_login", "reward_released"])
async def test_nothing_is_loaded_from_anywhere(anna: UUID, postbox: Postbox, kind: str):
    mail = await sent(anna, kind, postbox)
    html = part(mail, "html")
    # MJML's own rules stand in a style of the mail's; nothing in them asks for anything.
    assert not re.search(r"<(img|link|script|iframe)\b|url\(|@import|src=", html)
    assert {LINK.match(link).group().split("/")[2] for link in LINK.findall(html)} == {
        ground.current().origin.split("/")[2]
    }


async def test_it_shows_the_companys_colours_but_never_its_code(anna: UUID, postbox: Postbox):
    html = part(await sent(anna, "opt_in", postbox), "html")
    assert "#0a5c36" in html
    assert "evil.example" not in html


async def test_it_says_who_writes(anna: UUID, postbox: Postbox):
    mail = await sent(anna, "portal_login", postbox)
    assert str(mail["From"]) == "Linden Energie <post@linden.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        assert "Linden Energie GmbH, Lindenallee 1, 20095 Hamburg" in part(mail, kind)


async def test_it_speaks_the_persons_language_where_the_company_does(anna: UUID, postbox: Postbox):
    for wanted in ("en", "fr"):
        message = await sending.queue(kind="portal_login", customer=anna, subject_id=uuid4(), language=wanted, at=NOON)
        await delivering.deliver(message=message, post=postbox, at=NOON)
    assert [mail["Content-Language"] for mail in postbox.mails] == ["en", "de"]


async def test_mallory_breaks_into_no_header(anna: UUID, postbox: Postbox):
    evil = msgspec.structs.replace(
        PROFILE, name="Linden\r\nBcc: all@evil.example", sender_name="L\r\nBcc: x@evil.example"
    )
    await describing.describe(profile=evil, at=NOON)
    mail = await sent(anna, "staff_enrolment", postbox)
    assert mail["Bcc"] is None
    assert "Bcc: all@evil.example" in str(mail["Subject"])


@pytest.mark.parametrize("name", ["Gewinn auf www.evil.example", "http://evil", "evil.example", "x" * 100])
async def test_mallorys_name_is_no_advertisement(anna: UUID, postbox: Postbox, name: str):
    await opened.change(anna, given_name=name)
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    assert name not in part(postbox.mails[0], "plain")
    assert part(postbox.mails[0], "plain").startswith("Guten Tag,")


async def test_anna_is_greeted_by_name_and_her_name_is_text(anna: UUID, postbox: Postbox):
    await opened.change(anna, given_name="Anna & Söhne", family_name="O'Neil")
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    assert part(postbox.mails[0], "plain").startswith("Guten Tag Anna & Söhne O'Neil,")
    assert "Anna &amp; Söhne O&#39;Neil" in part(postbox.mails[0], "html")


async def test_a_new_member_gets_the_link_to_enrol(anna: UUID, postbox: Postbox):
    member = await inviting.invite(
        email="Bert@linden.example", name="Bert", role="owner", language="de", actor="system:test", at=NOON
    )
    queued = await Message.objects().get(Message.member == member)
    assert queued is not None
    await delivering.deliver(message=queued.id, post=postbox, at=NOON)
    assert postbox.mails[0]["To"] == "bert@linden.example"
    assert "/console/enrol/" in part(postbox.mails[0], "plain")


async def test_the_log_lists_what_became_of_each(anna: UUID, postbox: Postbox):
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    await withdrawing.withdraw(customer=anna, email=ANNA, source="portal", at=NOON)
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    assert sorted(each.state for each in await listing.to_customer(customer=anna)) == ["held", "sent"]


# A real server


class Doorman:
    """A server's manners: takes, sends away for now, or for good, by the name of the mailbox, and says whose it is."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_RCPT(self, _server: object, _session: object, envelope, address: str, _options: object) -> str:
        if address.startswith("later"):
            return "451 come back later"
        if address.startswith("never"):
            return f"550 5.1.1 <{address}>: no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope) -> str:
        self.taken.append(envelope.content)
        if envelope.rcpt_tos[0].startswith("spam"):
            return f"554-5.7.1 refused\r\n554 5.7.1 by {envelope.rcpt_tos[0]}"
        return f"250 2.0.0 kept for {envelope.rcpt_tos[0]} as 7"


@pytest.fixture
async def doorman() -> AsyncIterator[tuple[Doorman, str]]:
    handler = Doorman()
    # aiosmtpd knocks at the port it was told, so it has to be told a real one.
    port = processes.free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


async def test_a_real_server_takes_it_whole(anna: UUID, doorman: tuple[Doorman, str]):
    handler, url = doorman
    message = await invite(anna)
    await delivering.deliver(message=message, post=Carrier(url, "", outside.resolver([])).carry, at=NOON)
    assert (await row(message)).smtp_response == "250 2.0.0"
    taken = message_from_bytes(handler.taken[0], policy=policy.default)
    assert isinstance(taken, EmailMessage)
    assert max(len(line) for line in handler.taken[0].splitlines()) <= 998
    assert "Wie wahrscheinlich empfehlen Sie uns?" in part(taken, "plain"), "the company's own question"


async def test_a_real_servers_final_no_fails_it_and_a_passing_one_does_not(anna: UUID, doorman: tuple[Doorman, str]):
    _, url = doorman
    outcomes = {}
    for name in ("never", "later"):
        await opened.change(anna, email=f"{name}@example.com")
        message = await sending.queue(kind="portal_login", customer=anna, subject_id=uuid4(), language="de", at=NOON)
        try:
            await delivering.deliver(message=message, post=Carrier(url, "", outside.resolver([])).carry, at=NOON)
        except Exception as fault:
            outcomes[name] = type(fault).__name__
        else:
            outcomes[name] = (await row(message)).state
    assert outcomes == {"never": "failed", "later": "SMTPRecipientsRefused"}


async def test_of_a_servers_answer_only_the_codes_are_kept_for_its_words_name_the_person(
    anna: UUID, doorman: tuple[Doorman, str]
):
    _, url = doorman
    for name in ("bert", "never", "spam"):
        await opened.change(anna, email=f"{name}@example.com")
        message = await sending.queue(kind="opt_in", customer=anna, subject_id=uuid4(), language="de", at=NOON)
        await delivering.deliver(message=message, post=Carrier(url, "", outside.resolver([])).carry, at=NOON)
    kept = [row["smtp_response"] for row in await ground.fetch("SELECT smtp_response FROM message")]
    assert set(kept) >= {"250 2.0.0", "550 5.1.1", "554 5.7.1"}
    noted = await ground.fetch("SELECT detail FROM audit_entry WHERE action LIKE 'message.%'")
    told = str([*kept, *(row["detail"] for row in noted)])
    assert "250 2.0.0" in str(noted), "the check mail's proof says that it was taken"
    assert not [name for name in ("bert", "never", "spam", "example.com") if name in told]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("", "550"),
        ("bert@example.com: no such user", "550"),
        ("5.1.1", "550 5.1.1"),
        ("5.1.1\nbert is not here", "550 5.1.1"),
        ("5.1.1bert@example.com", "550"),
        ("198.51.100.7 is blocked", "550"),
        ("see 5.1.1", "550"),
    ],
)
def test_a_servers_codes_are_told_from_its_words(words: str, kept: str):
    assert mailing.status(550, words) == kept
