"""An occasion keeps to its segment, and a card costs nothing for whom the company spares it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from leumund.customers.segments import keeping, sparing
from leumund.customers.segments.defining import Condition, Group
from leumund.customers.segments.defining import Definition as Members
from leumund.customers.segments.keeping import Worded
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.occasions import foreseeing, listing
from leumund.occasions.defining import Step, Trigger
from tests import allowing
from tests.rooms import occasioned, segmented
from tests.rooms.occasioned import MAIL, definition

DAY = timedelta(days=1)
NIGHT = datetime(2026, 11, 23, 2, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)
BIRTHDAY = Trigger(kind="birthday")


@pytest.fixture(autouse=True)
async def _company(inside: Ground) -> None:
    await occasioned.company(at=NIGHT - 400 * DAY)


async def born_today(name: str, **more: object) -> UUID:
    return await occasioned.customer(name, born=date(1980, 11, 23), at=NIGHT - 300 * DAY, **more)


async def germans() -> UUID:
    """The segment of those who live in Germany."""
    root = Group(join="all", of=(Condition(fact="country", op="in", among=("DE",)),))
    worded = Worded(name="In Deutschland", purpose="Grüße zum Geburtstag", definition=Members(root=root))
    return await keeping.create(worded=worded, actor="staff:test", at=NIGHT - 30 * DAY)


async def lives(person: UUID, country: str) -> None:
    await ground.execute("UPDATE customer SET country = $2 WHERE id = $1", person, country)


async def classed(person: UUID, kind: str) -> None:
    """A class by revenue, of somebody who agreed to be evaluated."""
    rows = await ground.fetch("SELECT id FROM consent_event WHERE customer = $1 AND purpose = 'profile'", person)
    if not rows:
        await allowing.given(
            customer=person, purpose="profile", channel="email", source="import", basis="asked at the counter", at=NIGHT
        )
    await ground.execute(
        "INSERT INTO customer_class VALUES ($1, 'EUR', $2, 1, 9, 0, 9, $3)", person, kind, NIGHT.date()
    )


async def test_it_comes_for_its_segment_alone_as_that_is_by_now():
    anna, bert = await born_today("Anna"), await born_today("Bert")
    await lives(anna, "DE")
    await lives(bert, "AT")
    segment = await germans()
    wanted = definition(BIRTHDAY, segment=str(segment))
    occasion = await occasioned.running(wanted, at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    assert [run["customer"] for run in await occasioned.runs(occasion)] == [anna]
    assert await foreseeing.due(definition=wanted, at=NIGHT) == 1
    await keeping.end(segment=segment, actor="staff:test", at=NIGHT)
    assert await occasioned.night(occasion, at=NIGHT.replace(year=2027)) == 0


async def test_who_leaves_the_segment_leaves_the_sequence_where_it_says_so():
    anna = await born_today("Anna")
    await lives(anna, "DE")
    segment = await germans()
    steps = (MAIL, Step(kind="wait", days=2), Step(kind="stop", reasons=["left"]), MAIL)
    occasion = await occasioned.running(definition(BIRTHDAY, *steps, segment=str(segment)), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE)
    await ground.execute("DELETE FROM segment_member WHERE customer = $1", anna)
    await occasioned.work(occasion, at=NINE + 2 * DAY)
    assert [run["reason"] for run in await occasioned.runs(occasion)] == ["left"]
    assert len(await occasioned.mails(anna)) == 1


@pytest.mark.parametrize(
    ("who", "spares", "carded"),
    [
        ("but_c", True, {"Anna": None, "Bert": "spared", "Nora": None}),
        ("but_c", False, {"Anna": None, "Bert": None, "Nora": None}),
        ("everybody", True, {"Anna": None, "Bert": None, "Nora": None}),
        ("only_a", True, {"Anna": None, "Bert": "not_a", "Nora": "not_a"}),
    ],
)
async def test_a_card_is_spared_whom_the_company_spares_it(who: str, spares: bool, carded: dict[str, str | None]):
    await segmented.offer_profiling(at=NIGHT - 400 * DAY)
    people = {name: await born_today(name, channels=("email", "post")) for name in carded}
    await classed(people["Anna"], "A")
    await classed(people["Bert"], "C")
    if not spares:
        await sparing.settle(rule=sparing.Rule(spares_c=False), actor="staff:test", at=NIGHT)
    occasion = await occasioned.running(definition(BIRTHDAY, Step(kind="card", note="Glück", who=who)), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE)
    lines = (await listing.runs(occasion=occasion)).rows
    assert {line.name: line.steps[0].reason for line in lines} == carded
