"""Response is told over surveys, by channel, month and wave; of an anonymous survey no few answers, in no sum."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.surveys.asking import counting, gauging, listing, planning
from leumund.surveys.asking.gauging import Gauged
from leumund.surveys.asking.planning import Plan
from leumund.surveys.studio import publishing
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.test_anonymous import ASKED as ANONYMOUS
from tests.rooms.test_surveys import ACTOR

DAY = timedelta(days=1)
LATER = NOON + 31 * DAY
_INVITED = """
INSERT INTO survey_invitation (survey, customer, wave, channel, invited_at, expires_at, answered_at)
SELECT (SELECT id FROM survey WHERE key = $1), person, $3, $4, $5, $5::timestamptz + interval '30 days',
    CASE WHEN number <= $6 THEN $5::timestamptz END
FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (person, number) RETURNING id, customer
"""
_MAILED = """
INSERT INTO message (customer, kind, purpose, basis, subject_id, question, language, message_id, created_at, state,
    sent_at, held_reason)
SELECT customer, 'survey_invitation', 'survey', 'consent', id, 'Wie?', 'de', id || '@test', invited_at,
    CASE WHEN $2 THEN 'sent' ELSE 'held' END, CASE WHEN $2 THEN invited_at END, CASE WHEN NOT $2 THEN 'no_consent' END
