"""A company's mails are signed as its own, go by whose server it chose, and what comes back stops one address."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import dkim
import msgspec
import pytest

from leumund.company import describing
from leumund.consent import checking
from leumund.consent.giving import confirming, requesting
from leumund.consent.giving.requesting import Offered
from leumund.kit import ground, outside
from leumund.kit.ground import Ground
from leumund.kit.outside import NotReached
from leumund.messages import delivering, sending
from leumund.messages.carrying import choosing, records, returning, signing
from leumund.messages.carrying.choosing import BadServer, Server
from leumund.messages.carrying.handing import Carrier
from leumund.messages.carrying.reports import COMPLAINT, PERMANENT, TEMPORARY, Report
from leumund.messages.carrying.returning import NotOurs
from leumund.messages.carrying.signing import Sender
from tests import mailservers, nameserver
from tests.mailservers import MailServer
from tests.nameserver import NameServer
from tests.rooms.test_consent import ANNA, PROFILE, person, publish

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACTOR = "system:test"
HOST = "smtp.linden.example"
RETURNS = "returns.leumund.example"


@pytest.fixture
async def dns() -> AsyncIterator[NameServer]:
    async with nameserver.running() as server:
        server.leads(HOST, "127.0.0.1")
        yield server


@pytest.fixture
def operators(tmp_path: Path) -> AsyncIterator[MailServer]:
    with mailservers.running(tmp_path) as server:
        yield server


@pytest.fixture
def carrier(dns: NameServer, operators: MailServer) -> Carrier:
    resolver = outside.resolver([("127.0.0.1", dns.port)])
    return Carrier(f"smtp://127.0.0.1:{operators.port}", RETURNS, resolver, allowed=lambda _: True)


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    """Anna agreed to surveys."""
    await describing.describe(profile=PROFILE, at=NOON)
    await publish("survey", ["email"], "de")
    anna = await person(ANNA)
    request = await requesting.request(
        customer=anna, email=ANNA, offered=Offered(boxes={"survey": True}, language="de", source="test"), at=NOON
    )
    await confirming.confirm(request=request, at=NOON)
    return anna


async def sent(anna: UUID, carrier: Carrier) -> UUID:
    """A survey's invitation, out of the door."""
    message = await sending.queue(
        kind="survey_invitation",
        customer=anna,
        subject_id=uuid4(),
        purpose="survey",
        question="?",
        language="de",
        at=NOON,
    )
    await delivering.deliver(message=message, post=carrier.carry, at=NOON)
    return message


async def proven(dns: NameServer) -> Sender:
    """The sender domain, with its key in the DNS and looked at."""
    sender = await signing.prepare(actor=ACTOR, at=NOON)
    key = next(record for record in sender.wanted("") if record.kind == "dkim")
    dns.says(key.name, key.words)
    await signing.found(domain=sender.id, said={"dkim": records.GOOD, "dmarc": records.MISSING}, at=NOON)
    return sender


def checks(mail: bytes, sender: Sender) -> bool:
    """Whether a receiver who asks DNS for the key believes the signature."""
    key = next(record for record in sender.wanted("") if record.kind == "dkim")
    return bool(
        dkim.verify(mail, dnsfunc=lambda name, **_: key.words.encode() if name == key.name.encode() + b"." else b"")
    )


async def may(anna: UUID) -> bool:
    return await checking.allowed(customer=anna, email=ANNA, purpose="survey", channel="email")


# Signing


async def test_a_proven_domain_signs_what_receivers_can_check(
    anna: UUID, carrier: Carrier, dns: NameServer, operators: MailServer
):
    sender = await proven(dns)
    await sent(anna, carrier)
    (mail,) = operators.taken
    assert checks(mail, sender)
    head = mail.partition(b"\r\n\r\n")[0].lower()
    covered = head.partition(b"h=")[2].partition(b";")[0]
    assert all(name in covered for name in (b"from", b"list-unsubscribe", b"list-unsubscribe-post", b"message-id"))


@pytest.mark.parametrize(("was", "becomes"), [(b"Linden", b"Mallory"), (b"One-Click", b"Two-Click")])
async def test_a_changed_mail_is_not_believed(
    anna: UUID, carrier: Carrier, dns: NameServer, operators: MailServer, was: bytes, becomes: bytes
):
    sender = await proven(dns)
    await sent(anna, carrier)
    (mail,) = operators.taken
    assert was in mail
    assert not checks(mail.replace(was, becomes), sender)


