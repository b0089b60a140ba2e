"""Links that were followed before somebody signed up: by people, by a preview or two, and at a street party."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.demo import neighbours
from leumund.demo.neighbours import Friend
from leumund.referrals import campaigning, clicking, salting, stamping
from leumund.referrals.campaigning import Wanted
from leumund.referrals.clicking import Count, Where
from leumund.referrals.stamping import Click

_PARTY, _PARTY_NAME = "strassenfest", "Straßenfest"
_AT_THE_PARTY = neighbours.ADVOCATES[1]


async def planned(*, by: UUID, at: datetime) -> None:
    """The campaign that some of the links say they were followed in."""
    await campaigning.make(wanted=Wanted(name=_PARTY_NAME, key=_PARTY, begins_at=at), by=by, at=at)


async def followed(*, link: UUID, friend: Friend, at: datetime) -> str:
    """``friend`` looked more than once before they signed up; returns what shows the last time."""
    looks = 2 + len(friend.given_name) % 3
    day = at.date()
    await salting.begin(day_date=day, ends_at=at + timedelta(days=1))
    where = Where(link, day, _PARTY if friend.advocate == _AT_THE_PARTY else "")
    await clicking.count(counts={where: Count(looks, len(friend.family_name) % 2, range(looks - 1))})
    return stamping.stamp(click=Click(link=link, at=at, campaign=where.campaign))
