"""What the journeys' people bring: a browser, a customer number, a consent, a shop's key."""

import shutil
from uuid import uuid4

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.demo.staging import Stage
from leumund.kit import clock
from leumund.staff import api_keys
from leumund.surveys.asking import rules as asking
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import allowing, polled

# None leaves it to Playwright, which finds the one it brought along.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


async def invited(stage: Stage, tenant: Tenant, email: str, *, language: str) -> None:
    """A customer who allowed survey mails gets one."""
    at = clock.now()
    async with stage.deployment.scopes.inside(tenant):
        record = Record(email=email, given_name=email.partition("-")[0].title(), language=language)
        customer = (await registering.register(record=record, source="test", at=at)).id
        await allowing.given(
            customer=customer,
            purpose=asking.PURPOSE,
            channel="email",
            source="test",
            basis="asked at the counter",
            email=email,
            at=at,
        )
        await polled.invite([customer], languages=["de", "en"], at=at)


async def api_key(deployment: Deployment, tenant: Tenant) -> str:
    """A key for the company's shop."""
    async with deployment.scopes.inside(tenant):
        made = await api_keys.create(
            name=f"Shop {uuid4().hex[:6]}", scopes=api_keys.SCOPES, actor="system:test", at=clock.now()
        )
    return made.key
