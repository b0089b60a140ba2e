"""An owner gives the company a name before mail servers, and what comes back by SMTP reaches its company alone."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from functools import partial
from uuid import UUID, uuid4

import pytest

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.demo import processes
from leumund.kit import clock, ground, outside
from leumund.messages import delivering, sending
from leumund.messages.carrying import choosing, returning, signing
from leumund.messages.carrying.handing import Carrier
from leumund.returns import taking
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import senders
from tests import nameserver
from tests.journeys import staffing
from tests.journeys.guests import OURS, Guest
from tests.journeys.staffing import Colleague
from tests.nameserver import NameServer
from tests.rules.test_mail_reports import BOUNCE, HOLIDAY

Visit = Callable[..., Guest]
HERE = "/console/mail"
SPF = "include:spf.leumund.example"
RETURNS = "returns.leumund.example"


@pytest.fixture
async def anna(deployment: Deployment, birke: Tenant) -> Colleague:
    return await staffing.enrolled(deployment, birke)


@pytest.fixture
async def screen(deployment: Deployment, visit: Visit, birke: Tenant, anna: Colleague) -> AsyncIterator[Guest]:
    yield await staffing.signed_in(deployment, visit, birke, anna)
    async with deployment.scopes.inside(birke):
        await ground.execute("DELETE FROM mail_server")
        await ground.execute("DELETE FROM mail_domain")


async def post(guest: Guest, path: str, **fields: str) -> None:
    guest.answer = await guest.client.post(path, data=fields, headers=OURS)


async def look_up(deployment: Deployment, tenant: Tenant, dns: NameServer) -> None:
    """The worker's errand, done at once."""
    carrier = Carrier("smtp://127.0.0.1:1", "", outside.resolver([("127.0.0.1", dns.port)]))
    settings = deployment.settings.model_copy(update={"sender_spf": SPF})
    inside = partial(deployment.scopes.inside, tenant)
    async with inside():
        sender = await signing.current()
    assert sender is not None
    await senders.looking_up(settings, carrier).run(inside, sender.id, clock.now())


async def test_records_are_shown_and_found_once_they_stand(deployment: Deployment, birke: Tenant, screen: Guest):
    await screen.open(HERE)
    assert "_domainkey" not in screen.page
    await post(screen, f"{HERE}/records")
    assert screen.answer.headers["location"] == f"{HERE}?done=prepared"
    async with nameserver.running() as dns:
        await look_up(deployment, birke, dns)
        await screen.open(f"{HERE}?lang=en")
        assert screen.page.count("missing") == 2, "SPF is not asked for where the operator told nothing of it"
        async with deployment.scopes.reading(birke):
            sender = await signing.current()
        assert sender is not None
        for record in sender.wanted(SPF):
            assert record.kind == "spf" or record.words in screen.page
            dns.says(record.name, record.words)
        await look_up(deployment, birke, dns)
    await screen.open(f"{HERE}?lang=en")
    assert "missing" not in screen.page
    assert screen.page.count("correct") == 2
    assert ">active<" in screen.page
    async with deployment.scopes.reading(birke):
        found = await signing.current()
    assert found is not None
    assert (found.spf, found.dkim, found.dmarc) == ("good", "good", "good")


async def test_a_server_is_taken_with_the_code_and_tried_by_the_worker(
    deployment: Deployment, birke: Tenant, screen: Guest, anna: Colleague
):
    told = {"host": "smtp.birke.example", "port": "465", "username": "birke", "password": "geheim geheim"}
    await post(screen, f"{HERE}/server", **told, code=anna.wrong_code())
    assert screen.answer.status_code == 422
    assert "geheim geheim" not in screen.answer.text
    async with deployment.scopes.reading(birke):
        assert await choosing.current() is None
    await post(screen, f"{HERE}/server", **told | {"host": "127.0.0.1"}, code=anna.code(steps_ahead=1))
    assert (screen.answer.status_code, 'id="host-wrong"' in screen.answer.text) == (422, True)
    async with deployment.scopes.inside(birke):
        await ground.execute("UPDATE staff_member SET totp_last_step = 0, failed_attempts = 0")
    await post(screen, f"{HERE}/server", **told, code=anna.code())
    assert screen.answer.headers["location"] == f"{HERE}?done=chosen"
    await screen.open(f"{HERE}?lang=en")
    assert "being tried" in screen.page
    assert "geheim geheim" not in screen.page
    async with deployment.scopes.reading(birke):
        server = await choosing.current()
    assert server is not None
    async with nameserver.running() as dns:
        carrier = Carrier("smtp://127.0.0.1:1", "", outside.resolver([("127.0.0.1", dns.port)]))
        await senders.trying(carrier).run(partial(deployment.scopes.inside, birke), server.id, clock.now())
    await screen.open(f"{HERE}?lang=en")
    assert "Server not found" in screen.page
    await post(screen, f"{HERE}/server/removal")
    await screen.open(HERE)
    assert "smtp.birke.example" not in screen.page


@pytest.mark.parametrize("role", ["viewer", "privacy_officer", "marketing"])
async def test_only_owners_say_who_carries_the_mail(deployment: Deployment, visit: Visit, birke: Tenant, role: str):
    bert = await staffing.at_desk(deployment, visit, birke, role=role, name="Bert")
    assert (await bert.open(HERE)).status_code == 403
    await post(bert, f"{HERE}/records")
    assert bert.answer.status_code == 403


# What comes back