FROM survey_invitation WHERE id = ANY ($1)
"""


async def wave(key: str = "nps") -> UUID:
    """One that was released."""
    made = await planning.put(plan=Plan(key=key, languages=["de"]), actor=ACTOR, at=NOON)
    await ground.execute("UPDATE survey_wave SET released_at = $2 WHERE id = $1", made, NOON)
    return made


def guest(number: int) -> Record:
    return Record(email=f"guest{number}@people.example")


async def people(number: int) -> list[UUID]:
    return [(await registering.register(record=guest(n), source="test", at=NOON)).id for n in range(number)]


async def asked(
    persons: Sequence[UUID], *, key: str = "nps", of: UUID | None, answered: int, channel: str = "portal", at: datetime
) -> list[UUID]:
    """Each is asked once, and the first ``answered`` of them answer."""
    rows = await ground.fetch(_INVITED, key, list(persons), of, channel, at, answered)
    return [row["id"] for row in rows]


async def gauged(key: str = "", *, since: datetime = NOON - DAY, until: datetime = LATER + DAY) -> Gauged:
    return await gauging.gauge(since=since, until=until, key=key, time_zone="Europe/Berlin")


async def test_response_is_told_by_survey_channel_month_and_wave(inside: ground.Ground):
    await whole.company(at=NOON)
    everybody, first = await people(10), await wave()
    await asked(everybody, of=first, answered=4, at=NOON)
    await asked(everybody[:6], of=None, channel="api", answered=3, at=LATER)
    found = await gauged()

    assert (found.whole.asked, found.whole.reached, found.whole.answered, found.whole.untold) == (16, 16, 7, 0)
    assert {name: (told.asked, told.answered) for name, told in found.by_channel.items()} == {
        "portal": (10, 4),
        "api": (6, 3),
    }
    assert {month: told.asked for month, told in found.by_month.items()} == {
        date(NOON.year, NOON.month, 1): 10,
        date(LATER.year, LATER.month, 1): 6,
    }
    assert [(each.wave, each.told.rate.share) for each in found.waves] == [(first, 0.4)]
    assert (await gauged("other")).whole.asked == 0
    assert (await gauged(until=LATER - DAY)).whole.asked == 10


async def test_a_mail_that_did_not_arrive_reached_nobody_and_one_nobody_remembers_did(inside: ground.Ground):
    await whole.company(at=NOON)
    persons, of = await people(12), await wave()
    invitations = await asked(persons, of=of, channel="email", answered=0, at=NOON)
    await ground.execute(_MAILED, invitations[:6], True)
    await ground.execute(_MAILED, invitations[6:9], False)
    await ground.execute(
        "INSERT INTO mail_return (message, kind, status, at) SELECT id, 'permanent', '5.1.1', created_at FROM message "
        "WHERE subject_id = $1",
        invitations[0],
    )
    found = await gauged()
    assert (found.whole.asked, found.whole.reached) == (12, 5 + 3)
    assert found.held["sending"] == {"no_consent": 3}


async def test_a_month_is_one_of_the_companys_clocks(inside: ground.Ground):
    await whole.company(at=NOON)
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    await asked(await people(1), of=None, answered=0, at=new_year)
    found = await gauged(since=new_year - DAY, until=new_year + DAY)
    assert [*found.by_month] == [date(2027, 1, 1)]


async def test_few_answers_to_an_anonymous_survey_are_in_no_sum(inside: ground.Ground):
    await whole.company(at=NOON)
    await publishing.publish(key="ehrlich", definition=ANONYMOUS, named=False, at=NOON)
    persons = await people(20)
    many, few = await wave("ehrlich"), await wave("ehrlich")
    await asked(persons[:12], key="ehrlich", of=many, answered=7, at=NOON)
    await asked(persons[12:], key="ehrlich", of=few, answered=4, at=NOON)
    # Waves of one person are counted together, and are five by then.
    for person in persons[:5]:
        await asked([person], key="ehrlich", of=await wave("ehrlich"), answered=1, at=LATER)
    await asked(persons[:3], of=None, answered=2, at=NOON)
    found = await gauged()

    assert (found.whole.asked, found.whole.answered, found.whole.untold) == (28, 7 + 5 + 2, 8)
    assert found.whole.rate.reached == 20, "the rate is of those who are told of"
    waves = {each.wave: each.told for each in found.waves}
    assert (waves[many].answered, waves[many].untold) == (7, 0)
    assert (waves[few].answered, waves[few].untold, waves[few].rate.share) == (0, 8, None)
    assert len(waves) == 2, "a wave of one person has no line"
    # Whatever sums there are: none differs from another one by fewer than five answers of the anonymous survey.
    sums = {told.answered for told in found.by_month.values()} | {found.by_survey["ehrlich"].answered}
    assert sums == {7 + 2, 5, 12}


async def test_of_a_survey_whose_people_are_known_few_are_counted_and_have_no_rate(inside: ground.Ground):
    await whole.company(at=NOON)
    await asked(await people(4), of=await wave(), answered=2, at=NOON)
    found = await gauged()
    assert (found.whole.answered, found.whole.untold, found.whole.rate.share) == (2, 0, None)


async def test_who_was_not_asked_is_counted_by_reason_and_step(inside: ground.Ground):
    await whole.company(at=NOON)
    persons, of = await people(3), await wave()
    for person, step, reason in ((persons[0], 0, "no_consent"), (persons[1], 0, "limit"), (persons[2], 1, "promised")):
        await ground.execute(
            "INSERT INTO survey_held (wave, key, customer, step, reason, at) VALUES ($1, 'nps', $2, $3, $4, $5)",
            *(of, person, step, reason, NOON),
        )
    found = await gauged()
    assert (found.held[""], found.held["reminder"]) == ({"no_consent": 1, "limit": 1}, {"promised": 1})
    assert (await gauged("other")).held[""] == {}


async def test_a_wave_tells_no_few_anonymous_answers_either(inside: ground.Ground):
    await whole.company(at=NOON)
    await publishing.publish(key="ehrlich", definition=ANONYMOUS, named=False, at=NOON)
    persons = await people(10)
    for key, answered, told in (("ehrlich", 4, None), ("ehrlich", 5, 5), ("ehrlich", 0, 0), ("nps", 4, 4)):
        of = await wave(key)
        await asked(persons, key=key, of=of, answered=answered, at=NOON)
        (course,) = (await counting.progress(wave=await listing.find(wave=of))).channels
        assert (course.answered, course.rate.share is None) == (told, told is None)
