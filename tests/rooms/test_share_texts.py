"""A company words what is shared: each version stays with who wrote it, and nobody overwrites what they did not see."""

from uuid import UUID, uuid4

import pytest

from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.programs import offering
from leumund.referrals.share_kit import wording
from leumund.referrals.share_kit.linting import Words
from leumund.referrals.share_kit.wording import Meanwhile, NoSuchChannel, Place
from tests.conftest import NOON
from tests.rooms import whole
from tests.rules.test_share_texts import FINE, VALUES

OLIVIA = uuid4()


@pytest.fixture
async def program(inside: ground.Ground) -> UUID:
    await whole.company(at=NOON)
    return (await offering.current(at=NOON)).id


async def word(program: UUID, words: Words | None, *, after: int, channel: str = "whatsapp") -> None:
    place = Place(program=program, language="de", channel=channel)
    await wording.word(place=place, words=words, values=VALUES, after=after, by=OLIVIA, at=NOON)


async def test_versions_stay_and_the_newest_counts(program: UUID):
    for number, said in enumerate((FINE, FINE + " Gern.", None)):
        await word(program, None if said is None else Words("", said), after=number)
        current = await wording.current(program=program, language="de")
        assert current.get("whatsapp") == (None if said is None else Words("", said))
    place = Place(program=program, language="de", channel="whatsapp")
    kept = await wording.versions(place=place)
    assert [(each.version, each.wording, each.written_by) for each in kept] == [
        (3, None, OLIVIA),
        (2, FINE + " Gern.", OLIVIA),
        (1, FINE, OLIVIA),
    ]


async def test_of_two_who_began_from_the_same_words_the_second_is_told(program: UUID):
    await word(program, Words("", FINE), after=0)
    with pytest.raises(Meanwhile):
        await word(program, Words("", FINE + " Anders."), after=0)
    assert (await wording.current(program=program, language="de"))["whatsapp"].wording == FINE


async def test_what_is_refused_leaves_no_version(program: UUID):
    with pytest.raises(Refusals):
        await word(program, Words("", "Kauft!"), after=0)
    with pytest.raises(NoSuchChannel):
        await word(program, Words("", FINE), after=0, channel="carrier-pigeon")
    assert await ground.fetch("SELECT FROM share_text") == []


async def test_words_count_for_their_program_way_and_language_alone(program: UUID):
    await word(program, Words("Meine Empfehlung", FINE), after=0, channel="mail")
    assert await wording.own(program=program) == {("mail", "de")}
    assert await wording.current(program=program, language="en") == {}
    assert await wording.current(program=uuid4(), language="de") == {}


async def test_nobody_rewrites_what_was_said_before(program: UUID):
    await word(program, Words("", FINE), after=0)
    for change in ("UPDATE share_text SET wording = 'x'", "DELETE FROM share_text"):
        with pytest.raises(Exception, match="permission denied"):
            async with ground.current().connection.transaction():
                await ground.execute(change)