class Postman:
    """Somebody's mail server, which brings us what it could not deliver."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def bring(self, to: str, content: str) -> int:
        """The code it is answered with."""

        def deliver() -> int:
            with smtplib.SMTP("127.0.0.1", self._port, timeout=60) as client:
                try:
                    client.sendmail("", [to], content)
                except smtplib.SMTPRecipientsRefused as fault:
                    return next(iter(fault.recipients.values()))[0]
                except smtplib.SMTPResponseException as fault:
                    return fault.smtp_code
            return 250

        return await asyncio.to_thread(deliver)

    async def ask(self, to: str) -> list[int]:
        """What is answered to the envelope, and to whoever wants to go on to the mail."""

        def knock() -> list[int]:
            with smtplib.SMTP("127.0.0.1", self._port, timeout=60) as client:
                client.ehlo()
                client.mail("")
                answered = [client.rcpt(to)[0], client.docmd("DATA")[0]]
                if answered[-1] == 354:
                    client.docmd(".")
                return answered

        return await asyncio.to_thread(knock)


@pytest.fixture
async def postman(deployment: Deployment) -> AsyncIterator[Postman]:
    port = processes.free_port()
    told = deployment.settings.model_copy(update={"returns_domain": RETURNS, "returns_port": port})
    stop, ready = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(taking.serve(deployment._replace(settings=told), stop=stop, ready=ready))
    await ready.wait()
    yield Postman(port)
    stop.set()
    await serving


@pytest.fixture
async def clara(deployment: Deployment, birke: Tenant) -> UUID:
    return await registered(deployment, birke)


async def registered(deployment: Deployment, tenant: Tenant) -> UUID:
    record = Record(email=f"clara-{uuid4().hex}@example.com")
    async with deployment.scopes.inside(tenant):
        return (await registering.register(record=record, source="test", at=clock.now())).id


async def invited(deployment: Deployment, tenant: Tenant, customer: UUID) -> str:
    """The envelope of a mail that went out to ``customer``."""

    async def post(_mail: object) -> str:
        return "250 2.0.0"

    at = clock.now()
    async with deployment.scopes.inside(tenant):
        message = await sending.queue(kind="portal_login", customer=customer, subject_id=customer, language="de", at=at)
        await delivering.deliver(message=message, post=post, at=at)
        return returning.envelope(message, domain=RETURNS)


async def stopped(deployment: Deployment, tenant: Tenant) -> int:
    """How many addresses bounced there."""
    async with deployment.scopes.reading(tenant):
        rows = await ground.fetch(
            "SELECT FROM consent_suppression WHERE reason = 'bounce' "
            "AND address_hash IN (SELECT address_hash FROM message)"
        )
    return len(rows)


async def test_what_comes_back_stops_its_address_in_its_company_alone(
    deployment: Deployment, birke: Tenant, brands: dict[str, Tenant], clara: UUID, postman: Postman
):
    neighbour = brands["linden"]
    envelope, theirs = await invited(deployment, birke, clara), await stopped(deployment, neighbour)
    before = await stopped(deployment, birke)
    for _ in range(2):
        assert await postman.bring(envelope, BOUNCE.format(action="failed", status="5.1.1")) == 250
    assert await stopped(deployment, birke) == before + 1
    assert await stopped(deployment, neighbour) == theirs


async def test_an_answer_from_holiday_is_taken_and_stops_nobody(
    deployment: Deployment, birke: Tenant, clara: UUID, postman: Postman
):
    before = await stopped(deployment, birke)
    assert await postman.bring(await invited(deployment, birke, clara), HOLIDAY) == 250
    assert await stopped(deployment, birke) == before


async def test_nobody_is_stopped_by_an_envelope_that_was_made_up(
    deployment: Deployment, birke: Tenant, brands: dict[str, Tenant], clara: UUID, postman: Postman
):
    bounce = BOUNCE.format(action="failed", status="5.1.1")
    envelope = await invited(deployment, birke, clara)
    other = await invited(deployment, brands["linden"], await registered(deployment, brands["linden"]))
    local, theirs = envelope.partition("@")[0], other.partition("@")[0]
    before = await stopped(deployment, birke), await stopped(deployment, brands["linden"])
    for made_up in (
        "postmaster@" + RETURNS,
        local + "@elsewhere.example",
        local[:-1] + ("a" if local[-1] != "a" else "b") + "@" + RETURNS,
        # Birke's message under Linden's name, and the other way round.
        local[:26] + theirs[26:] + "@" + RETURNS,
        theirs[:26] + local[26:] + "@" + RETURNS,
        "a" * 62 + "@" + RETURNS,
    ):
        assert await postman.bring(made_up, bounce) == 550, made_up
    assert (await stopped(deployment, birke), await stopped(deployment, brands["linden"])) == before


async def test_nothing_is_taken_of_a_mail_whose_envelope_was_made_up(
    deployment: Deployment, birke: Tenant, clara: UUID, postman: Postman
):
    envelope = await invited(deployment, birke, clara)
    local = envelope.partition("@")[0]
    made_up = local[:-1] + ("a" if local[-1] != "a" else "b") + "@" + RETURNS
    assert await postman.ask(made_up) == [550, 503], "not even its first line"
    assert await postman.ask(envelope) == [250, 354]


async def test_a_report_as_long_as_a_book_is_refused(
    deployment: Deployment, birke: Tenant, clara: UUID, postman: Postman
):
    assert await postman.bring(await invited(deployment, birke, clara), HOLIDAY + "lang\n" * 150_000) == 552
