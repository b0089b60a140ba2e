"""Whatever happens to orders, refunds, rules and budgets, in whatever order: books balance, nothing is paid twice."""

import asyncio
from functools import partial

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from leumund.kit import ground
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.reward_story import Here, Story

# The same stories each time; one that fails is told step by step.
PLAN = settings(
    max_examples=7,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


async def test_the_books_are_true_after_every_step_of_any_story(inside: ground.Ground):
    await whole.company(at=NOON)
    here = Here(await whole.advocate("anna@people.example", at=NOON))
    # The machine is no coroutine; it lives in a thread, and the rooms stay on this loop and in this scope.
    await asyncio.to_thread(run_state_machine_as_test, partial(Story, here), settings=PLAN)
    assert {"buys", "gives back", "is released", "has a budget, refused", "twice"} <= here.told.keys()
