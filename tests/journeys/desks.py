"""What the company's people find on their desks: customers, and friends who were recommended and bought."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import clock
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys.guests import Guest
from tests.rooms import whole


async def come(deployment: Deployment, tenant: Tenant, *records: Record) -> list[UUID]:
    """Customers of ``tenant``."""
    async with deployment.scopes.inside(tenant):
        return [(await registering.register(record=each, source="test", at=clock.now())).id for each in records]


async def recommended(deployment: Deployment, tenant: Tenant, *, cents: int, friend: str = "bert") -> UUID:
    """Anna recommended a friend, who bought for ``cents``; returns the referral."""
    email = f"{friend}@people.example"
    async with deployment.scopes.inside(tenant):
        code = await whole.advocate("anna@people.example", at=clock.now() - timedelta(hours=1))
        await whole.friend(code, email, at=clock.now() - timedelta(minutes=30))
        done = await converting.convert(
            order=Order(
                order_id=f"order-{friend}",
                cents=cents,
                currency="EUR",
                customer=CustomerRef(email=email),
                occurred_at=clock.now(),
            ),
            at=clock.now(),
        )
    assert done.referral is not None, "the friend had confirmed"
    return done.referral


def said(page: str) -> str:
    """The words of a page as a person reads them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def planned(desk: Guest, **chosen: str) -> str:
    """Plan a wave of the survey everybody begins with, as the form has it but for ``chosen``; returns its address."""
    await desk.open("/console/surveys/waves/new")
    filled = {"key": "nps", "channel": "email", "reminders": "0", "sample": "", **chosen}
    await desk.submit("/waves/new", ticked={"language_de", "quiet"}, **filled)
    return desk.answer.url.path


async def released(desk: Guest) -> int:
    """What releasing a wave that reaches nobody yet is answered with."""
    return (await desk.send(f"{await planned(desk)}/release", typed="0")).status_code
