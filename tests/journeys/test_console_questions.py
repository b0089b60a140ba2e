"""Pages of the console ask the database a few questions, and never more of them for more rows."""

from datetime import timedelta

import pytest

from leumund.customers.records import finding
from leumund.customers.records.registering import Record
from leumund.kit import clock
from leumund.surveys.caring import opening
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web import dressing
from tests.journeys import answered
from tests.journeys.desks import come, recommended
from tests.journeys.guests import Guest
from tests.rooms import caring


@pytest.fixture(autouse=True)
def _remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page wears is remembered for a moment and not its own question: on a busy machine the moment is over."""
    monkeypatch.setattr(dressing, "FRESH_SECONDS", 1e9)


async def queries(deployment: Deployment, tenant: Tenant, guest: Guest, address: str) -> int:
    """How many statements it takes to show a page, the session's own included."""
    await guest.open(address)
    told: list[str] = []

    def note(record: object) -> None:
        told.append(str(getattr(record, "query", "")).strip())

    async with deployment.scopes.reading(tenant) as here:
        connection = here.connection
        connection.add_query_logger(note)
    # The pool hands out last what came back last, and one request asks one after the other.
    answer = await guest.open(address)
    assert answer.status_code == 200
    async with deployment.scopes.reading(tenant) as here:
        here.connection.remove_query_logger(note)
    return len(
        [
            each
            for each in told
            if each.startswith(("SELECT", "WITH", "INSERT", "UPDATE")) and "pg_advisory_unlock" not in each
        ]
    )


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/console", 8),
        ("/console/customers", 2),
        ("/console/segments", 3),
        ("/console/segments/classes", 4),
        ("/console/segments/new", 1),
        ("/console/surveys", 6),
        # One of them is each figure of the loop: what is open, how soon, what came of it, and what was answered next.
        ("/console/care", 6),
        ("/console/surveys/studio", 4),
        ("/console/surveys/studio/nps", 7),
        ("/console/surveys/studio/nps/draft", 5),
        ("/console/referrals", 3),
        ("/console/reviews", 7),
        ("/console/reviews/doubts", 2),
        ("/console/reviews/signs", 5),
        ("/console/rewards", 4),
        ("/console/test", 1),
        ("/console/ledger", 4),
        ("/console/ledger/postings", 4),
        ("/console/payouts/stripe", 3),
        ("/console/purchases", 3),
        ("/console/payouts/vouchers", 3),
        ("/console/program", 5),
        ("/console/links", 6),
        ("/console/share", 3),
        ("/console/share/campaigns", 2),
        ("/console/share/codes", 2),
        ("/console/scores", 3),
        ("/console/scores/model", 4),
        ("/console/webhooks", 3),
        # One of them is whether the chain of the log was found broken.
        ("/console/audit", 6),
    ],
)
async def test_a_page_asks_the_same_few_questions_however_much_there_is(deployment, birke, desk, address, most):
    guest = await desk()
    assert await queries(deployment, birke, guest, address) == most
    await come(deployment, birke, *[Record(external_id=str(n)) for n in range(60)])
    for friend in ("bert", "clara", "dora"):
        await recommended(deployment, birke, cents=90_000, friend=friend)
    assert await queries(deployment, birke, guest, address) == most


@pytest.mark.parametrize(("page", "most"), [("", 5), ("/parts", 5), ("/drivers", 3), ("/comments", 4), ("/loyalty", 3)])
async def test_a_surveys_figures_ask_the_same_few_questions_of_few_and_of_many(deployment, birke, desk, page, most):
    guest = await desk()
    address = f"/console/surveys/results/nps{page}"
    assert await queries(deployment, birke, guest, address) == most
    await answered.survey(deployment, birke)
    assert await queries(deployment, birke, guest, address) == most


async def test_all_surveys_side_by_side_are_two_questions(deployment, birke, desk):
    guest = await desk()
    assert await queries(deployment, birke, guest, "/console/surveys/results") == 3
    await answered.survey(deployment, birke)
    assert await queries(deployment, birke, guest, "/console/surveys/results") == 3


async def test_a_persons_page_asks_no_more_of_who_did_more(deployment, birke, desk):
    guest = await desk()
    await recommended(deployment, birke, cents=90_000)
    async with deployment.scopes.reading(birke):
        anna = await finding.by_email(email="anna@people.example")
    address = f"/console/customers/{anna.id}"
    assert await queries(deployment, birke, guest, address) == 16
    for friend in ("clara", "dora"):
        await recommended(deployment, birke, cents=90_000, friend=friend)
    assert await queries(deployment, birke, guest, address) == 16


async def test_a_cases_page_asks_no_more_of_whom_much_became_of(deployment, birke, desk):
    guest, at = await desk(), clock.now() - timedelta(hours=3)
    (clara,) = await come(deployment, birke, Record(email="clara@people.example", given_name="Clara"))
    async with deployment.scopes.inside(birke):
        case = await opening.open(answer=await caring.answered(clara, 3, comment="Zu laut.", at=at), at=at)
    address = f"/console/care/{case}"
    # Notes are read with the key of whom they are about; one of them takes as much as many.
    await guest.send(f"{address}/notes", note="Sprach mit 0 Leuten.")
    assert await queries(deployment, birke, guest, address) == 13
    for n in range(1, 4):
        await guest.send(f"{address}/notes", note=f"Sprach mit {n} Leuten.")
        await guest.send(f"{address}/letters", subject=f"Unser {n}. Brief", wording="Es tut uns leid.")
        await guest.send(f"{address}/contacts", way="phone", reached="yes", contact_note="")
        async with deployment.scopes.inside(birke):
            await caring.answered(clara, n, comment="Schon wieder.", at=at - timedelta(days=n + 1))
        await desk(role="support", name=f"Susi{n}")
    assert await queries(deployment, birke, guest, address) == 13
    assert ("Sprach mit 3 Leuten." in guest.page) is ("Unser 3. Brief" in guest.page) is ("Susi3" in guest.page) is True


async def test_the_team_is_read_at_once_however_many_there_are(deployment, birke, desk):
    guest = await desk()
    assert await queries(deployment, birke, guest, "/console/team") == 2
    for name in ("bert", "clara", "dora"):
        await desk(name=name)
    assert await queries(deployment, birke, guest, "/console/team") == 2
