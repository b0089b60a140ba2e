"""A wave may invite in words of its own: while it is a draft, open ones alone, and no other mail says them."""

from uuid import UUID, uuid4

import pytest

from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.messages import delivering
from leumund.messages.words.letters import Words
from leumund.surveys.asking import listing, planning, wording
from leumund.surveys.asking.listing import WaveUnknown
from leumund.surveys.asking.planning import NotADraft
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.test_surveys import ACTOR
from tests.rooms.test_waves import DAY, asked, begun, changed, people, reminded, roomy

OLIVIA = uuid4()
WORDS = Words(None, "Ihr Umzug", "{% if name %}{{ name }}, {% endif %}Sie sind umgezogen.\n\n{{ question }}")


async def draft(**into: object) -> UUID:
    return await planning.plan(plan=changed(**into), actor=ACTOR, at=NOON)


async def worded(wave: UUID, words: Words | None = WORDS, *, language: str = "de") -> None:
    await wording.word(wave=wave, language=language, words=words, by=OLIVIA, at=NOON)


async def sent(*, at=NOON) -> list[str]:
    """What the mails say that go now."""
    mails: list[str] = []

    async def post(mail) -> str:
        mails.append(f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}")
        return "250 2.0.0"

    for row in await ground.fetch("SELECT id FROM message WHERE state = 'queued' ORDER BY created_at, id"):
        await delivering.deliver(message=row["id"], post=post, at=at)
    return mails


async def test_a_wave_invites_in_words_of_its_own_and_others_do_not(inside: ground.Ground):
    await whole.company(at=NOON)
    await roomy()
    await people(1)
    wave = await draft(reminders=1, remind_after_days=20)
    await worded(wave)
    await planning.release(wave=wave, actor=ACTOR, at=NOON)
    await asked(wave, at=NOON)
    (invited,) = await sent()
    assert invited.startswith("Ihr Umzug\n")
    assert "Sie sind umgezogen." in invited
    assert "Wie wahrscheinlich?" in invited

    await reminded(wave, at=NOON + 21 * DAY)
    (again,) = await sent(at=NOON + 21 * DAY)
    assert "umgezogen" not in again, "a reminder keeps its own words"
    await begun(at=NOON + 100 * DAY)
    (other,) = await sent(at=NOON + 100 * DAY)
    assert "umgezogen" not in other


async def test_words_are_given_and_taken_back_while_it_is_a_draft(inside: ground.Ground):
    await whole.company(at=NOON)
    wave = await draft()
    await worded(wave)
    found = await listing.find(wave=wave)
    words = await wording.own(wave=found, language="de")
    assert words is not None
    assert (words.subject, words.wording) == (WORDS.subject, WORDS.wording)
    await worded(wave, None)
    assert (await listing.find(wave=wave)).texts == {}
    await planning.release(wave=wave, actor=ACTOR, at=NOON)
    with pytest.raises(NotADraft):
        await worded(wave)


async def test_only_a_wave_that_mails_in_a_language_has_words_in_it(inside: ground.Ground):
    await whole.company(at=NOON)
    with pytest.raises(WaveUnknown):
        await worded(await draft(), language="en")
    with pytest.raises(WaveUnknown):
        await worded(await draft(channel="portal"))
    with pytest.raises(WaveUnknown):
        await worded(uuid4())


@pytest.mark.parametrize(
    ("subject", "text", "field"),
    [
        ("", "{{ question }}", "subject"),
        ("Umfrage", "Guten Tag", "wording"),
        ("Umfrage", "Bitte geben Sie uns eine 10. {{ question }}", "wording"),
        ("Wie großartig war es?", "{{ question }}", "subject"),
        ("Umfrage", "Für 10 Punkte gibt es einen Gutschein. {{ question }}", "wording"),
        ("Umfrage", "Nennen Sie uns die E-Mail-Adressen Ihrer Freunde. {{ question }}", "wording"),
        ("Umfrage", "Welche Krankheit haben Sie? {{ question }}", "wording"),
        ("Umfrage", "https://elsewhere.example {{ question }}", "wording"),
        ("Umfrage", "{{ secret }} {{ question }}", "wording"),
    ],
)
async def test_words_that_lead_astray_are_refused_at_their_field(
    inside: ground.Ground, subject: str, text: str, field: str
):
    await whole.company(at=NOON)
    wave = await draft()
    with pytest.raises(Refusals) as fault:
        await worded(wave, Words(None, subject, text))
    assert field in {each.field for each in fault.value.faults}
    assert (await listing.find(wave=wave)).texts == {}


async def test_a_draft_is_looked_at_with_what_it_asks(inside: ground.Ground):
    await whole.company(at=NOON)
    sample = wording.sample(wave=await listing.find(wave=await draft()), language="de")
    assert sample.question == "Wie wahrscheinlich?"
