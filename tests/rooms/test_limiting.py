"""One place may fail to sign in so often, and nobody else pays for it."""

import asyncio
from datetime import timedelta

import pytest

from leumund.kit import ground, knocking
from leumund.kit.ground import Ground
from leumund.staff import clearing, limiting
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON

MALLORY = "198.51.100.7"
ANNA = "192.0.2.1"


async def tries(peer: str, times: int) -> None:
    for _ in range(times):
        await limiting.count(peer=peer, at=NOON)


async def test_mallory_uses_up_mallorys_tries_and_not_annas(inside: Ground):
    await tries(MALLORY, knocking.ATTEMPTS_OF_PEER)
    with pytest.raises(knocking.TooOften) as refused:
        await limiting.count(peer=MALLORY, at=NOON + timedelta(minutes=5))
    assert refused.value.wait_seconds == 600
    await limiting.count(peer=ANNA, at=NOON)


async def test_after_the_window_one_may_try_again(inside: Ground):
    await tries(MALLORY, knocking.ATTEMPTS_OF_PEER)
    await limiting.count(peer=MALLORY, at=NOON + knocking.PEER_WINDOW)
    (row,) = await ground.fetch("SELECT attempts FROM staff_attempt")
    assert row["attempts"] == 1


async def test_who_gets_in_has_not_failed(inside: Ground):
    for _ in range(3 * knocking.ATTEMPTS_OF_PEER):
        await limiting.count(peer=ANNA, at=NOON)
        await limiting.give_back(peer=ANNA)


async def test_the_place_is_unreadable_and_forgotten_in_the_night_after_its_window(inside: Ground):
    await tries(MALLORY, 2)
    (row,) = await ground.fetch("SELECT * FROM staff_attempt")
    assert MALLORY not in str(row)
    await clearing.clear(at=NOON + knocking.PEER_WINDOW - timedelta(seconds=1))
    assert await ground.fetch("SELECT * FROM staff_attempt")
    await clearing.clear(at=NOON + knocking.PEER_WINDOW)
    assert not await ground.fetch("SELECT * FROM staff_attempt")


async def test_a_try_leaves_no_job_behind(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await limiting.count(peer=MALLORY, at=NOON)
    owner = await servers.connect_owner(deployment.server)
    jobs = await owner.fetchval("SELECT count(*) FROM outbox.job WHERE company_role = $1", company.schema_name)
    await owner.close()
    assert jobs == 0, "Mallory could fill the outbox of all companies with them"


async def test_a_hundred_tries_at_once_are_no_more_than_the_limit(deployment: Deployment, company: Tenant):
    async def one() -> bool:
        try:
            async with deployment.scopes.inside(company):
                await limiting.count(peer=MALLORY, at=NOON)
        except knocking.TooOften:
            return False
        return True

    admitted = await asyncio.gather(*(one() for _ in range(100)))
    assert sum(admitted) == knocking.ATTEMPTS_OF_PEER
