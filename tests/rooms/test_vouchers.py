"""A voucher's code comes out of the company's pools: whoever finds none waits and is served in order."""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from leumund.insight import proving, retracing
from leumund.kit import ground
from leumund.payouts import approving, arranging, batching, collecting, counting, setting, stocking, submitting
from leumund.payouts.stocking import Code
from leumund.programs import publishing
from leumund.rewards import drawing, refunding, releasing, restoring
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.rooms import caring, paying, whole
from tests.rooms.paying import ACCOUNTANT, LATER, NOON, OWNER

TOMORROW = LATER + timedelta(days=1)


@pytest.fixture
async def described(inside: ground.Ground) -> None:
    await whole.company(at=NOON)


async def friends(order_id: str) -> UUID:
    """The friend's voucher of 25 euros, released; returns that reward."""
    await paying.earned(order_id)
    (row,) = await ground.fetch(
        "SELECT w.id, w.hold_until FROM reward w JOIN conversion c ON c.id = w.conversion "
        "WHERE c.order_id = $1 AND w.side = 'friend'",
        order_id,
    )
    await releasing.release(reward=row["id"], at=row["hold_until"])
    reward: UUID = row["id"]
    return reward


async def arrange(way: str) -> None:
    wanted = arranging.Arrangement(setting=await setting.read(), ways={"voucher": way}, limits={})
    await arranging.arrange(wanted=wanted, actor=f"staff:{OWNER}", at=LATER)


async def code_of(reward: UUID) -> str | None:
    (row,) = await ground.fetch("SELECT voucher_code FROM reward WHERE id = $1", reward)
    code: str | None = row["voucher_code"]
    return code


async def worth(cents: int = 2500) -> counting.Worth:
    (found,) = [each for each in await counting.worths(at=LATER) if each.cents == cents]
    return found


@pytest.mark.usefixtures("described")
async def test_where_no_pool_is_nobody_draws_a_code_and_the_company_sees_who_waits():
    reward = await friends("A-1")
    assert await code_of(reward) is None
    seen = await worth()
    assert (seen.pool, seen.waiting, seen.lacking, seen.is_low) == (None, 1, 1, True)
    (row,) = await ground.fetch("SELECT referral FROM reward WHERE id = $1", reward)
    answer = (await retracing.retrace(referral=row["referral"])).answers["friend"]
    assert (answer.key, answer.of and answer.of.lacks) == ("lacking", "no_code")


@pytest.mark.usefixtures("described")
async def test_what_is_promised_is_wanted_before_anybody_has_earned_it():
    seen = await worth()
    assert (seen.pool, seen.waiting, seen.coming, seen.is_low) == (None, 0, 0, True)
    await arrange("manual")
    assert await counting.worths(at=LATER) == []


@pytest.mark.usefixtures("described")
async def test_whoever_waited_before_there_was_a_pool_gets_the_first_codes_in_their_order():
    rewards = [await friends(order) for order in ("A-1", "A-2", "A-3")]
    await paying.sent(way="voucher")
    waits = "SELECT p.id FROM payout p JOIN payout_item i ON i.payout = p.id ORDER BY p.created_at, p.id"
    first, second, third = [row["id"] for row in await ground.fetch(waits)]
    (row,) = await ground.fetch("SELECT referral FROM reward WHERE id = $1", rewards[0])
    assert (await retracing.retrace(referral=row["referral"])).answers["friend"].key == "lacking"
    await paying.pooled(["BUCH-1", "BUCH-2"])
    given = await ground.fetch("SELECT payout FROM voucher ORDER BY position")
    assert [each["payout"] for each in given] == [first, second]
    seen = await worth()
    assert (seen.left, seen.given, seen.waiting, seen.lacking) == (0, 2, 1, 1)
    assert seen.pool is not None
    await stocking.stock(pool=seen.pool, codes=[Code(code="BUCH-3")], by=ACCOUNTANT, at=LATER)
    assert await paying.state("payout", third) == "confirmed"
    assert {await paying.state("reward", each) for each in rewards} == {"fulfilled"}


@pytest.mark.usefixtures("described")
async def test_whoever_gave_their_order_back_while_they_waited_gets_no_code_for_it():
    bert, clara, dora = [await friends(order) for order in ("A-1", "A-2", "A-3")]
    await paying.sent(way="voucher")
    await refunding.refund(order_id="A-1", actor="key:shop", at=LATER)
    await refunding.refund(order_id="A-2", cents=1, told_as="R-1", actor="key:shop", at=LATER)
    pool = await paying.pooled(["BUCH-1", "BUCH-2", "BUCH-3"])
    seen = await worth()
    assert (seen.left, seen.given, seen.lacking) == (1, 2, 0)
    assert {await paying.state("reward", each) for each in (clara, dora)} == {"fulfilled"}
    assert await paying.state("reward", bert) == "canceled"
    assert await ground.fetch("SELECT reason FROM payout WHERE state = 'failed'") == [{"reason": "taken_back"}]
    assert (await proving.look()).faults == []
    await restoring.restore(order_id="A-1", actor="key:shop", at=TOMORROW)
    (again,) = await ground.fetch("SELECT id FROM reward WHERE side = 'friend' AND state = 'pending'")
    await releasing.release(reward=again["id"], at=TOMORROW)
    await paying.sent(way="voucher", at=TOMORROW)
    assert await ground.fetch("SELECT count(payout) AS given FROM voucher WHERE pool = $1", pool) == [{"given": 3}]
    assert (await proving.look()).faults == []


