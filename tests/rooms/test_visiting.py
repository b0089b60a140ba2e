"""Whoever reads the mailbox a person once had neither enters their portal nor speaks for the address they have now."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from leumund.consent.giving import confirming, requesting
from leumund.consent.giving.requesting import Offered
from leumund.customers.intake import importing
from leumund.customers.login import clearing, visiting
from leumund.customers.login.visiting import LoginUnknown
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from tests.conftest import NOON
from tests.rooms import whole

OLD, NEW = "anna@people.example", "anna@work.example"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Moving = Callable[[str], Awaitable[None]]


async def whose(*, token: str, at: datetime) -> UUID | None:
    """Whose session it is, kept alive by being used; None when it has ended."""
    visit = await visiting.seen(token=token, at=at)
    return visit.customer if visit else None


async def by_the_api(email: str) -> None:
    await registering.register(record=Record(external_id="K-1", email=email), source="api", at=NOON)


async def by_a_file(email: str) -> None:
    rows = [{"external_id": "K-1", "email": email}]
    report = await importing.import_rows(rows, source="file", actor="system:test", dry_run=False, at=NOON)
    assert report.updated == 1


async def anna() -> UUID:
    """A customer of the company, known by its number and her old address."""
    await whole.company(at=NOON)
    return (await registering.register(record=Record(external_id="K-1", email=OLD), source="test", at=NOON)).id


@pytest.mark.parametrize("moves", [by_the_api, by_a_file])
async def test_another_address_ends_the_sessions_of_the_old_one(inside: ground.Ground, moves: Moving):
    customer = await anna()
    token = await visiting.enter(login=await visiting.open_login(customer=customer, at=NOON), at=NOON)
    assert await whose(token=token, at=NOON) == customer
    await moves(NEW)
    assert await whose(token=token, at=NOON) is None


@pytest.mark.parametrize("moves", [by_the_api, by_a_file])
async def test_a_link_asked_for_by_the_old_address_opens_nothing(inside: ground.Ground, moves: Moving):
    login = await visiting.open_login(customer=await anna(), at=NOON)
    await moves(NEW)
    with pytest.raises(LoginUnknown):
        await visiting.enter(login=login, at=NOON)


async def test_the_same_address_told_again_lets_a_session_be(inside: ground.Ground):
    customer = await anna()
    token = await visiting.enter(login=await visiting.open_login(customer=customer, at=NOON), at=NOON)
    await by_the_api(OLD.upper())
    assert await whose(token=token, at=NOON) == customer


async def test_a_session_left_alone_for_half_an_hour_is_over(inside: ground.Ground):
    customer = await anna()
    token = await visiting.enter(login=await visiting.open_login(customer=customer, at=NOON), at=NOON)
    for minutes in (29, 58):
        assert await whose(token=token, at=NOON + minutes * MINUTE) == customer
    assert await whose(token=token, at=NOON + 88 * MINUTE) is None


async def test_a_session_is_over_after_half_a_day_however_busy(inside: ground.Ground):
    customer = await anna()
    token = await visiting.enter(login=await visiting.open_login(customer=customer, at=NOON), at=NOON)
    for quarter in range(1, 48):
        assert await whose(token=token, at=NOON + quarter * 15 * MINUTE) == customer
    assert await whose(token=token, at=NOON + 12 * HOUR) is None


async def test_the_night_keeps_only_what_can_still_be_used(inside: ground.Ground):
    customer = await anna()
    token = await visiting.enter(login=await visiting.open_login(customer=customer, at=NOON), at=NOON)
    await clearing.clear(at=NOON + 29 * MINUTE)
    assert await whose(token=token, at=NOON + 29 * MINUTE) == customer
    await clearing.clear(at=NOON + 59 * MINUTE)
    assert await ground.fetch("SELECT FROM customer_session UNION ALL SELECT FROM customer_login") == []


async def test_nobody_enters_for_a_person_without_an_address(inside: ground.Ground):
    await whole.company(at=NOON)
    nobody = (await registering.register(record=Record(external_id="K-2"), source="test", at=NOON)).id
    with pytest.raises(LoginUnknown):
        await visiting.enter(login=await visiting.open_login(customer=nobody, at=NOON), at=NOON)


async def test_what_was_asked_of_the_old_address_is_not_confirmed_for_the_new_one(inside: ground.Ground):
    customer = await anna()
    asked = await requesting.request(
        customer=customer, email=OLD, offered=Offered(boxes={"survey": True}, language="de", source="test"), at=NOON
    )
    await by_the_api(NEW)
    with pytest.raises(confirming.RequestExpired):
        await confirming.confirm(request=asked, at=NOON)
    assert await ground.fetch("SELECT FROM consent_event WHERE state = 'given'") == []
