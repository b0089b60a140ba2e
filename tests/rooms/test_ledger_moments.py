"""What the books hold, at any moment and by whatever they are looked at, is the sum of their postings."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.ledger import balancing, causes, closing, listing, posting, stating
from leumund.ledger.listing import Sought
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.rooms.test_ledger import undone

PROGRAM, OTHER_PROGRAM, ANNA, BERT = (UUID(int=n) for n in range(1, 5))
DAY = timedelta(days=1)
BUDGET, PENDING, AVAILABLE = "program_budget", "reward_pending", "reward_available"
CLAWBACK, TRANSIT, PAID = "clawback", "payout_in_transit", "paid_out"


def account(kind: str, owner: UUID, currency: str = "EUR") -> Account:
    return Account(kind, owner, currency)


async def move(debit: Account, credit: Account, cents: int, cause: str, at: datetime = NOON) -> None:
    await posting.post_all(moves=[Move(debit, credit, cents, cause)], at=at)


async def annas_life() -> UUID:
    """A reward of Anna's is granted, released a fortnight later, and paid the day after that."""
    reward, payout = uuid4(), uuid4()
    pending, available = account(PENDING, ANNA), account(AVAILABLE, ANNA)
    transit, paid = account(TRANSIT, ANNA), account(PAID, ANNA)
    await move(account(BUDGET, PROGRAM), pending, 2500, f"reward {reward} granted")
    await move(pending, available, 2500, f"reward {reward} released", NOON + 14 * DAY)
    await move(available, transit, 2500, f"payout {payout} created", NOON + 15 * DAY)
    await move(transit, paid, 2500, f"payout {payout} confirmed", NOON + 16 * DAY)
    return reward


async def kinds(at: datetime | None = None) -> dict[str, int]:
    return {each.kind: each.cents for each in await balancing.by_kind(at=at) if each.cents}


async def test_the_books_tell_of_each_moment(inside: Ground):
    await annas_life()
    assert await kinds(NOON - DAY) == {}
    assert await kinds(NOON) == {BUDGET: -2500, PENDING: 2500}, "the moment itself counts"
    assert await kinds(NOON + 14 * DAY) == {BUDGET: -2500, AVAILABLE: 2500}
    assert await kinds(NOON + 15 * DAY) == {BUDGET: -2500, TRANSIT: 2500}
    assert await kinds() == {BUDGET: -2500, PAID: 2500}
    assert await balancing.held(kind=AVAILABLE, owner=ANNA, currency="EUR", at=NOON + 14 * DAY) == 2500
    assert await balancing.held(kind=AVAILABLE, owner=ANNA, currency="EUR") == 0
    assert await balancing.held(kind=BUDGET, owner=PROGRAM, currency="EUR", at=NOON - DAY) == 0


async def test_closed_days_are_told_as_before(inside: Ground):
    await annas_life()
    moments = [None, *(NOON + n * DAY / 2 for n in range(-2, 36))]
    before = [(await kinds(at), await spent(at)) for at in moments]
    for night in (NOON + 3 * DAY, NOON + 17 * DAY, NOON + 17 * DAY, NOON + 40 * DAY):
        await closing.close(at=night)
        assert [(await kinds(at), await spent(at)) for at in moments] == before
        assert await closing.untrue() == []
    assert await closing.closed() == (NOON + 38 * DAY).date()


async def spent(at: datetime | None) -> int:
    return -await balancing.held(kind=BUDGET, owner=PROGRAM, currency="EUR", at=at)


async def test_a_day_is_closed_when_it_has_been_over_for_a_day(inside: Ground):
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    await closing.close(at=midnight + DAY - timedelta(microseconds=1))
    assert await closing.closed() == date(2026, 2, 27)
    await closing.close(at=midnight + DAY)
    assert await closing.closed() == date(2026, 2, 28)
    await closing.close(at=midnight)
    assert await closing.closed() == date(2026, 2, 28), "what was closed stays so"


async def test_nothing_is_posted_into_a_closed_day_and_what_was_told_before_may_be_told_again(inside: Ground):
    told = (account(BUDGET, PROGRAM), account(PENDING, ANNA), 2500, "reward 1 granted")
    await move(*told)
    await closing.close(at=NOON + 2 * DAY)
    await move(*told)
    with pytest.raises(posting.DayClosed):
        async with ground.savepoint():
            await move(*told[:3], "reward 2 granted")
    await move(*told[:3], "reward 2 granted", at=NOON + DAY)
    assert await kinds() == {BUDGET: -5000, PENDING: 5000}


@pytest.mark.parametrize(
    "behind",
    [
        "UPDATE ledger_day SET cents = cents + 1",
        "UPDATE ledger_day SET debit_program = gen_random_uuid()",
        "DELETE FROM ledger_day",
        "INSERT INTO ledger_day SELECT day_date - 1, currency, debit_kind, debit_program, credit_kind, credit_program, "
        "postings, cents FROM ledger_day",
        "DELETE FROM ledger_closed",
    ],
)
async def test_sums_that_somebody_changed_are_found(deployment: Deployment, company: Tenant, behind: str):

    async with deployment.scopes.inside(company):
        await annas_life()
        await closing.close(at=NOON + 2 * DAY)
    async with as_owner(deployment.server) as owner:
        await owner.execute(f"SET search_path = {company.schema_name}; {behind}")
    async with deployment.scopes.reading(company):
        assert await closing.untrue()


