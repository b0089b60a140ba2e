"""A shop's purchase and an accountant's batch in processes that die by SIGKILL, each a few statements further on.

Whoever comes after does what a shop and an accountant do: the same call once more, and whatever the batch waits for.
They fork from one that was started once, since a start takes longer than what they do.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import httpx

from leumund import asgi
from leumund.demo import staging
from leumund.kit import environment, ground
from leumund.kit.settings import Settings
from leumund.payouts import approving, batching, recording, submitting, transferring
from leumund.payouts.stripe import carrying
from leumund.payouts.stripe.connecting import Service
from leumund.rewards.purchases import taking
from leumund.tenancy import deployment as deployments
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation import killing
from tests.isolation.fleets import ROOT
from tests.rooms import paying
from tests.rooms.paying import ACCOUNTANT, LATER, OWNER

Deed = Callable[[Deployment, Tenant, str], Awaitable[None]]
# Made once by the process that others fork from.
DOOR: Any = None
_BATCH = "SELECT id, state, way FROM payout_batch ORDER BY created_at DESC LIMIT 1"
_ON_ITS_WAY = "SELECT id FROM payout WHERE state = 'submitted' ORDER BY id"
_PARTS = "SELECT FROM purchase_part WHERE import = $1"
_DAY = date(2026, 12, 15)


class Mortals:
    """What does a deed again and again; each of them dies, but for the last one."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def killed(self, deed: str, tenant: Tenant, given: str, *, apart: int) -> int:
        """How often somebody who did ``deed`` was killed at every ``apart``-th statement. Raises NotFinished."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([deed, apart, tenant.slug, given]) + "\n")
        self._process.stdin.flush()
        times, code = json.loads(self._process.stdout.readline())
        if code:
            raise killing.NotFinished(deed)
        return int(times)


@contextmanager
def born(settings: Settings) -> Iterator[Mortals]:
    """A process that others fork from until the block ends."""
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.rooms.money_dying"],
        env={**path, **staging.environment_of(settings)},
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        yield Mortals(process)


async def buy(deployment: Deployment, tenant: Tenant, key: str) -> None:
    """The shop reports a purchase by the API, under the same idempotency key each time."""
    DOOR.use(deployment)
    told = {"order_id": "A-1", "amount_cents": 90_000, "currency": "EUR", "customer": {"email": "bert@people.example"}}
    headers = {"authorization": f"Bearer {key}", "idempotency-key": "one"}
    transport = httpx.ASGITransport(app=DOOR)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{tenant.host}") as client:
        answer = await client.post("/api/v1/conversions", json=told, headers=headers)
    assert answer.status_code == 201, answer.text


async def draft(deployment: Deployment, tenant: Tenant, way: str) -> None:
    """Accounting gathers what is due by ``way``, unless it finds that somebody has."""
    async with deployment.scopes.inside(tenant):
        if not await ground.fetch(_BATCH):
            await batching.draft(way=way, currency="EUR", by=ACCOUNTANT, at=LATER)


async def approve(deployment: Deployment, tenant: Tenant, _: str) -> None:
    """Somebody else approves it."""
    async with deployment.scopes.inside(tenant):
        batch, state, _ = await _seen()
        if state == "draft":
            await approving.approve(batch=batch, seen_cents=await paying.total(batch), by=OWNER, at=LATER)


async def send(deployment: Deployment, tenant: Tenant, _: str) -> None:
    """It leaves."""
    async with deployment.scopes.inside(tenant):
        batch, state, way = await _seen()
        if state == "approved":
            day = _DAY if way == "sepa" else None
            await submitting.send(batch=batch, by=OWNER, at=LATER, execution_date=day)


async def arrive(deployment: Deployment, tenant: Tenant, _: str) -> None:
    """The bank gets its file, and accounting says that all of it has arrived."""
    async with deployment.scopes.inside(tenant):
        batch, state, _ = await _seen()
        if state == "sent":
            assert await transferring.file(batch=batch)
            await recording.arrived(batch=batch, reference="Auszug 12", by=ACCOUNTANT, at=LATER)


async def carry(deployment: Deployment, tenant: Tenant, url: str) -> None:
    """The worker carries what is on its way to the Stripe at ``url``."""
    inside = partial(deployment.scopes.inside, tenant)
    async with inside():
        payouts = [row["id"] for row in await ground.fetch(_ON_ITS_WAY)]
    for payout in payouts:
        await submitting.carry(carrying.carriers(Service(url, 10.0)), inside, payout, LATER)


async def take(deployment: Deployment, tenant: Tenant, purchase_import: str) -> None:
    """The worker takes a file of purchases to its end."""
    inside, brought = partial(deployment.scopes.inside, tenant), UUID(purchase_import)
    while True:
        async with inside():
            if not await ground.fetch(_PARTS, brought):
                return
        await taking.go_on(inside, brought, LATER)


async def _seen() -> tuple[UUID, str, str]:
    """The newest batch, its state, and by which way it goes."""
    (row,) = await ground.fetch(_BATCH)
    return row["id"], row["state"], row["way"]


_DEEDS: Mapping[str, Deed] = {each.__name__: each for each in (buy, draft, approve, send, arrive, carry, take)}


async def _do(deed: Deed, statement: int, slug: str, given: str) -> None:
    async with deployments.opened(environment.read(), role="web") as deployment:
        tenant = await deployment.directory.by_slug(slug)
        # What was carried is not on the way any more a few statements earlier, so none may be done by chance.
        killing.die_at(statement, at_work=deed not in (carry, take))
        await deed(deployment, tenant, given)


def _serve(told: str) -> None:
    name, apart, slug, given = json.loads(told)

    def do(statement: int) -> None:
        asyncio.run(_do(_DEEDS[name], statement, slug, given))
        # At once: to take all of this down neatly takes longer than the deed.
        os._exit(0)

    print(json.dumps(killing.until_it_ends(apart, do)), flush=True)


if __name__ == "__main__":
    DOOR = asgi.create()
    for line in sys.stdin:
        _serve(line)
    os._exit(0)
