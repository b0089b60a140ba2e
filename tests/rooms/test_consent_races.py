"""Of two deeds about one person's consents at once the second sees what the first did, so that a no is never overheard.

Committed for real, in a company of the test's own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest

from leumund.company import describing
from leumund.consent.evidence import reading
from leumund.consent.giving import confirming, expiring, importing, requesting, transcribing
from leumund.consent.giving.importing import Given
from leumund.consent.giving.requesting import Offered
from leumund.consent.giving.transcribing import Taken
from leumund.consent.stopping import withdrawing
from leumund.kit import ground
from leumund.messages import delivering, sending
from leumund.messages.sending import Mail
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import opened
from tests.rooms.test_cases_at_once import meanwhile
from tests.rooms.test_consent import ANNA, PROFILE, may, person, publish

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def anna(deployment: Deployment, company: Tenant) -> UUID:
    async with deployment.scopes.inside(company):
        await describing.describe(profile=PROFILE, at=NOON)
        await publish("survey", ["email", "phone"], "de")
        return await person(ANNA)


async def ask(anna: UUID) -> UUID:
    offered = Offered(boxes={"survey": True}, language="de", source="survey")
    return await requesting.request(customer=anna, email=ANNA, offered=offered, at=NOON)


async def withdraw(anna: UUID, channel: str | None = None, *, hours: int = 2) -> None:
    await withdrawing.withdraw(customer=anna, email=ANNA, channel=channel, source="portal", at=NOON + hours * HOUR)


async def test_an_old_link_pressed_while_a_no_is_being_said_gives_nothing(
    deployment: Deployment, company: Tenant, anna: UUID
):
    async with deployment.scopes.inside(company):
        request = await ask(anna)
    confirm = lambda: confirming.confirm(request=request, at=NOON + 3 * HOUR)  # noqa: E731
    await meanwhile(deployment, company, lambda: withdraw(anna), confirm)
    async with deployment.scopes.inside(company):
        assert not await may(anna)


async def test_a_no_said_while_an_older_paper_is_being_entered_ends_what_it_gave(
    deployment: Deployment, company: Tenant, anna: UUID
):
    async with deployment.scopes.inside(company):
        await withdraw(anna, "phone", hours=0)
    paper = Taken(
        customer=anna,
        email=ANNA,
        purpose="survey",
        channel="phone",
        language="de",
        way="paper",
        said_at=NOON + HOUR,
        words="Ja, rufen Sie an.",
        taker="Frau Beispiel",
        reference="Mappe 3",
    )
    enter = lambda: transcribing.transcribe(taken=paper, actor="staff:1", at=NOON + 2 * HOUR)  # noqa: E731
    await meanwhile(deployment, company, enter, lambda: withdraw(anna, "phone"))
    async with deployment.scopes.inside(company):
        assert not await may(anna, channel="phone")


async def test_a_file_read_while_a_no_is_being_said_claims_nothing(deployment: Deployment, company: Tenant, anna: UUID):
    given = Given(customer=anna, purpose="survey", channel="email", email=ANNA, basis="Auf Papier", at=NOON)
    bring = lambda: importing.import_all(given=[given], source="crm")  # noqa: E731
    assert await meanwhile(deployment, company, lambda: withdraw(anna), bring) == set()


async def test_two_nights_at_once_let_a_request_lapse_once(deployment: Deployment, company: Tenant, anna: UUID):
    async with deployment.scopes.inside(company):
        await ask(anna)
    expire = lambda: expiring.expire(before=NOON, at=NOON + 49 * HOUR)  # noqa: E731
    await meanwhile(deployment, company, expire, expire)
    async with deployment.scopes.inside(company):
        states = [each.state for each in await reading.story(customer=anna)]
    assert states.count("expired") == states.count("requested") == 2, "one for each channel"


async def test_ten_clicks_at_once_confirm_once(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await describing.describe(profile=PROFILE, at=NOON)
        await publish("survey", ["email"], "de")
        request = await requesting.request(
            customer=await person(ANNA),
            email=ANNA,
            offered=Offered(boxes={"survey": True}, language="de", source="survey"),
            at=NOON,
        )

    async def click() -> bool:
        async with deployment.scopes.inside(company):
            return (await confirming.confirm(request=request, at=NOON)).already

    answers = await asyncio.gather(*(click() for _ in range(10)))

    assert sorted(answers) == [False] + [True] * 9
    async with deployment.scopes.inside(company):
        assert len(await ground.fetch("SELECT FROM consent_event WHERE state = 'given'")) == 1


async def moves(anna: UUID) -> None:
    await opened.change(anna, email="anna.neu@example.com")


@pytest.mark.parametrize("says_no", [withdraw, moves])
async def test_who_withdraws_while_the_mail_server_takes_its_time_gets_nothing(
    deployment: Deployment, company: Tenant, anna: UUID, says_no: Callable[[UUID], Awaitable[None]]
):
    async with deployment.scopes.inside(company):
        await confirming.confirm(request=await ask(anna), at=NOON)
        mail = Mail(customer=anna, subject_id=uuid4(), question="Wie war es?", language="de")
        (message,) = await sending.queue_all(kind="survey_invitation", mails=[mail], purpose="survey", at=NOON)
    at_the_door, withdrawn = asyncio.Event(), asyncio.Event()
    went: list[EmailMessage] = []

    async def post(letter: EmailMessage) -> str:
        went.append(letter)
        return "250 2.0.0"

    @asynccontextmanager
    async def slow() -> AsyncIterator[delivering.Post]:
        at_the_door.set()
        await withdrawn.wait()
        yield post

    async def send() -> None:
        async with deployment.scopes.inside(company):
            await delivering.deliver_by(message=message, meet=slow, at=NOON)

    async def say_no() -> None:
        await at_the_door.wait()
        async with deployment.scopes.inside(company):
            await says_no(anna)
        withdrawn.set()

    await asyncio.gather(send(), say_no())

    async with deployment.scopes.reading(company):
        (row,) = await ground.fetch("SELECT state, held_reason FROM message WHERE id = $1", message)
    assert (went, dict(row)) == ([], {"state": "held", "held_reason": "no_consent"})