@pytest.mark.usefixtures("described")
async def test_a_company_that_makes_codes_valid_itself_says_so_and_whoever_waits_gets_one():
    waits = await friends("A-1")
    await arrange("made")
    drawn = await code_of(waits)
    assert drawn is not None
    assert await ground.fetch("SELECT FROM event WHERE kind = 'reward.approved' AND subject = $1", waits) != []
    later = await code_of(await friends("A-2"))
    assert later not in (None, drawn)
    assert await drawing.draw_for_waiting(at=LATER) == 0
    assert (await collecting.due(way="made", currency="EUR", at=LATER)).planned == []
    assert "made" not in {each.way for each in await collecting.everything(at=LATER)}
    with pytest.raises(batching.NothingDue):
        await batching.draft(way="made", currency="EUR", by=ACCOUNTANT, at=LATER)
    assert await counting.worths(at=LATER) == []


@pytest.mark.usefixtures("described")
async def test_what_a_file_brings_twice_or_that_was_used_is_left_out_and_told_by_its_line():
    other = await paying.pooled(["ANDERS-1"], cents=700)
    pool = await paying.pooled(["BUCH-1"])
    await ground.execute("UPDATE voucher_pool SET name = 'Laden' WHERE id = $1", other)
    await friends("A-1")
    await paying.sent(way="voucher")
    await ground.execute("UPDATE reward SET voucher_code = 'GEZOGEN1' WHERE side = 'advocate'")
    brought = ["BUCH-2", "BUCH-1", "BUCH-2", "ANDERS-1", "GEZOGEN1"]
    codes = [Code(code=code, line=line) for line, code in enumerate(brought, start=2)]
    codes += [Code(code="BUCH-3", expires_date=LATER.date(), line=7), Code(code="BUCH-4", line=8)]
    stocked = await stocking.stock(pool=pool, codes=codes, by=ACCOUNTANT, at=LATER)
    assert [(each.line, each.why, each.pool) for each in stocked.left_out] == [
        (3, "used", "Buchladen"),
        (4, "twice", ""),
        (5, "pool", "Laden"),
        (6, "used", ""),
        (7, "over", ""),
    ]
    assert (stocked.added, (await worth()).left) == (2, 2)
    again = await stocking.stock(pool=pool, codes=codes, by=ACCOUNTANT, at=LATER)
    assert (again.added, len(again.left_out)) == (0, 7)


@pytest.mark.usefixtures("described")
async def test_accounting_is_warned_before_a_pool_runs_dry_and_once():
    await caring.member("Carl", role="accounting")
    await caring.member("Mia", role="marketing")
    assert await stocking.warn(at=LATER) == 1, "there is no pool for what is promised"
    assert await stocking.warn(at=TOMORROW) == 0
    pool = await paying.pooled(["BUCH-1", "BUCH-2", "BUCH-3"], low_below=2)
    assert await stocking.warn(at=TOMORROW) == 0
    for order in ("A-1", "A-2"):
        await friends(order)
    assert await stocking.warn(at=TOMORROW) == 1, "two of three are as good as gone"
    assert await stocking.warn(at=TOMORROW + timedelta(days=1)) == 0
    codes = [Code(code="BUCH-4")]
    await stocking.stock(pool=pool, codes=codes, by=ACCOUNTANT, at=TOMORROW)
    assert await stocking.warn(at=TOMORROW + timedelta(days=2)) == 0
    told = await ground.fetch(
        "SELECT m.role FROM message g JOIN staff_member m ON m.id = g.member WHERE g.kind = 'vouchers_low'"
    )
    assert [row["role"] for row in told] == ["accounting", "accounting"]


async def test_codes_that_come_while_a_batch_leaves_reach_everybody_who_waits_once(
    deployment: Deployment, company: Tenant
):
    """Two pools are filled meanwhile, one of them just opened: nobody waits in a circle, and nobody is forgotten."""
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        vouchers = [msgspec.structs.replace(rule, kind="voucher") for rule in whole.TERMS.rules]
        await publishing.publish(terms=msgspec.structs.replace(whole.TERMS, rules=vouchers), at=NOON)
        rewards = [await friends(f"A-{number}") for number in range(6)]
        fifty = await paying.pooled(["FUNFZIG-0"], cents=5000)
        batch = await batching.draft(way="voucher", currency="EUR", by=ACCOUNTANT, at=LATER)
        await approving.approve(batch=batch, seen_cents=await paying.total(batch), by=OWNER, at=LATER)

    async def send() -> int:
        async with deployment.scopes.inside(company):
            return await submitting.send(batch=batch, by=ACCOUNTANT, at=LATER)

    async def fill(pool: UUID, mark: str, number: int) -> int:
        async with deployment.scopes.inside(company):
            codes = [Code(code=f"{mark}-{each}") for each in range(1, number + 1)]
            return (await stocking.stock(pool=pool, codes=codes, by=ACCOUNTANT, at=LATER)).given

    async def open_and_fill() -> int:
        async with deployment.scopes.inside(company):
            pool = await stocking.open_pool(
                name="Neu", currency="EUR", cents=2500, low_below=0, by=ACCOUNTANT, at=LATER
            )
        return await fill(pool, "ZWANZIG", 6)

    await asyncio.gather(send(), open_and_fill(), fill(fifty, "FUNFZIG", 3), fill(fifty, "NOCH", 2))
    async with deployment.scopes.reading(company):
        states = {await paying.state("reward", each) for each in rewards}
        given = await ground.fetch("SELECT payout FROM voucher WHERE payout IS NOT NULL")
        assert await paying.state("payout_batch", batch) == "done"
    assert states == {"fulfilled"}
    assert len({row["payout"] for row in given}) == len(given) == 12
