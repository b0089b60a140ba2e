"""Who takes back the consent to be evaluated leaves no row that tells what they were evaluated to.

Not that a wave to a segment of good customers had them in it, not that they were spared as a C, and not that an
occasion's lot was drawn for them; what waits for them goes no further from that moment.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from leumund.consent.evidence import recording
from leumund.consent.stopping import withdrawing
from leumund.customers.segments import keeping
from leumund.customers.segments.defining import Condition, Group
from leumund.customers.segments.defining import Definition as Members
from leumund.customers.segments.keeping import Worded
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.occasions import forgetting as occasions
from leumund.occasions.defining import Definition, Step, Trigger
from leumund.privacy.rights import objecting
from leumund.segmenting import computing, forgetting
from leumund.surveys.asking import inviting, planning
from leumund.surveys.asking.planning import Plan
from tests import allowing
from tests.rooms import occasioned, segmented, whole

NIGHT = datetime(2026, 11, 23, 2, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ACTOR = "staff:test"
CLARA = "clara@people.example"
_CLASS = """
INSERT INTO customer_class (customer, currency, class, rank, cents, before_cents, total_cents, since_date)
VALUES ($1, 'EUR', $2, 1, 100, 0, 100, $3)
"""


async def good_customers(*, at: datetime) -> UUID:
    """A segment of class A, as it is now."""
    worded = Worded(
        name="Gute Kunden",
        purpose="Wir fragen sie zuerst.",
        definition=Members(root=Group(join="all", of=(Condition(fact="class", op="in", among=("A",)),))),
    )
    segment = await keeping.create(worded=worded, actor=ACTOR, at=at)
    await computing.compute(segment=segment, at=at)
    return segment


async def classed(person: UUID, kind: str) -> None:
    await ground.execute(_CLASS, person, kind, NIGHT.date())


async def agreed(person: UUID, *purposes: str) -> None:
    for purpose in purposes:
        given = {"channel": "email", "source": "import", "basis": "asked at the counter"}
        assert await allowing.given(customer=person, purpose=purpose, **given, at=NIGHT - 3 * DAY)


async def take_back(person: UUID, *, email: str = CLARA, at: datetime) -> None:
    await withdrawing.withdraw(customer=person, email=email, purpose="profile", source="portal", at=at)


async def forgotten(person: UUID, *, at: datetime) -> None:
    """The job came that a withdrawal leaves."""
    await forgetting.forget(customer=person)
    await occasions.forget(customer=person, at=at)


async def told(person: UUID) -> list[tuple[object, ...]]:
    """What any row says of the waves that had this person in them."""
    rows = await ground.fetch(
        "SELECT 'asked' AS how, wave, '' AS reason FROM survey_invitation WHERE customer = $1 AND wave IS NOT NULL "
        "UNION ALL SELECT 'held', wave, reason FROM survey_held WHERE customer = $1 "
        "UNION ALL SELECT 'drawn', wave, '' FROM survey_wave_person WHERE customer = $1",
        person,
    )
    return [tuple(row.values()) for row in rows]


@pytest.fixture
async def clara(inside: Ground) -> UUID:
    """She may be asked and evaluated, and is a good customer."""
    await whole.company(at=NIGHT - 5 * DAY)
    await segmented.offer_profiling(at=NIGHT - 5 * DAY)
    person = await whole.person(CLARA, at=NIGHT - 4 * DAY, name="Clara")
    await agreed(person, "survey", "profile")
    await classed(person, "A")
    return person


async def wave_of(plan: Plan, *, at: datetime) -> UUID:
    wave = await planning.plan(plan=plan, actor=ACTOR, at=at)
    await planning.release(wave=wave, actor=ACTOR, at=at)
    return wave


async def test_no_row_tells_that_a_wave_to_good_customers_asked_her(clara: UUID):
    wave = await wave_of(Plan(key="nps", segment=await good_customers(at=NIGHT), languages=["de"]), at=NIGHT)
    await inviting.go_on(wave=wave, at=NIGHT)
    assert await told(clara) == [("asked", wave, "")]
    await forgotten(clara, at=NIGHT)
    assert await told(clara) == [("asked", wave, "")], "while she may be evaluated it stays"
    await take_back(clara, at=NIGHT + DAY)
    await forgotten(clara, at=NIGHT + DAY)
    assert await told(clara) == []
    rows = await ground.fetch("SELECT FROM survey_invitation WHERE customer = $1", clara)
    assert len(rows) == 1, "that she was asked is counted on: nobody asks her anew"


async def test_who_was_drawn_and_took_it_back_before_her_turn_is_neither_asked_nor_told_of(
    clara: UUID, monkeypatch: pytest.MonkeyPatch
):
    dora = await whole.person("dora@people.example", at=NIGHT - 4 * DAY)
    await agreed(dora, "survey", "profile")
    await classed(dora, "A")
    plan = Plan(key="nps", segment=await good_customers(at=NIGHT), languages=["de"])
    wave = await wave_of(plan, at=NIGHT)
    monkeypatch.setattr(inviting, "CHUNK", 1)
    await inviting.go_on(wave=wave, at=NIGHT)
    emails = {clara: CLARA, dora: "dora@people.example"}
    (first,) = [person for person in emails if ("asked", wave, "") in await told(person)]
    (second,) = emails.keys() - {first}
    assert await told(second) == [("drawn", wave, "")]
    await take_back(second, email=emails[second], at=NIGHT)
    for _ in range(2):
        await inviting.go_on(wave=wave, at=NIGHT)
    assert (await told(first), await told(second)) == ([("asked", wave, "")], [])


async def test_nobody_reads_of_whom_a_wave_spared_as_a_c(clara: UUID):
    await ground.execute("UPDATE customer_class SET class = 'C' WHERE customer = $1", clara)
    wave = await wave_of(Plan(key="nps", languages=["de"]), at=NIGHT)
    await inviting.go_on(wave=wave, at=NIGHT)
    assert await told(clara) == [("held", wave, "class_c")]
    await take_back(clara, at=NIGHT + DAY)
    await forgotten(clara, at=NIGHT + DAY)
    assert await told(clara) == []


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    """Her birthday is today, and she is a good customer."""
    await occasioned.company(at=NIGHT - 400 * DAY)
    await segmented.offer_profiling(at=NIGHT - 400 * DAY)
    person = await occasioned.customer("Anna", born=date(1980, 11, 23), at=NIGHT - 300 * DAY)
    await agreed(person, "profile")
    await classed(person, "A")
    return person


async def greeting(*steps: Step, **more: object) -> UUID:
    """An occasion for the good customers that began tonight."""
    segment = str(await good_customers(at=NIGHT))
    wanted = occasioned.definition(Trigger(kind="birthday"), *steps, segment=segment, **more)
    assert isinstance(wanted, Definition)
    occasion = await occasioned.running(wanted, at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    return occasion


async def no_more_evaluated(person: UUID) -> None:
    assert await objecting.to_profiling(customer=person, actor=ACTOR, at=NINE)


async def test_a_sequence_for_good_customers_ends_with_the_consent(anna: UUID):
    occasion = await greeting(occasioned.MAIL, Step(kind="wait", days=2), occasioned.MAIL)
    await occasioned.work(occasion, at=NINE)
    await no_more_evaluated(anna)
    await occasioned.work(occasion, at=NINE + 2 * DAY)
    assert [(run["state"], run["reason"]) for run in await occasioned.runs(occasion)] == [("stopped", "no_consent")]
    assert len(await occasioned.mails(anna)) == 1


async def test_what_waits_is_ended_by_the_job_as_well(anna: UUID):
    occasion = await greeting(occasioned.MAIL, Step(kind="wait", days=2), occasioned.MAIL)
    await occasioned.work(occasion, at=NINE)
    await forgotten(anna, at=NINE)
    assert [run["state"] for run in await occasioned.runs(occasion)] == ["waiting"]
    await no_more_evaluated(anna)
    await forgotten(anna, at=NINE)
    assert [(run["state"], run["reason"]) for run in await occasioned.runs(occasion)] == [("stopped", "no_consent")]


async def test_no_lot_tells_that_she_was_among_them(anna: UUID):
    occasion = await greeting(control_percent=50)
    await ground.execute(
        "UPDATE occasion_run SET control = true, state = 'stopped', reason = 'control', ended_at = $1", NINE
    )
    await no_more_evaluated(anna)
    await forgotten(anna, at=NINE)
    assert await occasioned.runs(occasion) == []


@pytest.mark.parametrize(("kind", "who"), [("A", "only_a"), ("B", "only_a"), ("C", "but_c")])
async def test_no_card_and_no_card_left_out_tells_her_class(anna: UUID, kind: str, who: str):
    given = {"channel": "post", "source": "import", "basis": "asked at the counter"}
    assert await allowing.given(customer=anna, purpose="recommendation", **given, at=NIGHT - 3 * DAY)
    await ground.execute("UPDATE customer_class SET class = $2 WHERE customer = $1", anna, kind)
    step = Step(kind="card", note="Von Hand, bitte.", who=who)
    occasion = await occasioned.running(occasioned.definition(Trigger(kind="birthday"), step), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE)
    telling = """
        SELECT FROM occasion_step WHERE reason IN ('spared', 'not_a') UNION ALL SELECT FROM occasion_card
    """
    assert len(await ground.fetch(telling)) == 1
    await no_more_evaluated(anna)
    await forgotten(anna, at=NINE)
    assert await ground.fetch(telling) == []


async def test_an_objection_leaves_the_job_that_forgets(clara: UUID, monkeypatch: pytest.MonkeyPatch):
    left: list[tuple[object, ...]] = []
    execute = ground.execute

    async def watched(sql: str, *arguments: object) -> int:
        if "outbox.job" in sql:
            left.append(arguments[:2])
        return await execute(sql, *arguments)

    monkeypatch.setattr(ground, "execute", watched)
    await no_more_evaluated(clara)
    assert (recording.PROFILE_DECIDED, clara) in left
