"""One place may fail to sign in so often, and nobody else pays for it."""

import asyncio
from datetime import timedelta

import pytest

from leumund.kit import clock, ground
from leumund.kit.ground import Ground
from leumund.staff import limiting, rules
from leumund.tenancy import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON

MALLORY = "198.51.100.7"
ANNA = "192.0.2.1"


async def tries(peer: str, times: int) -> None:
    for _ in range(times):
        await limiting.count(peer=peer, at=NOON)


async def test_mallory_uses_up_mallorys_tries_and_not_annas(inside: Ground):
    await tries(MALLORY, rules.ATTEMPTS_OF_PEER)
    with pytest.raises(limiting.TooOften) as refused:
        await limiting.count(peer=MALLORY, at=NOON + timedelta(minutes=5))
    assert refused.value.wait_seconds == 600
    await limiting.count(peer=ANNA, at=NOON)


async def test_after_the_window_one_may_try_again(inside: Ground):
    await tries(MALLORY, rules.ATTEMPTS_OF_PEER)
    await limiting.count(peer=MALLORY, at=NOON + rules.PEER_WINDOW)
    (row,) = await ground.fetch("SELECT attempts FROM staff_attempt")
    assert row["attempts"] == 1


async def test_who_gets_in_has_not_failed(inside: Ground):
    for _ in range(3 * rules.ATTEMPTS_OF_PEER):
        await limiting.count(peer=ANNA, at=NOON)
        await limiting.give_back(peer=ANNA)


async def test_the_place_is_unreadable_and_forgotten_when_its_window_ends(inside: Ground):
    await tries(MALLORY, 2)
    (row,) = await ground.fetch("SELECT * FROM staff_attempt")
    assert MALLORY not in str(row)
    await limiting.forget(attempt=row["id"], at=NOON + rules.PEER_WINDOW - timedelta(seconds=1))
    assert await ground.fetch("SELECT * FROM staff_attempt")
    await limiting.forget(attempt=row["id"], at=NOON + rules.PEER_WINDOW)
    assert not await ground.fetch("SELECT * FROM staff_attempt")


async def test_a_window_leaves_one_job_behind_that_ends_it(deployment: Deployment, company: Tenant):
    at = clock.now()
    async with deployment.scopes.inside(company):
        for second in range(3):
            await limiting.count(peer=MALLORY, at=at + timedelta(seconds=second))
        (row,) = await ground.fetch("SELECT id, ends_at FROM staff_attempt")
    owner = await servers.connect_owner(deployment.server)
    jobs = await owner.fetch("SELECT due_at FROM outbox.job WHERE subject = $1", row["id"])
    await owner.close()
    assert [job["due_at"] for job in jobs] == [row["ends_at"]]


async def test_a_hundred_tries_at_once_are_no_more_than_the_limit(deployment: Deployment, company: Tenant):
    async def one() -> bool:
        try:
            async with deployment.scopes.inside(company):
                await limiting.count(peer=MALLORY, at=NOON)
        except limiting.TooOften:
            return False
        return True

    admitted = await asyncio.gather(*(one() for _ in range(100)))
    assert sum(admitted) == rules.ATTEMPTS_OF_PEER
