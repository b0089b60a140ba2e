"""A night leaves a job for whoever's thirty days are over, and the worker's deed lets them go."""

import asyncpg
from pydantic import SecretStr

from leumund.customers.records import finding
from leumund.kit.settings import Settings
from leumund.privacy.forgetting import erasing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import deeds, nightly
from tests.conftest import NOON
from tests.rooms import whole

_JOBS = "DELETE FROM outbox.job WHERE company_role = $1 AND kind = $2 RETURNING subject"


async def test_whoever_is_due_is_gone_after_the_night(deployment: Deployment, settings: Settings, company: Tenant):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        anna = await whole.person("anna@kundin.example", at=NOON)
        await erasing.begin(customer=anna, reason="objection", actor=f"customer:{anna}", language="de", at=NOON)
    due = NOON + erasing.GRACE
    async with deployment.scopes.inside(company):
        await nightly.tidy(company.id, due)

    assert isinstance(settings.database_url, SecretStr)
    async with asyncpg.create_pool(settings.database_url.get_secret_value(), min_size=1, max_size=1) as pool:
        left = [row["subject"] for row in await pool.fetch(_JOBS, company.schema_name, erasing.KIND)]
        assert left == [anna]
        deed = deeds.deeds(settings, pool)[erasing.KIND]
        assert callable(deed)
        async with deployment.scopes.inside(company):
            await deed(anna, due)
    async with deployment.scopes.reading(company):
        assert await finding.by_id(customer=anna) is None
