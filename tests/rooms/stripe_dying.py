"""A payout carried in a process of its own that dies by SIGKILL at a named point; the points are put in here alone."""

import asyncio
import os
import signal
import subprocess
import sys
from functools import partial
from typing import Any

import msgspec

from leumund.demo import staging
from leumund.kit import clock, environment
from leumund.kit.settings import Settings
from leumund.payouts.carrying import Order
from leumund.payouts.stripe import calling, carrying
from leumund.payouts.stripe.connecting import Service
from leumund.tenancy import deployment as deployments
from tests.isolation.fleets import ROOT

# Where it dies, and what was to be done next: the key is written, Stripe has accepted, the answer is kept.
POINTS = {"written": (calling, "_send"), "accepted": (calling, "_sent"), "kept": (carrying, "_told")}


def killed(settings: Settings, point: str, *, slug: str, url: str, order: Order) -> bool:
    """Whether a process that carries ``order`` died by SIGKILL at ``point``."""
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    told = [point, slug, url, msgspec.json.encode(order).decode()]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.rooms.stripe_dying", *told],
        env={**path, **staging.environment_of(settings)},
        cwd=ROOT,
        check=False,
        capture_output=True,
        timeout=120,
    )
    return ended.returncode == -signal.SIGKILL


async def _carry(point: str, slug: str, url: str, told: str) -> None:
    module, name = POINTS[point]
    setattr(module, name, _die)
    order = msgspec.json.decode(told, type=Order)
    async with deployments.opened(environment.read(), role="web") as deployment:
        inside = partial(deployment.scopes.inside, await deployment.directory.by_slug(slug))
        await carrying.carriers(Service(url, 10.0))[order.way].carry(order, inside, clock.now())


def _die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(_carry(*sys.argv[1:]))
