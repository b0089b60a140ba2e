"""What happened to a customer is asked about once, after its delay, past the same rest and gate as everything else."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from leumund.consent.stopping import withdrawing
from leumund.customers.records import holding
from leumund.customers.records.holding import Hold
from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.messages.gate.quieting import Quiet
from leumund.surveys.asking import arranging, hearing
from leumund.surveys.asking.arranging import Limits
from leumund.surveys.asking.hearing import Event, EventReused, Heard
from leumund.surveys.questions import starting
from leumund.surveys.studio import closing, publishing
from tests import polled
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.test_surveys import ACTOR, agreed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLARA = "clara@people.example"


def ticket(customer: UUID, **other: object) -> Event:
    event = Event(
        ref="T-1", customer=customer, survey="nps", name="support.closed", happened_at=NOON, attributes={"desk": "3"}
    )
    return msgspec.structs.replace(event, **other)


async def at_once() -> None:
    await arranging.arrange(wanted=Limits(delay_hours=0), quiet=Quiet(), region="", actor=ACTOR, at=NOON)


async def heard(event: Event) -> tuple[str, str | None]:
    told = await hearing.hear(event=event, at=NOON)
    return told.state, told.reason


async def test_an_event_waits_for_its_delay_and_then_asks_once(inside: ground.Ground):
    await whole.company(at=NOON)
    clara = await agreed(CLARA)
    told = await hearing.hear(event=ticket(clara), at=NOON + HOUR)
    assert (told.state, told.due_at) == ("waiting", NOON + DAY)
    assert await ground.fetch("SELECT FROM survey_invitation") == []
    for _ in range(2):
        await hearing.settle(event=told.id, at=NOON + DAY)
    again = await hearing.hear(event=ticket(clara), at=NOON + DAY)
    assert again == Heard(id=told.id, event=told.event, due_at=told.due_at, state="invited", reason=None)
    (made,) = await ground.fetch("SELECT id, customer, channel, wave FROM survey_invitation")
    assert (made["customer"], made["channel"], made["wave"]) == (clara, "api", None)
    assert await ground.fetch("SELECT customer, purpose FROM message") == [{"customer": clara, "purpose": "survey"}]


async def test_the_facts_of_an_event_stand_beside_its_answer(inside: ground.Ground):
    await whole.company(at=NOON)
    await at_once()
    assert await heard(ticket(await agreed(CLARA))) == ("invited", None)
    (made,) = await ground.fetch("SELECT id FROM survey_invitation")
    await whole.answer(made["id"], 9, at=NOON + HOUR)
    await whole.answer(made["id"], 8, at=NOON + HOUR)
    (kept,) = await ground.fetch("SELECT attributes, score FROM survey_answer")
    assert (msgspec.json.decode(kept["attributes"]), kept["score"]) == ({"desk": "3"}, 8)


async def test_an_anonymous_survey_keeps_no_fact_of_what_happened(inside: ground.Ground):
    await whole.company(at=NOON)
    await at_once()
    quiet = starting.nps({"de": {"question": "Wie wahrscheinlich?"}})
    await publishing.publish(key="quiet", definition=quiet, named=False, at=NOON)
    event = ticket(await agreed(CLARA), survey="quiet")
    for _ in range(2):
        assert await heard(event) == ("invited", None), "told again it is the same event"
    rows = await ground.fetch("SELECT attributes FROM survey_event UNION ALL SELECT attributes FROM survey_invitation")
    assert [row["attributes"] for row in rows] == ["{}", "{}"]


async def test_whoever_may_not_be_asked_is_not_and_the_caller_learns_no_more_than_it_may(inside: ground.Ground):
    await whole.company(at=NOON)
    await at_once()
    clara, dora, emil = await agreed(CLARA), await agreed("dora@people.example"), await agreed("emil@people.example")
    bert = await whole.person("bert@people.example", at=NOON)
    await polled.invite([clara], languages=["de"], at=NOON - DAY)
    await withdrawing.withdraw(customer=dora, email="dora@people.example", purpose="survey", source="portal", at=NOON)
    rest = Hold(kind="restriction", ground="accuracy", actor=ACTOR, rights_case=None, began_at=NOON, due_at=None)
    await holding.hold(customer=emil, hold=rest)
    told = {person: await heard(ticket(person, ref=str(person))) for person in (clara, dora, emil, bert)}
    assert told == {
        clara: ("held", "asked_lately"),
        dora: ("held", "no_consent"),
        emil: ("held", "not_possible"),
        bert: ("held", "no_consent"),
    }
    rows = await ground.fetch("SELECT customer, reason FROM survey_held WHERE wave IS NULL")
    assert {row["customer"]: row["reason"] for row in rows} == {
        clara: "quarantine",
        dora: "suppressed",
        emil: "at_rest",
        bert: "no_consent",
    }


async def test_a_survey_closed_meanwhile_asks_about_nothing(inside: ground.Ground):
    await whole.company(at=NOON)
    clara = await agreed(CLARA)
    told = await hearing.hear(event=ticket(clara), at=NOON)
    await closing.close(key="nps", actor=ACTOR, at=NOON)
    await hearing.settle(event=told.id, at=NOON + DAY)
    assert await heard(ticket(clara)) == ("held", "not_possible")
    with pytest.raises(Refusals):
        await heard(ticket(clara, ref="T-2"))


async def test_a_number_told_of_something_else_is_refused(inside: ground.Ground):
    await whole.company(at=NOON)
    clara, dora = await agreed(CLARA), await agreed("dora@people.example")
    await heard(ticket(clara))
    for other in (ticket(dora), ticket(clara, name="visit"), ticket(clara, happened_at=NOON - HOUR)):
        with pytest.raises(EventReused):
            await heard(other)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "Ticket zu!"}, "event"),
        ({"happened_at": NOON - 31 * DAY}, "occurred_at"),
        ({"happened_at": NOON + HOUR}, "occurred_at"),
        ({"attributes": {f"a{number}": "x" for number in range(11)}}, "attributes"),
        ({"attributes": {"Terminal": "3"}}, "attributes"),
        ({"attributes": {"terminal": "3" * 101}}, "attributes"),
        ({"attributes": {"terminal": "3\n4"}}, "attributes"),
        ({"attributes": {"terminal": ""}}, "attributes"),
        ({"survey": "none"}, "survey"),
    ],
)
async def test_what_cannot_be_is_told_beside_its_field(inside: ground.Ground, wrong: dict[str, object], field: str):
    await whole.company(at=NOON)
    with pytest.raises(Refusals) as refused:
        await heard(ticket(await agreed(CLARA), **wrong))
    assert [each.field for each in refused.value.faults] == [field]
    assert await ground.fetch("SELECT FROM survey_event") == []
