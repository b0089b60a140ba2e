"""Whatever happens in whatever order: a score is read of nobody who may not be evaluated at that very moment."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.consent import checking
from leumund.customers.records import finding, holding
from leumund.customers.segments import evaluating
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.privacy.copies import accessing
from leumund.privacy.forgetting import erasing
from leumund.privacy.forgetting.erasing import NotErasing
from leumund.privacy.rights import objecting
from leumund.scoring import keeping, listing, reading
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.test_scoring import (
    ANNA,
    agreeable,
    everything_withdrawn,
    objected_to_advertising,
    objected_to_profiling,
    restricted,
    wants_to_be_gone,
    withdrawn,
)

Deed = Callable[[UUID, datetime], Awaitable[None]]


async def agrees(anna: UUID, at: datetime) -> None:
    await whole.allow(anna, ANNA, purpose="profile", at=at)


async def lets_them_rest_no_longer(anna: UUID, at: datetime) -> None:
    await holding.lift(customer=anna, kind=holding.RESTRICTION, at=at)


async def stays_after_all(anna: UUID, at: datetime) -> None:
    try:
        await erasing.cancel(customer=anna, actor=f"customer:{anna}", at=at)
    except NotErasing:
        return


async def answers(anna: UUID, at: datetime) -> None:
    await whole.answered(anna, score=9, comment="", at=at)


async def is_scored(anna: UUID, at: datetime) -> None:
    await keeping.score(people=[anna], at=at)


async def sleeps(anna: UUID, at: datetime) -> None:
    """A night: whoever may be evaluated is scored by it, and nobody else's score is left."""
    if await keeping.begin(at=at, everybody=True):
        await keeping.go_on(after=keeping.FIRST, at=at)


DEEDS: tuple[Deed, ...] = (
    agrees,
    agrees,
    withdrawn,
    everything_withdrawn,
    objected_to_advertising,
    objected_to_profiling,
    restricted,
    lets_them_rest_no_longer,
    wants_to_be_gone,
    stays_after_all,
    answers,
    is_scored,
    sleeps,
)


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    await whole.company(at=NOON)
    await agreeable(at=NOON)
    return await whole.person(ANNA, at=NOON)


async def may_be_evaluated(anna: UUID) -> bool:
    """By the rooms that know: a consent that stands, no objection, and data that do not rest."""
    person = await finding.known(customer=anna)
    agreed = await checking.allowed(customer=anna, email=ANNA, purpose="profile", channel="email")
    return agreed and person.held is None and not await objecting.objects_to_profiling(customer=anna)


@given(st.lists(st.sampled_from(DEEDS), min_size=3, max_size=14))
@settings(max_examples=25)
async def test_no_story_leaves_a_score_that_may_not_be(anna: UUID, story: list[Deed]):
    async with ground.undone():
        for day, deed in enumerate([agrees, is_scored, *story], 1):
            await deed(anna, NOON + timedelta(days=day))
            await holds(anna, deed)
        await is_scored(anna, NOON + timedelta(days=99))
        await holds(anna, is_scored)


async def holds(anna: UUID, last: Deed) -> None:
    may = await may_be_evaluated(anna)
    scored = await reading.of(customer=anna)
    listed = [row["customer"] for row in await ground.fetch(reading.SCORED)]
    ordered = [each.customer for each in (await listing.order()).rows]
    copied = await accessing.copy(customer=anna, at=NOON)
    assert await evaluating.may_be(customer=anna) == may
    if not may:
        assert (scored, listed, ordered, copied.score) == (None, [], [], None)
    if last in (is_scored, sleeps):
        kept = await ground.fetch("SELECT FROM advocate_score")
        assert len(kept) == may == (scored is not None) == len(listed)
