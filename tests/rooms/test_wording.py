"""A company says in its mails what it likes, in words that can do nothing, and what the law says stays as it is."""

import re
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.kit import ground, language
from leumund.kit.faults import Refusals
from leumund.messages import delivering, sending
from leumund.messages.accompanying import inviting
from leumund.messages.kinds import KINDS
from leumund.messages.tables import Message
from leumund.messages.words import filling, linting, sampling, trying, wording, writing
from leumund.messages.words.letters import Words
from tests import opened
from tests.rooms.test_limits import allow
from tests.rooms.test_messages import LINK, NOON, Postbox, anna, invite, part, postbox, row, sent

__all__ = ["anna", "postbox"]
MEMBER = UUID(int=7)
VALUES = {"company": "Linden Energie", "name": "Anna", "question": "Wie wahrscheinlich?"}
ASKING = "eine Frage:\n\n{{ question }}"
# What others got in by, where words were a program (CVE-2024-56326, CVE-2025-27516, and the payloads of security.md).
ATTACKS = (
    "{{7*7}}",
    "{{ 7 | times: 7 }}",
    "{{ question.__class__.__mro__ }}",
    "{{ question['__class__'] }}",
    "{{ question | attr('format') }}",
    "{{ question | map: '__init__' }}",
    "{{ self }}",
    "{{ config }}",
    "{{ member }}",
    "{{ question",
    "{% if question %}",
    "{% include 'mail.txt' %}",
    "{% render '../../etc/passwd' %}",
    "{% layout 'x' %}",
    "{% for i in (1..100000000) %}x{% endfor %}",
    "{% tablerow i in (1..1000000) %}x{% endtablerow %}",
    "{% assign company = 'Birke' %}",
    "{% capture company %}Birke{% endcapture %}",
    "{% liquid\nassign x = 1\n%}",
    "{% increment x %}",
    "{% if false %}{{ secret }}{% endif %}",
    "{% if question %}" * 150 + "x" + "{% endif %}" * 150,
    # Minutes of a server's time, and hours with another nought.
    "{% unless (1..100000000) contains 'x' %}x{% endunless %}",
    "{% case (1..100000000) %}{% when 'x' %}x{% endcase %}",
    "{% if question %}x{% elsif (1..100000000) contains 'x' %}x{% endif %}",
    "{{" * 1_900,
    "{{" + " " * 3_800,
    "{{ question" + "[question" * 400 + "]" * 400 + " }}",
    "javascript:alert(1)",
    "[Gewinn](https://evil.example)",
    "www.evil.example",
    "data:text/html;base64,PHNjcmlwdD4=",
    "x" * 5_000,
)
# What looks like a program elsewhere, or like HTML, and is words here.
HARMLESS = (
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
    "{7*7}",
    "(1..100) }} %} {",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b>fett</b> & mehr",
)


async def say(wording_: str, *, subject: str = "Eine Frage", kind: str = "survey_invitation", after: int = 0) -> None:
    """Let a kind of mail say this in German."""
    words = Words(None, subject, wording_)
    await wording.word(kind=kind, language="de", words=words, after=after, by=MEMBER, at=NOON)


def refused(subject: str, text: str, kind: str = "survey_invitation") -> dict[str | None, str]:
    """What is wrong with these words, by field."""
    try:
        linting.require_fit(kind=kind, words=Words(None, subject, text), values=VALUES)
    except Refusals as refusals:
        return {fault.field: fault.key.rpartition(".")[2] for fault in refusals.faults}
    return {}


# What may be said


@pytest.mark.parametrize("attack", ATTACKS)
def test_mallorys_words_are_refused_beside_their_field(attack: str):
    assert refused("Eine Frage", f"{ASKING}\n\n{attack}").keys() == {"wording"}
    assert "subject" in refused(attack, ASKING)