async def test_until_the_key_is_seen_nothing_is_signed(anna: UUID, carrier: Carrier, operators: MailServer):
    sender = await signing.prepare(actor=ACTOR, at=NOON)
    await sent(anna, carrier)
    await signing.found(domain=sender.id, said={"dkim": records.OTHER}, at=NOON)
    await sent(await another(anna), carrier)
    assert [b"DKIM-Signature" in mail for mail in operators.taken] == [False, False]


async def another(anna: UUID) -> UUID:
    """The same person, whom mail may reach anew."""
    await ground.execute(
        "UPDATE message SET sent_at = sent_at - interval '1 year', created_at = created_at - interval '1 year'"
    )
    return anna


async def test_a_domain_has_one_key_however_often_it_is_prepared(anna: UUID):
    first = await signing.prepare(actor=ACTOR, at=NOON)
    assert (await signing.prepare(actor=ACTOR, at=NOON + HOUR)).public_key == first.public_key
    await describing.describe(profile=msgspec.structs.replace(PROFILE, sender_email="a@other.example"), at=NOON)
    assert await signing.current() is None, "another domain is another sender"
    assert (await signing.prepare(actor=ACTOR, at=NOON)).public_key != first.public_key


# The server


async def test_its_own_server_carries_the_mail_once_somebody_got_in(
    anna: UUID, carrier: Carrier, operators: MailServer, tmp_path: Path
):
    with mailservers.running(tmp_path, host=HOST, login=True) as own:
        carrier = carrier._replace(certificates=own.trusted, ports={587: own.port})
        server = await chosen()
        await sent(anna, carrier)
        assert (len(own.taken), len(operators.taken)) == (0, 1), "nobody has tried it yet"
        assert await carrier.get_in(await entry(server)) is None
        await choosing.tried(server=server, fault=None, at=NOON)
        await sent(await another(anna), carrier)
        assert (len(own.taken), len(operators.taken)) == (1, 1)
        await choosing.leave(actor=ACTOR, at=NOON)
        await sent(await another(anna), carrier)
        assert (len(own.taken), len(operators.taken)) == (1, 2)


async def test_another_password_at_the_same_server_leaves_no_mail_to_the_operator(anna: UUID):
    await choosing.tried(server=await chosen(), fault=None, at=NOON)
    await chosen(password="ein neues")
    same = await choosing.entry()
    assert same is not None
    assert (same.host, same.password) == (HOST, "ein neues")
    await chosen(host="smtp.elsewhere.example")
    assert await choosing.entry() is None, "another server has to be tried first"


async def test_tls_from_the_start_gets_in_too(anna: UUID, carrier: Carrier, tmp_path: Path):
    with mailservers.running(tmp_path, host=HOST, from_the_start=True, login=True) as own:
        carrier = carrier._replace(certificates=own.trusted, ports={465: own.port})
        assert await carrier.get_in(await entry(await chosen(port=465))) is None


@pytest.mark.parametrize(
    ("instead", "fault"), [({"password": "falsch"}, "refused"), ({"host": "nowhere.linden.example"}, "no_address")]
)
async def test_a_server_one_does_not_get_into_is_not_used(
    anna: UUID, carrier: Carrier, operators: MailServer, tmp_path: Path, instead: dict[str, str], fault: str
):
    with mailservers.running(tmp_path, host=HOST, login=True) as own:
        carrier = carrier._replace(certificates=own.trusted, ports={587: own.port})
        server = await chosen(**instead)
        assert await carrier.get_in(await entry(server)) == fault
        await choosing.tried(server=server, fault=fault, at=NOON)
        await sent(anna, carrier)
        assert (len(own.taken), len(operators.taken)) == (0, 1)


async def test_no_password_goes_where_nobody_proves_who_they_are(anna: UUID, carrier: Carrier, tmp_path: Path):
    with mailservers.running(tmp_path, host="mallory.example", login=True) as own:
        ports = {587: own.port}
        assert await carrier._replace(ports=ports).get_in(await entry(await chosen())) == "no_tls"
        # Signed by somebody we trust, for another name.
        there = carrier._replace(ports=ports, certificates=own.trusted)
        assert await there.get_in(await entry(await chosen())) == "no_tls"
    with mailservers.running(tmp_path) as own:
        assert await carrier._replace(ports={587: own.port}).get_in(await entry(await chosen())) == "no_tls"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
