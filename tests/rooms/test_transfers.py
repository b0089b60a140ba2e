"""A person says where their money goes, and the bank's file says so to the cent, each time it is asked for."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from leumund.customers.login.factors import NeedsProof
from leumund.customers.login.visiting import Visit
from leumund.kit import ground
from leumund.payouts import approving, batching, collecting, entering, settling, submitting, transferring
from leumund.payouts import setting as settings
from leumund.payouts.carrying import Carried
from leumund.payouts.setting import IBAN
from leumund.privacy.forgetting import erasing
from tests.rooms import paying, whole
from tests.rooms.paying import ACCOUNTANT, ANNA, LATER, NOON, OWNER

THEIRS, OTHER = "FR14 2004 1010 0505 0001 3M02 606", "DE89 3704 0044 0532 0130 00"
TUESDAY = date(2026, 12, 15)


@pytest.fixture
async def described(inside: ground.Ground) -> None:
    """The company pays cash by transfers."""
    await whole.company(at=NOON)
    await ground.execute("INSERT INTO payout_way VALUES ('cash', 'sepa', $1)", NOON)
    await own_account()


async def own_account(iban: str = "DE02120300000000202051", *, holder: str = "Linden Energie GmbH") -> None:
    row = await settings.lock()
    await ground.execute("UPDATE payout_setting SET holder = $2, iban_sealed = $1", IBAN.seal(iban, row), holder)


def visit(customer: UUID, *, proven_at: datetime | None) -> Visit:
    return Visit(id=UUID(int=1), customer=customer, second_factor_at=proven_at, held=None)


async def enter(iban: str = THEIRS, *, email: str = ANNA, proven_at: datetime | None = NOON) -> None:
    customer = await whole.person(email, at=NOON)
    at = visit(customer, proven_at=proven_at)
    await entering.enter_account(visit=at, iban=iban, holder="Änne Ahorn", language="de", at=NOON)


async def approved() -> UUID:
    batch = await batching.draft(way="sepa", currency="EUR", by=ACCOUNTANT, at=LATER)
    await approving.approve(batch=batch, seen_cents=await paying.total(batch), by=OWNER, at=LATER)
    return batch


@pytest.mark.usefixtures("described")
async def test_nobody_says_where_money_goes_without_a_second_factor_a_moment_ago():
    await whole.person(ANNA, at=NOON)
    for proven_at in (None, NOON - timedelta(days=1)):
        with pytest.raises(NeedsProof):
            await enter(proven_at=proven_at)
    assert await ground.fetch("SELECT FROM payout_account") == []


@pytest.mark.usefixtures("described")
async def test_whoever_entered_an_account_is_told_of_it_and_paid_there():
    await paying.earned("A-1")
    due = await collecting.due(way="sepa", currency="EUR", at=LATER)
    assert (due.planned, due.waits) == ([], {"no_account": 1})
    await enter()
    told = await entering.account_of(customer=await whole.person(ANNA, at=NOON))
    assert told is not None
    assert (told.iban, told.holder) == ("FR1420041010050500013M02606", "Änne Ahorn")
    assert len(await ground.fetch("SELECT FROM message WHERE kind = 'account_notice'")) == 1
    assert (await collecting.due(way="sepa", currency="EUR", at=LATER)).cents == 5000


@pytest.mark.usefixtures("described")
async def test_the_file_says_the_account_of_the_moment_it_was_sent():
    await paying.earned("A-1")
    await enter()
    batch = await approved()
    with pytest.raises(transferring.NothingToTransfer):
        await transferring.file(batch=batch)
    await submitting.send(batch=batch, by=ACCOUNTANT, at=LATER, execution_date=TUESDAY)
    file = await transferring.file(batch=batch)
    await enter(OTHER)
    assert await transferring.file(batch=batch) == file
    # Another bank of the company's own would not know that its file was carried out before.
    await own_account("DE89370400440532013000", holder="Linden Wärme GmbH")
    assert await transferring.file(batch=batch) == file
    (transfer,) = await transferring.transfers(batch=batch)
    assert (transfer.iban, transfer.cents, transfer.holder) == ("FR1420041010050500013M02606", 5000, "Änne Ahorn")
    assert b"<Nm>Aenne Ahorn</Nm>" in file
    assert b">50.00<" in file


@pytest.mark.usefixtures("described")
@pytest.mark.parametrize("day", [LATER.date(), date(2026, 12, 12), date(2026, 12, 25), date(2027, 6, 1)])
async def test_a_file_is_for_a_day_on_which_banks_work(day: date):
    await paying.earned("A-1")
    await enter()
    batch = await approved()
    with pytest.raises(transferring.NotABankDay):
        async with ground.savepoint():
            await submitting.send(batch=batch, by=ACCOUNTANT, at=LATER, execution_date=day)
    assert await paying.state("payout_batch", batch) == "approved"


@pytest.mark.usefixtures("described")
async def test_whoever_takes_their_account_away_before_the_file_waits_again():
    await paying.earned("A-1")
    await enter()
    batch = await approved()
    customer = await whole.person(ANNA, at=NOON)
    await entering.remove_account(visit=visit(customer, proven_at=NOON), language="de", at=NOON)
    assert await submitting.send(batch=batch, by=ACCOUNTANT, at=LATER, execution_date=TUESDAY) == 0
    assert await paying.held("reward_available") == 5000


@pytest.mark.usefixtures("described")
async def test_a_transfer_that_comes_back_gives_the_money_back():
    reward = await paying.earned("A-1")
    await enter()
    batch = await approved()
    await submitting.send(batch=batch, by=ACCOUNTANT, at=LATER, execution_date=TUESDAY)
    (payout,) = await paying.payouts(batch)
    await settling.settle(payout=payout, carried=Carried(state="confirmed"), at=LATER)
    await settling.settle(payout=payout, carried=Carried(state="failed", reason="account_closed"), at=LATER)
    assert (await paying.state("payout", payout), await paying.state("reward", reward)) == ("returned", "failed")
    assert (await collecting.due(way="sepa", currency="EUR", at=LATER)).cents == 5000


@pytest.mark.usefixtures("described")
async def test_whoever_wants_to_be_gone_is_paid_first_and_then_their_account_goes_too():
    await paying.earned("A-1")
    await enter()
    anna = await whole.person(ANNA, at=NOON)
    actor = f"customer:{anna}"
    await erasing.begin(customer=anna, reason="consent_withdrawn", actor=actor, language="de", at=NOON)
    due = NOON + erasing.GRACE
    assert not await erasing.finish(customer=anna, at=due)
    batch = await approved()
    await submitting.send(batch=batch, by=ACCOUNTANT, at=LATER, execution_date=TUESDAY)
    assert not await erasing.finish(customer=anna, at=due + timedelta(days=7)), "it is on its way"
    await settling.settle(
        payout=(await paying.payouts(batch))[0], carried=Carried(state="confirmed"), at=due + timedelta(days=8)
    )
    assert await erasing.finish(customer=anna, at=due + timedelta(days=30))
    assert await ground.fetch("SELECT FROM payout_account WHERE customer = $1", anna) == []
    assert await paying.held("paid_out") == 5000


@pytest.mark.usefixtures("described")
async def test_an_address_is_forgotten_once_the_parcel_is_gone():
    reward = await paying.earned("A-1")
    await ground.execute("UPDATE payout_way SET way = 'goods'")
    assert (await collecting.due(way="goods", currency="EUR", at=LATER)).waits == {"no_address": 1}
    customer = await whole.person(ANNA, at=NOON)
    address = "Änne Ahorn\nLindenstraße 1\n10969 Berlin"
    await entering.enter_address(visit=visit(customer, proven_at=NOON), address=address, language="de", at=NOON)
    assert await entering.address_of(customer=customer) == address
    (payout,) = await paying.payouts(await paying.sent(way="goods"))
    assert await entering.address_of(customer=customer) == address, "it has still to be sent"
    await settling.settle(payout=payout, carried=Carried(state="confirmed", reference="DHL 1"), at=LATER)
    assert await entering.address_of(customer=customer) == ""
    assert await paying.state("reward", reward) == "paid"
