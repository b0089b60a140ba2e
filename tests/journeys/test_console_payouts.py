"""Accounting gathers, somebody else approves, the bank gets its file, and what comes back is noted."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import NamedTuple
from uuid import UUID

import httpx
import pytest
from defusedxml import ElementTree

from leumund.kit import clock, ground
from leumund.payouts import banking, entering, setting
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import staffing
from tests.journeys.desks import said
from tests.journeys.guests import OURS, Guest
from tests.journeys.staffing import Colleague
from tests.rooms import paying, test_transfers, whole

Visit = Callable[..., Guest]
HERE = "/console/payouts"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


class Desk(NamedTuple):
    """A device, and the app on its owner's telephone."""

    guest: Guest
    colleague: Colleague

    async def send(self, path: str, *, steps_ahead: int = 0, **fields: str) -> httpx.Response:
        """A form with a fresh code."""
        given = {"code": self.colleague.code(steps_ahead=steps_ahead)} | fields
        return await self.guest.client.post(path, data=given, headers=OURS)


@pytest.fixture
async def birke(deployment: Deployment, company: Tenant) -> Tenant:
    """Anna and Clara are owed money, have entered where it goes, and every batch takes two people."""
    async with deployment.scopes.inside(company):
        await whole.company(at=clock.now())
        for name in ("anna", "clara"):
            email = f"{name}@people.example"
            await paying.earned(f"{name}-1", advocate=email, at=clock.now())
            at = test_transfers.visit(await whole.person(email, at=clock.now()), proven_at=clock.now())
            iban = "DE89370400440532013000"
            await entering.enter_account(visit=at, iban=iban, holder=name.title(), language="de", at=clock.now())
        await ground.execute("INSERT INTO payout_way VALUES ('cash', 'sepa', $1)", clock.now())
        await ground.execute("INSERT INTO payout_limit VALUES ('EUR', 1, 5000, 5000, NULL, $1)", clock.now())
        await test_transfers.own_account()
    return company


async def at(deployment: Deployment, birke: Tenant, visit: Visit, role: str, name: str) -> Desk:
    colleague = await staffing.enrolled(deployment, birke, role=role, name=name)
    return Desk(await staffing.signed_in(deployment, visit, birke, colleague), colleague)


async def test_a_batch_takes_two_people_and_leaves_as_a_file(deployment: Deployment, birke: Tenant, visit: Visit):
    accounting = await at(deployment, birke, visit, "accounting", "Carl")
    owner = await at(deployment, birke, visit, "owner", "Olivia")
    await accounting.guest.open(HERE)
    assert "100,00 €" in said(accounting.guest.page)
    made = await accounting.send(HERE, way="sepa", currency="EUR")
    assert made.status_code == 303
    batch = made.headers["location"].partition("?")[0]
    await accounting.guest.open(batch)
    assert "jemand anderes" in said(accounting.guest.page)
    refused = await accounting.send(f"{batch}/approval", seen_cents="10000")
    assert (refused.status_code, "vier Augen" in said(refused.text)) == (422, True)
    wrong = await owner.send(f"{batch}/approval", seen_cents="10000", code=owner.colleague.wrong_code())
    assert wrong.status_code == 422
    changed = await owner.send(f"{batch}/approval", seen_cents="1", steps_ahead=-1)
    assert (changed.status_code, "geändert" in said(changed.text)) == (422, True)
    approved = await owner.send(f"{batch}/approval", seen_cents="10000")
    assert approved.headers["location"] == f"{batch}?done=approved"
    late = await accounting.send(f"{batch}/approval", seen_cents="10000", steps_ahead=1)
    assert late.status_code == 409
    await _to_the_bank(deployment, birke, owner, batch)


async def _to_the_bank(deployment: Deployment, birke: Tenant, owner: Desk, batch: str) -> None:
    day = banking.next_bank_day(datetime.now(UTC).date()).isoformat()
    sent = await owner.send(f"{batch}/sending", execution_date=day, steps_ahead=1)
    assert sent.headers["location"] == f"{batch}?done=sent"
    await _renew(deployment, birke, owner)
    file = await owner.send(f"{batch}/file", reason="bank")
    assert file.headers["content-type"].startswith("application/xml")
    tree = ElementTree.parse(BytesIO(file.content))
    assert tree.findtext(".//p:GrpHdr/p:CtrlSum", None, SPACE) == "100.00"
    ids = [each.text for each in tree.iterfind(".//p:EndToEndId", SPACE)]
    await _renew(deployment, birke, owner)
    back = await owner.send(f"{batch}/{UUID(ids[0])}/outcome", outcome="account_closed", reference="Auszug 12")
    assert back.headers["location"] == f"{batch}?done=recorded"
    await _renew(deployment, birke, owner)
    rest = await owner.send(f"{batch}/settlement", reference="Auszug 13")
    assert rest.headers["location"] == f"{batch}?done=arrived"
    await owner.guest.open(batch)
    page = said(owner.guest.page)
    assert "Konto erloschen" in page
    assert "Auszug 13" in page
    async with deployment.scopes.reading(birke):
        assert await paying.held("paid_out") == 5000
        assert await paying.state("payout_batch", UUID(batch.rpartition("/")[2])) == "done"