@pytest.mark.parametrize("harmless", HARMLESS)
async def test_what_is_a_program_elsewhere_is_text_here(anna: UUID, postbox: Postbox, harmless: str):
    assert refused(harmless, f"{ASKING}\n\n{harmless}") == {}, "the attacks are refused for what they are"
    await say(f"{ASKING}\n\n{harmless}", subject=harmless)
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    assert harmless in part(postbox.mails[0], "plain")
    assert postbox.mails[0]["Subject"] == harmless
    html = part(postbox.mails[0], "html")
    assert not re.search(r"<(script|img|b)\b", html)
    assert harmless.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html


async def test_a_name_that_looks_like_a_program_is_a_name(anna: UUID, postbox: Postbox):
    await opened.change(anna, given_name="{{7*7}}", family_name="{% include 'x' %}")
    await say(ASKING + " {{ name }}")
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    assert "{{7*7}} {% include 'x' %}" in part(postbox.mails[0], "plain")


@pytest.mark.parametrize("subject", ["Hallo\r\nBcc: all@evil.example", "Hallo\nX: y"])
def test_a_subject_is_one_line(subject: str):
    assert refused(subject, ASKING) == {"subject": "one_line"}


async def test_and_no_header_of_anybodys_choice_where_one_got_in_all_the_same(anna: UUID, postbox: Postbox):
    await ground.execute(
        "INSERT INTO message_text (kind, language, version, subject, wording, written_by, written_at) "
        "VALUES ('survey_invitation', 'de', 1, $1, $2, $3, $4)",
        "Hallo\r\nBcc: all@evil.example",
        ASKING,
        MEMBER,
        NOON,
    )
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    assert postbox.mails[0]["Bcc"] is None
    assert b"\r\nBcc:" not in postbox.raw[0]


def test_a_survey_keeps_its_question_and_nothing_is_empty():
    assert refused("", "   ") == {"subject": "missing", "wording": "missing"}
    assert refused("Eine Frage", "Bitte klicken.") == {"wording": "no_question"}


@pytest.mark.parametrize(
    ("words", "why"),
    [("Geben Sie uns bitte eine 10!", "loaded"), ("Für eine gute Bewertung gibt es einen Gutschein.", "bought")],
)
def test_no_mail_that_asks_pleads_for_a_good_mark(words: str, why: str):
    assert refused("Eine Frage", f"{ASKING}\n\n{words}") == {"wording": why}
    assert refused(words, ASKING)["subject"] == why


def test_who_may_not_advertise_does_not():
    offer = "Ihre Prämie ist da. Und nur heute: 20 % Rabatt!"
    assert refused("Ihre Prämie", offer, kind="reward_released") == {"wording": "advertises"}
    assert refused("Ihre Prämie", "Ihre Prämie ist da.", kind="reward_released") == {}
    assert refused("Weitersagen", offer, kind="advocate_invitation") == {}, "who agreed to advertising gets some"


@pytest.mark.parametrize(
    "seam", ["{% comment %}{% endcomment %}", "{{ '' }}", "\N{SOFT HYPHEN}", "\N{ZERO WIDTH SPACE}"]
)
def test_what_only_reads_like_an_offer_or_a_link_once_it_is_filled_in_is_one(seam: str):
    assert refused("Ihre Prämie", f"Nur heute: 20 Euro Ra{seam}batt", kind="reward_released") == {
        "wording": "advertises"
    }
    assert refused("Eine Frage", f"{ASKING} https:{seam}//evil.example") == {"wording": "link"}


def test_a_company_may_be_called_what_advertises():
    values = VALUES | {"company": "Deals & More"}
    words = Words(None, "{{ company }}: Ihre Prämie", "Ihre Prämie von {{ company | upcase }} ist da.")
    linting.require_fit(kind="reward_released", words=words, values=values)


def test_conditions_may_ask_for_what_is_not_there():
    assert refused("Eine Frage", ASKING + "{% if name %}, {{ name }}{% else %} an Sie{% endif %}") == {}
    assert filling.fill("{% if name %}{{ name }}{% else %}Sie{% endif %}", {"name": ""}) == "Sie"


# Versions


