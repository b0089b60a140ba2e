"""Each way out of the house, gone in a live company and in its twin: of the twin nothing gets out."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from leumund.company import describing
from leumund.consent.giving import confirming, requesting
from leumund.consent.giving.requesting import Offered
from leumund.kit import ground, outside
from leumund.kit.ground import Ground
from leumund.kit.twins import NotInTwin
from leumund.messages import delivering, sending
from leumund.messages.accompanying import inviting
from leumund.messages.carrying import choosing, signing
from leumund.messages.carrying.choosing import Server
from leumund.messages.carrying.handing import TWIN, Carrier
from leumund.messages.carrying.tables import MailServer as Chosen
from leumund.messages.kinds import KINDS, Kind
from leumund.messages.sending import Mail, Marks
from leumund.payouts import ibans, stocking, submitting, transferring
from leumund.payouts.stripe import checking, keeping
from leumund.payouts.stripe.connecting import Service
from leumund.payouts.stripe.keeping import Theirs, WrongMode
from leumund.rewards import drawing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.domains import claiming
from tests import mailservers
from tests.conftest import NOON, RollBack
from tests.mailservers import MailServer
from tests.rooms import paying, test_events, test_ledger_batches, test_transfers, whole
from tests.rooms.test_consent import ANNA, PROFILE, person, publish
from tests.stripe_server import serving

PURPOSES = ("survey", "recommendation")
_LOG = "SELECT kind, state, smtp_response FROM message ORDER BY kind"


@pytest.fixture
def live(linden: Tenant) -> Tenant:
    """The company whose test company ``twin`` is."""
    return linden


@asynccontextmanager
async def trying(deployment: Deployment, tenant: Tenant) -> AsyncIterator[Ground]:
    """Inside ``tenant``; what was done is undone at the end."""
    try:
        async with deployment.scopes.inside(tenant) as here:
            yield here
            raise RollBack
    except RollBack:
        pass


@pytest.fixture
def operators(tmp_path: Path) -> Iterator[MailServer]:
    with mailservers.running(tmp_path) as server:
        yield server


# Mail


async def test_no_mail_of_any_kind_leaves_a_twin(
    deployment: Deployment, live: Tenant, twin: Tenant, operators: MailServer
):
    carrier = Carrier(url(operators), "", outside.resolver([]))
    sent = {}
    for tenant in (live, twin):
        async with trying(deployment, tenant):
            met_before = len(operators.taken)
            for message in await mails_of_all_kinds():
                await delivering.deliver_by(message=message, meet=carrier.meet, at=NOON)
            log = [row for row in await ground.fetch(_LOG) if row["state"] == "sent"]
            sent[tenant.id] = [row["kind"] for row in log]
            went = len(operators.taken) - met_before
            assert went == (0 if tenant.is_twin else len(log))
            assert {row["smtp_response"] for row in log} == {TWIN if tenant.is_twin else "250 2.0.0"}
    assert sent[live.id] == sent[twin.id], "what happens next is the same"
    assert len(set(sent[live.id])) > len(KINDS) * 3 // 4, "most kinds were sent, to customers and to members"


def url(server: MailServer) -> str:
    return f"smtp://127.0.0.1:{server.port}"


async def mails_of_all_kinds() -> list[str]:
    """A mail of each kind to Anna, who agreed to all, and to Bert, who works here."""
    await describing.describe(profile=PROFILE, at=NOON)
    for purpose in PURPOSES:
        await publish(purpose, ["email"], "de")
    anna = await person(ANNA)
    boxes = dict.fromkeys(PURPOSES, True)
    offered = Offered(boxes=boxes, language="de", source="test")
    await confirming.confirm(
        request=await requesting.request(customer=anna, email=ANNA, offered=offered, at=NOON), at=NOON
    )
    bert = await inviting.invite(
        email="bert@linden.example", name="Bert", role="owner", language="de", actor="system:test", at=NOON
    )
    queued = []
    for name, kind in KINDS.items():
        if kind.written or kind.written_at:
            # Words somebody writes each time, tried by their own rooms' tests; the server is met by the same deed.
            continue
        whose = {"member": bert} if kind.path.startswith("/console") else {"customer": anna}
        purpose = next((each for each in PURPOSES if kind.is_for(each)), None) if kind.advertising else None
        mail = Mail(**whose, subject_id=uuid4(), question=question(kind), marks=marks(kind), language="de")
        queued += await sending.queue_all(kind=name, mails=[mail], purpose=purpose, at=NOON)
    return queued


def question(kind: Kind) -> str:
    return (
        "Wie wahrscheinlich empfehlen Sie uns?" if kind.asks_score else "one_person.friend" if kind.gives_reason else ""
    )


def marks(kind: Kind) -> Marks | None:
    return Marks(kind="nps", first=0, last=10) if kind.asks_score else None


async def test_a_server_of_the_twins_own_is_neither_taken_nor_met(
    deployment: Deployment, twin: Tenant, operators: MailServer
):
    async with trying(deployment, twin):
        with pytest.raises(NotInTwin):
            await choosing.choose(server=Server("smtp.linden.example", 587, "", ""), actor="system:test", at=NOON)
        row = uuid4()
        await Chosen.insert(Chosen(id=row, host="127.0.0.1", port=587, created_at=NOON, proven_at=NOON))
        await describing.describe(profile=PROFILE, at=NOON)
        message = await sending.queue(
            kind="portal_login", customer=await person(ANNA), subject_id=uuid4(), language="de", at=NOON
        )
        either = Carrier(url(operators), "", outside.resolver([]), lambda _: True, ports={587: operators.port})
        await delivering.deliver_by(message=message, meet=either.meet, at=NOON)
        assert (await ground.fetch(_LOG))[0]["smtp_response"] == TWIN
    assert operators.taken == []


# Stripe


@pytest.mark.parametrize("key", ["rk_live_51Linden4711", "rk_test_51Linden4711"])
async def test_a_key_of_the_other_mode_is_not_even_tried(deployment: Deployment, live: Tenant, twin: Tenant, key: str):
    for tenant in (live, twin):
        fits = keeping.is_live(key) != tenant.is_twin
        with serving.running(livemode=keeping.is_live(key)) as stripe:
            stripe.known, service = {key}, Service(stripe.url, 1.0)
            theirs = Theirs(stripe.books.account, "DE")
            async with trying(deployment, tenant):
                if fits:
                    await keeping.keep(key=key, theirs=theirs, actor="system:test", at=NOON)
                    assert (await keeping.entry()).livemode == (not tenant.is_twin)
                else:
                    with pytest.raises(WrongMode):
                        await keeping.keep(key=key, theirs=theirs, actor="system:test", at=NOON)
                    with pytest.raises(WrongMode):
                        await checking.check(service, key, is_twin=tenant.is_twin)
                    assert stripe.script.seen == []
            if fits:
                assert await checking.check(service, key, is_twin=tenant.is_twin) == theirs


# The bank's file


async def test_no_bank_carries_out_a_twins_file_and_every_bank_a_live_ones(
    deployment: Deployment, live: Tenant, twin: Tenant
):
    for tenant in (live, twin):
        async with trying(deployment, tenant):
            await whole.company(at=NOON)
            await ground.execute("INSERT INTO payout_way VALUES ('cash', 'sepa', $1)", NOON)
            await test_transfers.own_account()
            for order, advocate in (("A-1", ANNA), ("C-1", "clara@people.example")):
                await paying.earned(order, advocate=advocate)
                await test_transfers.enter(email=advocate)
            batch = await test_transfers.approved()
            await submitting.send(
                batch=batch, by=paying.ACCOUNTANT, at=paying.LATER, execution_date=test_transfers.TUESDAY
            )
            file = await transferring.file(batch=batch)
            assert await transferring.file(batch=batch) == file
        accounts = [account.decode() for account in re.findall(b"<IBAN>([A-Z0-9]+)</IBAN>", file)]
        assert len(accounts) == len(set(accounts)) + (0 if tenant.is_twin else 1) == 3
        for account in accounts:
            if tenant.is_twin:
                assert account.startswith("DE00TEST")
                with pytest.raises(ibans.NotAnIban):
                    ibans.normal(account)
            else:
                assert ibans.normal(account) == account


# Codes


async def test_a_twin_gives_no_code_that_is_worth_something(deployment: Deployment, live: Tenant, twin: Tenant):
    for tenant in (live, twin):
        async with trying(deployment, tenant):
            await whole.company(at=NOON)
            codes = [stocking.Code(code="TEST-4711"), stocking.Code(code="BUCH-4711")]
            pool = await stocking.open_pool(
                name="Buchladen", currency="EUR", cents=1000, low_below=0, by=paying.OWNER, at=NOON
            )
            if tenant.is_twin:
                with pytest.raises(stocking.RealCode):
                    await stocking.stock(pool=pool, codes=codes, by=paying.OWNER, at=NOON)
                codes.pop()
            stocked = await stocking.stock(pool=pool, codes=codes, by=paying.OWNER, at=NOON)
            assert stocked.added == len(codes)
            assert drawing.code().startswith("TEST-") is tenant.is_twin


# Files that programs elsewhere read


async def test_what_accountants_take_along_from_a_twin_is_taken_for_real_by_nobody(
    deployment: Deployment, live: Tenant, twin: Tenant
):
    for tenant in (live, twin):
        async with trying(deployment, tenant):
            await whole.company(at=NOON)
            await test_ledger_batches.ready()
            (file,) = await test_ledger_batches.take()
            begins = "TEST-" if tenant.is_twin else ""
            # DATEV looks for files whose names begin like this.
            assert file.name.startswith(f"{begins}EXTF_")
            assert f'"{begins}Empfehlungen ' in file.content.decode("cp1252")


# Webhooks


async def test_a_webhook_says_whether_it_happened_for_real(deployment: Deployment, live: Tenant, twin: Tenant):
    for tenant in (live, twin):
        async with trying(deployment, tenant):
            await test_events.subscribe()
            (delivery,) = await test_events.told()
            parcel = await test_events.due(delivery)
            assert json.loads(parcel.body())["livemode"] is not tenant.is_twin


# DNS


async def test_a_twin_has_no_name_in_the_worlds_dns(deployment: Deployment, live: Tenant, twin: Tenant):
    async def noting(**_: object) -> None:
        """Nobody reads it."""

    for tenant in (live, twin):
        async with trying(deployment, tenant):
            await describing.describe(profile=PROFILE, at=NOON)
            for deed in (
                claiming.claim(name="empfehlung.linden.example", at=NOON, note=noting),
                signing.prepare(actor="system:test", at=NOON),
                signing.look_up(at=NOON),
            ):
                if tenant.is_twin:
                    with pytest.raises(NotInTwin):
                        await deed
                else:
                    await deed
