"""What is due is collected once, approved by whom it takes, carried out of the house, and settled to the cent."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.insight import proving
from leumund.kit import ground
from leumund.ledger import balancing
from leumund.payouts import approving, batching, collecting, listing, settling, submitting
from leumund.payouts.carrying import Carried
from leumund.programs import publishing
from leumund.programs.offers import Rule
from leumund.rewards import refunding, releasing
from tests.rooms import paying, whole
from tests.rooms.paying import ACCOUNTANT, LATER, NOON, OWNER


@pytest.fixture
async def described(inside: ground.Ground) -> AsyncIterator[None]:
    """A company; whatever happens to its payouts, the books say of each reward and payout what those say."""
    await whole.company(at=NOON)
    yield
    assert (await proving.look()).faults == []


CONFIRMED, FAILED = Carried(state="confirmed", reference="4711"), Carried(state="failed", reason="account_closed")


async def mails() -> list[str]:
    rows = await ground.fetch("SELECT kind FROM message WHERE kind LIKE 'reward\\_%paid' ORDER BY created_at, kind")
    return [row["kind"] for row in rows]


@pytest.mark.usefixtures("described")
async def test_two_rewards_of_one_person_become_one_payout_that_arrives():
    rewards = [await paying.earned(order) for order in ("A-1", "A-2")]
    batch = await paying.sent()
    (payout,) = await paying.payouts(batch)
    assert (await paying.total(batch), await paying.held("payout_in_transit")) == (10_000, 10_000)
    for _ in range(2):
        assert await settling.settle(payout=payout, carried=CONFIRMED, at=LATER) == "confirmed"
    assert [await paying.state("reward", reward) for reward in rewards] == ["paid", "paid"]
    assert (await paying.held("payout_in_transit"), await paying.held("paid_out")) == (0, 10_000)
    assert await paying.state("payout_batch", batch) == "done"
    assert await mails() == ["reward_paid"]
    assert await balancing.totals() == {"EUR": 0}


@pytest.mark.usefixtures("described")
async def test_what_fails_is_theirs_again_and_comes_with_the_next_batch():
    reward = await paying.earned("A-1")
    (payout,) = await paying.payouts(await paying.sent())
    assert await settling.settle(payout=payout, carried=FAILED, at=LATER) == "failed"
    assert (await paying.state("reward", reward), await paying.held("reward_available")) == ("failed", 5000)
    assert await mails() == ["reward_unpaid"]
    with pytest.raises(settling.Contradicted):
        await settling.settle(payout=payout, carried=CONFIRMED, at=LATER)
    (again,) = await paying.payouts(await paying.sent())
    await settling.settle(payout=again, carried=CONFIRMED, at=LATER)
    assert (await paying.state("reward", reward), await paying.held("paid_out")) == ("paid", 5000)


@pytest.mark.usefixtures("described")
async def test_what_comes_back_after_it_arrived_is_theirs_again():
    reward = await paying.earned("A-1")
    (payout,) = await paying.payouts(await paying.sent())
    await settling.settle(payout=payout, carried=CONFIRMED, at=LATER)
    for _ in range(2):
        assert await settling.settle(payout=payout, carried=FAILED, at=LATER) == "returned"
    assert (await paying.held("paid_out"), await paying.held("reward_available")) == (0, 5000)
    assert await paying.state("reward", reward) == "failed"
    assert await mails() == ["reward_paid", "reward_unpaid"]


@pytest.mark.usefixtures("described")
async def test_an_unclear_answer_is_neither_paid_nor_given_back_until_it_is_clear():
    await paying.earned("A-1")
    (payout,) = await paying.payouts(await paying.sent())
    assert (
        await settling.settle(payout=payout, carried=Carried(state="unknown", reason="timeout"), at=LATER) == "unknown"
    )
    assert await paying.held("payout_in_transit") == 5000
    assert (await collecting.due(way="manual", currency="EUR", at=LATER)).planned == []
    assert await settling.settle(payout=payout, carried=CONFIRMED, at=LATER) == "confirmed"


@pytest.mark.usefixtures("described")
async def test_what_was_taken_back_before_it_left_is_never_paid():
    reward, other = await paying.earned("A-1"), await paying.earned("B-1", advocate="clara@people.example")
    batch = await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)
    await refunding.refund(order_id="A-1", actor="key:test", at=LATER)
    seen = await paying.total(batch)
    assert await approving.approve(batch=batch, seen_cents=seen, by=OWNER, at=LATER) == "changed"
    assert await paying.state("reward", reward) == "canceled"
    assert await approving.approve(batch=batch, seen_cents=5000, by=OWNER, at=LATER) == "approved"
    await refunding.refund(order_id="B-1", actor="key:test", at=LATER)
    assert await submitting.send(batch=batch, by=ACCOUNTANT, at=LATER) == 0
    assert (await paying.state("reward", other), await paying.state("payout_batch", batch)) == ("canceled", "discarded")
    assert (await paying.held("reward_available"), await paying.held("payout_in_transit")) == (0, 0)
    assert await mails() == [], "nothing was promised"


@pytest.mark.usefixtures("described")
async def test_what_was_taken_back_after_it_was_paid_is_set_off_against_what_comes_next():
    await paying.earned("A-1")
    (payout,) = await paying.payouts(await paying.sent())
    await settling.settle(payout=payout, carried=CONFIRMED, at=LATER)
    await refunding.refund(order_id="A-1", actor="key:test", at=LATER)
    assert await paying.held("reward_available") == -5000
    second = await paying.earned("A-2")
    due = await collecting.due(way="manual", currency="EUR", at=LATER)
    assert (due.planned, due.waits) == ([], {"set_off": 1})
    third = await paying.earned("A-3")
    batch = await paying.sent()
    assert await paying.total(batch) == 5000
    await settling.settle(payout=(await paying.payouts(batch))[0], carried=CONFIRMED, at=LATER)
    assert [await paying.state("reward", each) for each in (second, third)] == ["paid", "paid"]
    assert (await paying.held("reward_available"), await paying.held("paid_out")) == (0, 10_000)


@pytest.mark.usefixtures("described")
async def test_a_refund_while_a_payout_is_under_way_is_a_debt_and_one_that_failed_is_nobodys():
    paid, failed = await paying.earned("A-1"), await paying.earned("B-1", advocate="clara@people.example")
    batch = await paying.sent()
    for order in ("A-1", "B-1"):
        await refunding.refund(order_id=order, actor="key:test", at=LATER)
    items = {row["reward"]: row["payout"] for row in await ground.fetch("SELECT reward, payout FROM payout_item")}
    assert await paying.state("payout_batch", batch) == "sent"
    await settling.settle(payout=items[paid], carried=CONFIRMED, at=LATER)
    await settling.settle(payout=items[failed], carried=FAILED, at=LATER)
    assert [await paying.state("reward", each) for each in (paid, failed)] == ["paid", "canceled"]
    assert await paying.held("reward_available") == -5000
    assert await balancing.totals() == {"EUR": 0}


@pytest.mark.usefixtures("described")
async def test_above_the_limit_whoever_made_a_batch_does_not_approve_it():
    for number in range(11):
        await paying.earned(f"A-{number}", advocate=f"anna{number}@people.example")
    batch = await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)
    with pytest.raises(approving.SecondPerson):
        await approving.approve(batch=batch, seen_cents=55_000, by=ACCOUNTANT, at=LATER)
    with pytest.raises(approving.FiguresChanged):
        await approving.approve(batch=batch, seen_cents=54_999, by=OWNER, at=LATER)
    assert await approving.approve(batch=batch, seen_cents=55_000, by=OWNER, at=LATER) == "approved"
    with pytest.raises(batching.BatchMovedOn):
        await approving.approve(batch=batch, seen_cents=55_000, by=OWNER, at=LATER)


@pytest.mark.usefixtures("described")
async def test_what_the_schedule_made_takes_two_people_as_well_above_the_limit():
    for number in range(11):
        await paying.earned(f"A-{number}", advocate=f"anna{number}@people.example")
    batch = await batching.draft(way="manual", currency="EUR", by=None, at=LATER)
    assert await approving.approve(batch=batch, seen_cents=55_000, by=OWNER, at=LATER) == "checked"
    with pytest.raises(approving.SecondPerson):
        await approving.approve(batch=batch, seen_cents=55_000, by=OWNER, at=LATER)
    assert await approving.approve(batch=batch, seen_cents=55_000, by=ACCOUNTANT, at=LATER) == "approved"


@pytest.mark.usefixtures("described")
async def test_small_batches_of_one_day_are_together_what_a_large_one_is():
    """Whoever sets payouts aside makes small batches of a large one."""
    for number in range(11):
        await paying.earned(f"A-{number}", advocate=f"advocate-{number}@people.example")

    async def gathered(payouts: int) -> UUID:
        batch = await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)
        for payout in (await paying.payouts(batch))[payouts:]:
            await batching.set_aside(payout=payout, by=ACCOUNTANT, at=LATER)
        return batch

    first, second = await gathered(5), await gathered(5)
    for batch in (first, second):
        assert await approving.approve(batch=batch, seen_cents=25_000, by=ACCOUNTANT, at=LATER) == "approved"
    last = await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)
    with pytest.raises(approving.SecondPerson):
        await approving.approve(batch=last, seen_cents=5000, by=ACCOUNTANT, at=LATER + timedelta(hours=23))
    assert await approving.approve(batch=last, seen_cents=5000, by=OWNER, at=LATER) == "approved"


@pytest.mark.usefixtures("described")
async def test_a_small_batch_is_approved_by_whoever_made_it():
    await paying.earned("A-1")
    batch = await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)
    assert await approving.approve(batch=batch, seen_cents=5000, by=ACCOUNTANT, at=LATER) == "approved"


@pytest.mark.usefixtures("described")
async def test_a_batch_that_is_let_be_and_a_payout_set_aside_come_again():
    for number in range(2):
        await paying.earned(f"A-{number}", advocate=f"anna{number}@people.example")
    batch = await batching.draft(way="manual", currency="EUR", by=ACCOUNTANT, at=LATER)
    with pytest.raises(batching.NothingDue):
        await batching.draft(way="manual", currency="EUR", by=OWNER, at=LATER)
    (one, _) = await paying.payouts(batch)
    await batching.set_aside(payout=one, by=OWNER, at=LATER)
    assert await paying.total(batch) == 5000
    await batching.discard(batch=batch, by=OWNER, at=LATER)
    assert (await collecting.due(way="manual", currency="EUR", at=LATER)).cents == 10_000
    assert await mails() == []


@pytest.mark.usefixtures("described")
async def test_nobody_is_paid_whose_data_rest_and_whoever_is_about_to_go_is():
    for name in ("anna", "clara", "dora"):
        await paying.earned(f"{name}-1", advocate=f"{name}@people.example")
    for name, hold in (("anna", "restriction"), ("clara", "erasure")):
        await ground.execute(
            "UPDATE customer SET held = $2 WHERE id = $1",
            await whole.person(f"{name}@people.example", at=NOON),
            hold,
        )
    due = await collecting.due(way="manual", currency="EUR", at=LATER)
    assert (due.cents, due.waits) == (10_000, {"held": 1})


@pytest.mark.usefixtures("described")
async def test_little_waits_and_a_year_has_its_most():
    await paying.earned("A-1")
    await ground.execute("INSERT INTO payout_limit VALUES ('EUR', 5001, 0, 0, 12000, $1)", NOON)
    assert (await collecting.due(way="manual", currency="EUR", at=LATER)).waits == {"too_little": 1}
    for order in ("A-2", "A-3"):
        await paying.earned(order)
    due = await collecting.due(way="manual", currency="EUR", at=LATER)
    assert (due.cents, due.waits) == (10_000, {"year": 1})
    await paying.sent()
    assert (await collecting.due(way="manual", currency="EUR", at=LATER)).waits == {"year": 1}
    next_year = LATER + timedelta(days=60)
    assert (await collecting.due(way="manual", currency="EUR", at=next_year)).waits == {"too_little": 1}


@pytest.mark.usefixtures("described")
async def test_codes_are_given_in_order_and_whoever_finds_none_waits():
    names = ("anna", "clara", "dora")
    vouchers = [Rule(side="advocate", kind="voucher", cents=5000), whole.TERMS.rules[1]]
    await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, rules=vouchers), at=NOON)
    for name in names:
        await paying.earned(f"{name}-1", advocate=f"{name}@people.example")
    pool = await paying.pooled(["BUCH-1", "BUCH-2"], cents=5000)
    batch = await paying.sent(way="voucher")
    states = await ground.fetch("SELECT state, reason FROM payout WHERE batch = $1 ORDER BY created_at, id", batch)
    assert [(row["state"], row["reason"]) for row in states] == [
        ("confirmed", ""),
        ("confirmed", ""),
        ("submitted", "no_code"),
    ]
    from leumund.payouts import stocking

    await stocking.stock(pool=pool, codes=[stocking.Code(code="BUCH-3")], by=ACCOUNTANT, at=LATER)
    assert await paying.state("payout_batch", batch) == "done"
    given = await ground.fetch("SELECT payout FROM voucher ORDER BY position")
    assert len({row["payout"] for row in given}) == 3
    assert await mails() == ["reward_paid"] * 3


async def test_a_payout_that_is_not_there_is_not_settled(inside: ground.Ground):
    with pytest.raises(settling.PayoutUnknown):
        await settling.settle(payout=uuid4(), carried=CONFIRMED, at=LATER)


@pytest.mark.usefixtures("described")
async def test_whoever_is_paid_reads_what_waits_and_the_code_they_were_given():
    await paying.pooled(["BUCH-1"])
    await paying.earned("A-1")
    anna, friend = [await whole.person(email, at=NOON) for email in (paying.ANNA, "a-1@people.example")]
    rows = await ground.fetch("SELECT id, hold_until FROM reward WHERE side = 'friend'")
    await releasing.release(reward=rows[0]["id"], at=rows[0]["hold_until"])
    (waits,) = await listing.waiting_of(customer=anna)
    assert (waits.kind, waits.cents, waits.debt_cents) == ("cash", 5000, 0)
    await paying.sent(way="voucher")
    (given,) = await listing.of_person(customer=friend)
    assert (given["state"], given["code"], given["cents"]) == ("confirmed", "BUCH-1", 2500)
    assert await listing.of_person(customer=anna) == []


async def test_a_payout_that_is_not_what_its_rewards_come_to_is_found(inside: ground.Ground):
    """Whoever got hold of the company's own rights in the database may add rows, and cannot add them unseen."""
    await whole.company(at=NOON)
    await paying.earned("A-1")
    mine, theirs = await paying.earned("A-2", released=False), await paying.earned("A-3", advocate="mallory@b.example")
    batch = await paying.sent()
    assert (await proving.look()).faults == []
    payouts = {row["reward"]: row["payout"] for row in await ground.fetch("SELECT payout, reward FROM payout_item")}
    add = "INSERT INTO payout_item (payout, reward, cents) VALUES ($1, $2, 5000)"
    await ground.execute(add, payouts[theirs], mine)
    found = [each for each in (await proving.look()).faults if each.kind == "payout_items"]
    assert [each.which for each in found] == [str(payouts[theirs])]
    assert await paying.state("payout_batch", batch) == "sent"