async def test_words_count_from_their_version_on_and_the_log_knows_which(anna: UUID, postbox: Postbox):
    await allow("", 10, 1)
    await allow("survey", 10, 1)
    messages = []
    for after, said in enumerate(("Erstens", "Zweitens")):
        await say(f"{said}: {{{{ question }}}}", after=after)
        messages.append(await invite(anna))
        await delivering.deliver(message=messages[-1], post=postbox, at=NOON)
    versions = await wording.versions(kind="survey_invitation", language="de")
    assert [each.version for each in versions] == [2, 1]
    assert [(await row(message)).text for message in messages] == [each.id for each in reversed(versions)]
    await wording.word(kind="survey_invitation", language="de", words=None, after=2, by=MEMBER, at=NOON)
    last = await invite(anna)
    await delivering.deliver(message=last, post=postbox, at=NOON)
    said = [part(mail, "plain").splitlines()[2] for mail in postbox.mails]
    assert said[:2] == [
        "Erstens: Wie wahrscheinlich empfehlen Sie uns?",
        "Zweitens: Wie wahrscheinlich empfehlen Sie uns?",
    ]
    assert said[2] == "wir haben eine einzige Frage an Sie:"
    shown = [await writing.show(message=await row(message), name="Anna") for message in (*messages, last)]
    assert [each.text.splitlines()[2] for each in shown] == said, "each is shown as it went out"


async def test_other_languages_and_kinds_keep_theirs(anna: UUID, postbox: Postbox):
    await say(ASKING)
    assert await wording.current(kind="survey_invitation", language="en") is None
    assert await wording.current(kind="reward_released", language="de") is None


async def test_two_who_change_the_same_words_do_not_overwrite_each_other(anna: UUID):
    await say(ASKING)
    with pytest.raises(wording.Meanwhile):
        await say(ASKING + " Bitte.")
    with pytest.raises(wording.Meanwhile):
        await say(ASKING + " Bitte.", after=2)


FIXED = [kind for kind, form in KINDS.items() if not form.editable and not form.written_at]


@pytest.mark.parametrize("kind", ["opt_in", "nothing", *FIXED])
async def test_what_the_law_has_us_say_is_nobodys_to_change(anna: UUID, kind: str):
    with pytest.raises(wording.NotOurs):
        await say("Gratis!", kind=kind)
    with pytest.raises(wording.NotOurs):
        await trying.try_out(kind=kind, language="de", words=Words(None, "x", "x"), member=MEMBER, at=NOON)


async def test_what_has_its_words_written_elsewhere_has_none_for_all_of_its_kind(anna: UUID):
    with pytest.raises(wording.NotOurs):
        await say("Alles Gute!", kind="occasion")
    words = Words(None, "Alles Gute", "Wir gratulieren.")
    await wording.require_fit(kind="occasion", language="de", words=words)
    kept = await wording.keep(kind="occasion", language="de", words=words, by=MEMBER, at=NOON)
    assert await wording.current(kind="occasion", language="de") is None, "they are one mail's"
    assert await ground.fetch("SELECT FROM message_text WHERE id = $1 AND version IS NULL", kept)


async def test_a_version_cannot_be_changed(anna: UUID):
    await say(ASKING)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ground.execute("UPDATE message_text SET wording = 'x'")


async def test_words_that_fail_on_one_name_hold_that_mail_and_say_so(anna: UUID, postbox: Postbox):
    await say(ASKING + "{% if name == 'Anna' %}{{ name | truncate: company }}{% endif %}")
    await opened.change(anna, given_name="Anna", family_name="")
    message = await invite(anna)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    assert ((await row(message)).held_reason, postbox.mails) == ("unfillable", [])


async def test_an_offer_in_a_branch_that_no_example_takes_is_held(anna: UUID, postbox: Postbox):
    offer = "{% if name == 'Anna' %}Ra{{ '' }}batt{% endif %}"
    await say(f"Ihre Prämie ist da. {offer}", subject="Ihre Prämie", kind="reward_released")
    await opened.change(anna, given_name="Anna", family_name="")
    message = await sending.queue(kind="reward_released", customer=anna, language="de", at=NOON)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    assert ((await row(message)).held_reason, postbox.mails) == ("unfillable", [])


