"""Two clicks at once on one link confirm once; committed for real, in a company of its own."""

import asyncio
from datetime import UTC, datetime

from leumund.company import describing
from leumund.consent.giving import confirming, requesting
from leumund.consent.giving.requesting import Offered
from leumund.kit import ground
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.rooms.test_consent import ANNA, PROFILE, person, publish

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def test_ten_clicks_at_once_confirm_once(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await describing.describe(profile=PROFILE, at=NOON)
        await publish("survey", ["email"], "de")
        request = await requesting.request(
            customer=await person(ANNA),
            email=ANNA,
            offered=Offered(boxes={"survey": True}, language="de", source="survey"),
            at=NOON,
        )

    async def click() -> bool:
        async with deployment.scopes.inside(company):
            return (await confirming.confirm(request=request, at=NOON)).already

    answers = await asyncio.gather(*(click() for _ in range(10)))

    assert sorted(answers) == [False] + [True] * 9
    async with deployment.scopes.inside(company):
        assert len(await ground.fetch("SELECT FROM consent_event WHERE state = 'given'")) == 1
