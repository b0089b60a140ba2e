"""What a company and its people share by: words of its own, a campaign, and a code somebody chose."""

from datetime import datetime
from uuid import UUID

from leumund.programs import offering
from leumund.referrals import campaigning, sharing
from leumund.referrals.campaigning import Wanted
from leumund.referrals.codes import keeping
from leumund.referrals.share_kit import wording
from leumund.referrals.share_kit.linting import Words
from leumund.referrals.share_kit.wording import Place
from tests.rules.test_share_texts import FINE, VALUES


async def leave(mark: str, *, customer: UUID, member: UUID, at: datetime) -> None:
    """All of it with ``mark`` in it."""
    program = (await offering.current(at=at)).id
    place = Place(program=program, language="de", channel="whatsapp")
    words = Words("", f"{FINE} {mark}")
    await wording.word(place=place, words=words, values=VALUES, after=0, by=member, at=at)
    await campaigning.make(wanted=Wanted(key=mark, name=mark, begins_at=at), by=member, at=at)
    link = await sharing.standing(customer=customer, program=program)
    assert link is not None, "they take part"
    assert await keeping.keep(link=link.id, advocate=customer, kind="chosen", spelled=chosen(mark), at=at)


def chosen(mark: str) -> str:
    """The code somebody chose: never the mark alone, which a company's own pages would show once it was tried there."""
    return f"frei-{mark}"