# Trying out


async def member() -> UUID:
    """Bert, who writes the mails."""
    return await inviting.invite(
        email="bert@linden.example", name="Bert", role="owner", language="de", actor="system:test", at=NOON
    )


async def test_a_test_goes_to_who_asks_marked_and_with_no_link_of_anybodys(anna: UUID, postbox: Postbox):
    bert = await member()
    words = Words(None, "Neu", "Hallo {{ name }}: {{ question }}")
    message = await trying.try_out(kind="survey_invitation", language="de", words=words, member=bert, at=NOON)
    await delivering.deliver(message=message, post=postbox, at=NOON)
    (mail,) = postbox.mails
    assert (mail["To"], mail["Subject"], mail["List-Unsubscribe"]) == ("bert@linden.example", "[Test] Neu", None)
    assert "Hallo Bert: " in part(mail, "plain")
    assert "Das ist ein Test" in part(mail, "html")
    place = f"{ground.current().origin}/console/messages/texts/survey_invitation/de"
    assert {*LINK.findall(part(mail, "html")), *LINK.findall(part(mail, "plain"))} == {place}
    assert await wording.current(kind="survey_invitation", language="de") is None, "only tried"


async def test_tests_are_counted(anna: UUID):
    kind, bert = "reward_released", await member()
    words = sampling.ours(kind=kind, language="de")
    for _ in range(20):
        await trying.try_out(kind=kind, language="de", words=words, member=bert, at=NOON)
    with pytest.raises(trying.TooManyTests):
        await trying.try_out(kind=kind, language="de", words=words, member=bert, at=NOON)


async def test_no_customer_gets_a_test(anna: UUID):
    message = sampling.message(kind="reward_released", language="de", at=NOON)
    message.customer, message.test = anna, True
    with pytest.raises(asyncpg.CheckViolationError):
        await Message.insert(message)


# What is only looked at


@pytest.mark.parametrize("kind", KINDS)
async def test_a_mail_that_is_looked_at_holds_no_secret_of_its_reader(anna: UUID, kind: str):
    form = KINDS[kind]
    message = sampling.message(kind=kind, language="de", at=NOON)
    message.subject_id, message.purpose = uuid4(), next(iter(form.purposes), None)
    shown = await writing.show(message=message, name="Anna")
    assert set(re.findall(r'href="([^"]*)"', shown.html)) == {"#"}
    assert not re.search(r"https?://\S+/", re.sub(r'xmlns(:\w)?="[^"]+"', "", shown.html) + shown.text)
    assert not re.search(r"\b\d{6}\b", shown.text)


# The check mail


async def test_the_check_mail_says_who_asks_and_what_to_press_and_nothing_that_advertises(anna: UUID, postbox: Postbox):
    for lang in language.LANGUAGES:
        message = await sending.queue(kind="opt_in", customer=anna, subject_id=uuid4(), language=lang, at=NOON)
        await delivering.deliver(message=message, post=postbox, at=NOON)
    for mail in postbox.mails:
        text, html = part(mail, "plain"), part(mail, "html")
        read = re.sub(r"<!--.*?-->|<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
        assert linting.advertising(text + read + mail["Subject"]) == []
        assert html.count("<img") == 0
        assert len(re.findall(r"<a ", html)) == 3, "confirm, imprint, privacy"
    assert linting.advertising(part(await sent(anna, "reward_released", postbox), "plain")) == []
    assert linting.advertising("Nur heute: 20 % Rabatt, a free deal") == ["20 %", "Rabatt", "deal"]


async def test_a_mail_is_small_enough_not_to_be_cut(anna: UUID, postbox: Postbox):
    await delivering.deliver(message=await invite(anna), post=postbox, at=NOON)
    assert len(postbox.raw[0]) < 60_000, "Gmail cuts at 102 kB"
