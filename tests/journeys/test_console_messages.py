"""Staff read which mail went to whom and why, and choose its words, which reach nobody before they count."""

import re
from uuid import UUID

from leumund.kit import clock, ground
from leumund.messages.gate import limiting
from leumund.messages.words import wording
from tests.journeys import guests
from tests.journeys.desks import said
from tests.journeys.guests import Postbox

WORDS = "/console/messages/texts/survey_invitation/de"
ASKING = "Nur eine Frage:\n\n{{ question }}"


async def asked(deployment, birke, *, stopped: bool = False) -> UUID:
    """Clara is asked, and gets her mail unless the company stopped all advertising; the message's id."""
    clara = await guests.surveyed(deployment, birke)
    async with deployment.scopes.inside(birke):
        if stopped:
            await limiting.limit(most=0, within_days=7, actor="system:test", at=clock.now())
        (row,) = await ground.fetch("SELECT id FROM message WHERE customer = $1", clara.customer)
    await Postbox.emptied(deployment, birke)
    return UUID(str(row["id"]))


async def current(deployment, birke):
    async with deployment.scopes.reading(birke):
        return await wording.current(kind="survey_invitation", language="de")


async def test_the_log_says_what_went_and_what_was_held_and_why(deployment, birke, desk):
    sent = await asked(deployment, birke)
    held = await asked(deployment, birke, stopped=True)
    guest = await desk(role="support")
    await guest.open("/console/messages")
    assert "sonst zu viele E-Mails" in guest.page
    for query, there, missing in (("state=sent", sent, held), ("reason=too_often", held, sent)):
        await guest.open(f"/console/messages?{query}")
        assert str(there) in guest.page
        assert str(missing) not in guest.page
    await guest.open("/console/messages?kind=opt_in")
    assert "Mit diesen Filtern" in guest.page
    await guest.open("/console/messages?kind=nothing&state=x&reason=y")
    assert str(sent) in guest.page, "what is no filter filters nothing"


async def test_one_mail_is_shown_with_its_basis_and_no_link_of_its_readers(deployment, birke, desk):
    message = await asked(deployment, birke)
    guest = await desk(role="support")
    await guest.open(f"/console/messages/{message}")
    for words in ("Einwilligung: Umfragen", "250 2.0.0", "Unsere, Deutsch", f"{message}@"):
        assert words in said(guest.page)
    preview = await guest.open(f"/console/messages/{message}/preview")
    assert "sandbox" in preview.headers["content-security-policy"]
    assert set(re.findall(r'href="([^"]*)"', guest.page)) == {"#"}
    text = await guest.open(f"/console/messages/{message}/preview?part=text")
    assert text.headers["content-type"].startswith("text/plain")
    assert "/unsubscribe/" not in guest.page
    assert (await guest.open("/console/messages/nothing")).status_code == 404


async def test_words_are_changed_looked_at_and_gone_back_from(deployment, birke, desk):
    guest = await desk(role="marketing")
    page = await guest.open(WORDS)
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "{{ question }}" in guest.page
    await guest.submit(WORDS, subject="Kurz gefragt", wording=ASKING)
    assert "Gespeichert." in guest.page
    own = await current(deployment, birke)
    assert own is not None
    assert (own.subject, own.wording) == ("Kurz gefragt", ASKING)
    assert "Nur eine Frage:" in (await guest.open(f"{WORDS}/preview")).text
    await guest.open(WORDS)
    await guest.submit(f"{WORDS}/restoration")
    assert "gelten wieder unsere Worte" in guest.page
    assert await current(deployment, birke) is None


async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(deployment, birke, desk):
    guest = await desk()
    await guest.open(WORDS)
    answer = await guest.submit(WORDS, subject="{{7*7}}", wording="Hallo {{ nobody }}")
    assert answer.status_code == 422
    assert "„nobody“ gibt es hier nicht" in said(guest.page)
    assert "Hallo {{ nobody }}" in guest.page
    assert 'id="subject-wrong"' in guest.page
    assert await current(deployment, birke) is None


async def test_looking_at_what_is_typed_keeps_nothing(deployment, birke, desk):
    guest = await desk(role="marketing")
    shown = await guest.send(f"{WORDS}/preview", subject="Neu", wording="Anders gefragt: {{ question }}")
    assert "Anders gefragt: " in shown.text
    assert "sandbox" in shown.headers["content-security-policy"]
    wrong = await guest.send(f"{WORDS}/preview", subject="Neu", wording="{% include 'x' %}")
    assert (wrong.status_code, "Zeile 1" in wrong.text) == (422, True)
    async with deployment.scopes.reading(birke):
        assert not await ground.fetch("SELECT FROM message_text")


async def test_two_who_write_at_once_are_told(deployment, birke, desk):
    first, second = await desk(), await desk()
    for guest in (first, second):
        await guest.open(WORDS)
    await first.submit(WORDS, subject="Erstens", wording=ASKING)
    await second.submit(WORDS, subject="Zweitens", wording=ASKING)
    assert "Jemand hat diese Worte gerade geändert" in said(second.page)


async def test_a_test_mail_goes_to_who_asks_and_nobody_else(deployment, birke, desk):
    await asked(deployment, birke)
    guest = await desk(role="marketing", name="Marta")
    await guest.open(WORDS)
    await guest.send(f"{WORDS}/test", subject="Probe", wording=ASKING)
    box = await Postbox.emptied(deployment, birke)
    (mail,) = box.mails
    assert "marta-" in str(mail["To"])
    assert mail["Subject"] == "[Test] Probe"


async def test_what_the_law_has_us_say_has_no_page(birke, desk):
    guest = await desk()
    for address in ("opt_in/de", "nothing/de", "survey_invitation/fr", "rights_code/de"):
        assert (await guest.open(f"/console/messages/texts/{address}")).status_code == 404, address
        assert (await guest.send(f"/console/messages/texts/{address}", subject="x", wording="x")).status_code == 404


async def test_who_may_only_read_changes_nothing(deployment, birke, desk):
    guest = await desk(role="support")
    await guest.open(WORDS)
    assert "<textarea" not in guest.page
    for deed in ("", "/restoration", "/test", "/preview"):
        assert (await guest.send(WORDS + deed, subject="Neu", wording=ASKING)).status_code == 403
    assert (await guest.send("/console/messages/limits", purpose="", most="9", within_days="1")).status_code == 403
    assert (await (await desk(role="viewer")).open("/console/messages")).status_code == 403
    assert await current(deployment, birke) is None


async def test_the_owner_sets_the_limits(deployment, birke, desk):
    guest = await desk()
    await guest.open("/console/messages/limits")
    await guest.send("/console/messages/limits", purpose="", most="3", within_days="14")
    async with deployment.scopes.reading(birke):
        assert (await limiting.limits())[""] == limiting.Limit("", 3, 14)
    for purpose, most, status in (("", "many", 422), ("", "-1", 422), ("", "1" * 10, 422), ("nobodys", "1", 404)):
        answer = await guest.send("/console/messages/limits", purpose=purpose, most=most, within_days="7")
        assert answer.status_code == status