async def _renew(deployment: Deployment, birke: Tenant, desk: Desk) -> None:
    """Half a minute later; a code is good once."""
    async with deployment.scopes.inside(birke):
        await ground.execute("UPDATE staff_member SET totp_last_step = 0 WHERE id = $1", desk.colleague.member)


@pytest.mark.parametrize("role", ["viewer", "marketing", "support", "privacy_officer"])
async def test_whoever_does_not_pay_sees_none_of_it(deployment: Deployment, birke: Tenant, visit: Visit, role: str):
    desk = await staffing.at_desk(deployment, visit, birke, role=role)
    for page in (HERE, f"{HERE}/vouchers", f"{HERE}/settings"):
        assert (await desk.client.get(page)).status_code == 403
    assert (await desk.client.post(HERE, data={"way": "sepa", "currency": "EUR"}, headers=OURS)).status_code == 403


async def test_settings_are_checked_whole_and_kept_with_a_code(deployment: Deployment, birke: Tenant, visit: Visit):
    owner = await at(deployment, birke, visit, "owner", "Olivia")
    fields = {
        "holder": "Birke AG",
        "iban": "DE89 3704 0044 0532 0130 01",
        "purpose": "Prämie",
        "donation_to": "",
        "schedule": "weekly",
        "schedule_day": "9",
        "way_cash": "stripe_balance",
        "least_EUR": "5",
        "batch_EUR": "viel",
        "payout_EUR": "1.000,50",
        "year_EUR": "",
    }
    refused = await owner.send(f"{HERE}/settings", **fields)
    assert refused.status_code == 422
    for field in ("iban", "schedule_day", "way_cash", "batch_EUR"):
        assert f'id="{field}-wrong"' in refused.text
    await _renew(deployment, birke, owner)
    right = {"iban": "DE89 3704 0044 0532 0130 00", "schedule_day": "1", "way_cash": "sepa", "batch_EUR": "500"}
    assert (await owner.send(f"{HERE}/settings", **fields | right)).headers["location"] == f"{HERE}/settings?done=saved"
    async with deployment.scopes.reading(birke):
        limit, said_now = await setting.limit(currency="EUR"), await setting.read()
    assert (limit.least_cents, limit.four_eyes_batch_cents, limit.four_eyes_payout_cents) == (500, 50_000, 100_050)
    assert (said_now.iban, said_now.schedule) == ("DE89370400440532013000", "weekly")
    await owner.guest.open(f"{HERE}/settings")
    assert "DE89370400440532013000" not in owner.guest.page


async def test_a_file_of_codes_is_read_line_by_line(deployment: Deployment, birke: Tenant, visit: Visit):
    desk = await at(deployment, birke, visit, "accounting", "Carl")
    opened = await desk.send(f"{HERE}/vouchers", name="Buchladen", worth="25,00", currency="EUR", low_below="3")
    assert opened.headers["location"] == f"{HERE}/vouchers?done=opened"
    twice = await desk.send(f"{HERE}/vouchers", name="Noch einer", worth="25", currency="EUR", low_below="3")
    assert twice.status_code == 422
    async with deployment.scopes.reading(birke):
        (pool,) = await ground.fetch("SELECT id FROM voucher_pool")
    broken = b"Code;bis\r\nBUCH-1;31.12.2099\r\nBUCH-2;bald\r\n"
    answers = [
        await desk.guest.client.post(
            f"{HERE}/vouchers/{pool['id']}", files={"file": ("codes.csv", content, "text/csv")}, headers=OURS
        )
        for content in (broken, broken.replace(b"bald", b"2099-12-31"), b"BUCH-2\nBUCH-3\n", b"\xff\xfe")
    ]
    assert [answer.status_code for answer in answers] == [422, 303, 200, 422]
    assert "Zeile 3: Hinter dem Code steht kein Tag" in said(answers[0].text)
    assert "1 Code aufgenommen. 1 Zeile blieb weg" in said(answers[2].text)
    assert "Zeile 1: Der Code liegt schon in diesem Vorrat." in said(answers[2].text)
    async with deployment.scopes.reading(birke):
        assert len(await ground.fetch("SELECT FROM voucher")) == 3