async def test_a_company_can_add_up_days_and_never_change_them(inside: Ground):
    for attack in ("UPDATE ledger_day SET cents = 1", "DELETE FROM ledger_day", "DELETE FROM ledger_closed"):
        with pytest.raises(Exception, match="permission denied"):
            async with ground.savepoint():
                await ground.execute(attack)


steps = some.lists(
    some.tuples(
        some.sampled_from(
            [
                (account(BUDGET, PROGRAM), account(PENDING, ANNA)),
                (account(BUDGET, OTHER_PROGRAM), account(PENDING, BERT)),
                (account(PENDING, ANNA), account(AVAILABLE, ANNA)),
                (account(PENDING, BERT), account(BUDGET, OTHER_PROGRAM)),
                (account(AVAILABLE, ANNA), account(CLAWBACK, PROGRAM)),
                (account(BUDGET, PROGRAM, "CHF"), account(PENDING, ANNA, "CHF")),
                (account(AVAILABLE, ANNA), account(TRANSIT, ANNA)),
            ]
        ),
        some.integers(1, 5000),
        some.integers(0, 5),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=30)
@given(told=steps, night=some.integers(0, 8), limit=some.integers(1, 7), hours=some.integers(0, 6 * 24))
async def test_every_look_at_the_books_agrees_with_their_postings(
    inside: Ground, told: list[tuple[tuple[Account, Account], int, int]], night: int, limit: int, hours: int
):
    async with undone():
        for number, (sides, cents, day) in enumerate(told):
            await move(*sides, cents, f"reward {number} granted", NOON + day * DAY + timedelta(minutes=number))
        await closing.close(at=NOON + night * DAY)
        at = NOON + timedelta(hours=hours)
        rows = await ground.fetch("SELECT id, debit, credit, currency, cents, posted_at FROM ledger_posting")
        accounts = {
            row["id"]: row for row in await ground.fetch("SELECT id, kind, owner, currency FROM ledger_account")
        }
        for each in accounts.values():
            ours = [row for row in rows if row["posted_at"] <= at]
            wanted = sum(row["cents"] * ((row["credit"] == each["id"]) - (row["debit"] == each["id"])) for row in ours)
            held = {name: each[name] for name in ("kind", "owner", "currency")}
            assert await balancing.held(**held, at=at) == wanted
        assert set((await balancing.totals(at=at)).values()) <= {0}
        for sought in (
            Sought(),
            Sought(currency="CHF"),
            Sought(kind=PENDING),
            Sought(kind=TRANSIT, currency="EUR"),
            Sought(kind=PENDING, owner=BERT),
            Sought(owner=PROGRAM),
            Sought(kind=CLAWBACK),
            Sought(kind=AVAILABLE, since=NOON + DAY, before=at),
        ):
            wanted_ids = [row["id"] for row in _newest(rows) if _fits(sought, row, accounts)]
            assert await _paged(sought, limit) == wanted_ids, sought


def _newest(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(rows, key=lambda row: (row["posted_at"], row["id"]), reverse=True)  # type: ignore[arg-type,return-value]


def _fits(sought: Sought, row: dict[str, object], accounts: dict[object, dict[str, object]]) -> bool:
    at = row["posted_at"]
    assert isinstance(at, datetime)
    sides = [accounts[row[side]] for side in ("debit", "credit")]
    return (
        any(sought.kind in ("", side["kind"]) and sought.owner in (None, side["owner"]) for side in sides)
        and sought.currency in ("", row["currency"])
        and (sought.since is None or at >= sought.since)
        and (sought.before is None or at < sought.before)
    )


async def _paged(sought: Sought, limit: int) -> list[UUID]:
    page = await listing.page(sought=sought, limit=limit)
    seen = list(page.rows)
    while page.after is not None:
        page = await listing.page(sought=sought, after=page.after, limit=limit)
        seen += page.rows
    return [line.id for line in seen]


async def test_a_statement_says_what_moved_and_what_was_left_after_it(inside: Ground):
    await annas_life()
    await move(account(BUDGET, PROGRAM, "CHF"), account(PENDING, ANNA, "CHF"), 900, "reward 9 granted")
    await move(account(BUDGET, PROGRAM), account(PENDING, BERT), 7700, "reward 8 granted")
    told = await stating.state(owner=ANNA)
    euros = [each for each in told.movements if each.currency == "EUR"]
    deeds = [causes.read(each.cause)[::2] for each in euros]
    assert deeds == [("payout", "confirmed"), ("payout", "created"), ("reward", "released"), ("reward", "granted")]
    left = [(each.pending_cents, each.available_cents, each.transit_cents, each.paid_cents) for each in euros]
    assert left == [(0, 0, 0, 2500), (0, 0, 2500, 0), (0, 2500, 0, 0), (2500, 0, 0, 0)]
    assert {currency: each.pending_cents for currency, each in told.newest.items()} == {"EUR": 0, "CHF": 900}
    assert not told.more
    short = await stating.state(owner=ANNA, most=2)
    assert (len(short.movements), short.more) == (2, True)
    assert short.movements[0].paid_cents == 2500, "cut short, it says the same"


async def test_whoever_has_nothing_has_an_empty_statement(inside: Ground):
    assert (await stating.state(owner=uuid4())).movements == []