async def test_no_server_leads_into_our_own_network(anna: UUID, carrier: Carrier, dns: NameServer, address: str):
    dns.leads(HOST, address)
    careful = carrier._replace(allowed=outside.is_public)
    server = await chosen()
    assert await careful.get_in(await entry(server)) == "inner_address"
    await choosing.tried(server=server, fault=None, at=NOON)
    with pytest.raises(NotReached):
        await careful.carry(letter())


def letter() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "a@linden.example", "b@example.com", f"<{uuid4()}@linden.example>"
    mail.set_content("x")
    return mail


@pytest.mark.parametrize(
    ("instead", "field"),
    [
        ({"host": "127.0.0.1"}, "host"),
        ({"host": "localhost"}, "host"),
        ({"host": "smtp://linden.example"}, "host"),
        ({"host": "a" * 250 + ".example"}, "host"),
        ({"port": 25}, "port"),
        ({"port": 6379}, "port"),
        ({"password": ""}, "password"),
        ({"username": ""}, "username"),
        ({"username": "x" * 300}, "username"),
    ],
)
async def test_what_could_be_no_server_is_refused_by_its_field(anna: UUID, instead: dict[str, object], field: str):
    with pytest.raises(BadServer) as refused:
        await chosen(**instead)
    assert refused.value.field == field
    assert await choosing.current() is None


async def test_the_password_is_shown_to_nobody(anna: UUID):
    await chosen()
    assert mailservers.PASSWORD not in str(await choosing.current())
    noted = await ground.fetch("SELECT detail::text FROM audit_entry WHERE action = 'mail.server_chosen'")
    assert HOST in str(noted)
    assert mailservers.USERNAME + '"' not in str(noted)


async def chosen(**instead: object) -> UUID:
    told = {"host": HOST, "port": 587, "username": mailservers.USERNAME, "password": mailservers.PASSWORD} | instead
    return await choosing.choose(server=Server(**told), actor=ACTOR, at=NOON)


async def entry(server: UUID) -> choosing.Server:
    found = await choosing.entry(server=server)
    assert found is not None
    return found


# What comes back


async def test_the_envelope_names_the_message_and_holds_for_this_company(
    anna: UUID, carrier: Carrier, operators: MailServer
):
    message = await sent(anna, carrier)
    local, _, domain = operators.senders[0].partition("@")
    assert domain == RETURNS
    assert len(local) <= 64
    assert returning.message_of(local) == returning.message_of(local.upper()) == message


@pytest.mark.parametrize(
    ("kind", "stops", "reason"), [(PERMANENT, True, "bounce"), (COMPLAINT, True, "complaint"), (TEMPORARY, False, "")]
)
async def test_what_comes_back_for_good_stops_the_address_once(
    anna: UUID, carrier: Carrier, kind: str, stops: bool, reason: str
):
    message = await sent(anna, carrier)
    report = Report(kind, "5.1.1" if kind == PERMANENT else "")
    assert await returning.take(message=message, report=report, at=NOON + HOUR)
    assert await may(anna) is not stops
    assert not await returning.take(message=message, report=report, at=NOON + 2 * HOUR)
    rows = await ground.fetch("SELECT DISTINCT reason FROM consent_suppression")
    assert [row["reason"] for row in rows] == ([reason] if stops else [])
    noted = await ground.fetch("SELECT detail::text FROM audit_entry WHERE action = 'message.returned'")
    assert len(noted) == 1
    assert ANNA not in str(noted)


@pytest.mark.parametrize("place", [0, 30, -1])
async def test_nobody_makes_up_an_envelope(anna: UUID, carrier: Carrier, operators: MailServer, place: int):
    await sent(anna, carrier)
    local = list(operators.senders[0].partition("@")[0])
    local[place] = "a" if local[place] != "a" else "b"
    with pytest.raises(NotOurs):
        returning.message_of("".join(local))


async def test_a_mail_we_know_nothing_of_stops_nobody(anna: UUID):
    with pytest.raises(NotOurs):
        await returning.take(message=uuid4(), report=Report(PERMANENT, ""), at=NOON)
