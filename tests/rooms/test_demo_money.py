"""The demo's two months of a program keep what it promises, leave something to approve, and its books are right."""

from datetime import timedelta
from uuid import UUID

import pytest

from leumund.demo import earning, neighbours
from leumund.demo.paying import Payers
from leumund.insight import proving
from leumund.kit import ground
from leumund.payouts import approving
from leumund.payouts.approving import SecondPerson
from tests.conftest import NOON
from tests.rooms import paying, whole

DESK = Payers(accountant=paying.ACCOUNTANT, owner=paying.OWNER)
_REWARDS = """
SELECT w.state, w.cents FROM reward w JOIN customer c ON c.id = w.beneficiary
WHERE w.side = 'advocate' AND w.beneficiary = $1 ORDER BY w.granted_at, w.cents
"""


@pytest.fixture
async def greta(inside: None) -> UUID:
    """Who brought five friends; two months of the program lie behind her."""
    await whole.company(at=NOON - timedelta(days=90))
    people = [await whole.person(email, at=NOON - timedelta(days=90)) for email in neighbours.ADVOCATES]
    await earning.earned(DESK, today=NOON)
    return people[0]


async def test_tiers_a_bonus_and_a_milestone_are_paid_or_wait(greta: UUID):
    got = [(row["state"], row["cents"]) for row in await ground.fetch(_REWARDS, greta)]
    first_three = [("paid", 2000), ("paid", 5000), ("paid", 2000), ("paid", 5000), ("paid", 2000), ("paid", 7500)]
    since = [("scheduled", 2000), ("scheduled", 7500), ("scheduled", 7500), ("scheduled", 10_000)]
    assert got == first_three + since


async def test_friends_stand_at_every_stage(greta: UUID):
    rows = await ground.fetch("SELECT state, count(*) AS many FROM referral GROUP BY state")
    assert {row["state"]: row["many"] for row in rows} == {
        "approved": 7,
        "attributed": 1,
        "in_review": 1,
        "voided": 1,
    }
    rewards = await ground.fetch("SELECT DISTINCT state FROM reward")
    assert {row["state"] for row in rewards} == {"paid", "scheduled", "pending", "canceled"}


async def test_one_batch_arrived_and_the_other_needs_the_owner(greta: UUID):
    rows = await ground.fetch("SELECT id, state FROM payout_batch ORDER BY created_at")
    assert [row["state"] for row in rows] == ["done", "draft"]
    waits, total = rows[1]["id"], await paying.total(rows[1]["id"])
    with pytest.raises(SecondPerson):
        await approving.approve(batch=waits, seen_cents=total, by=DESK.accountant, at=NOON)
    assert await approving.approve(batch=waits, seen_cents=total, by=DESK.owner, at=NOON) == "approved"


async def test_the_books_are_right(greta: UUID):
    verdict = await proving.prove(at=NOON)
    assert (verdict.faults, verdict.sums) == ([], {"EUR": 0})
