"""What was said of one deployment does not hold in another that a company moves to."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from leumund.kit import ground
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import elsewhere

WORD = "INSERT INTO leaving_request (member, at_once, asked_at) VALUES ($1, true, now())"
GRANT = """
INSERT INTO support_access (request, operator, operator_email, reason, rooms, answered_by, answered_at, ends_at)
VALUES (gen_random_uuid(), $1, 'operator@leumund.example', 'why', '["customers"]', $1, now() - $2::interval,
    now() - $2 + interval '2 hours')
"""
VERDICT = "INSERT INTO isolation_report (at, findings, report) VALUES (now(), 0, '{}')"
STANDING = """
SELECT (SELECT count(*) FROM leaving_request WHERE withdrawn_at IS NULL) AS words,
    (SELECT count(*) FROM support_access WHERE ended_at IS NULL AND ends_at > now()) AS grants,
    (SELECT count(*) FROM support_access WHERE ended_at IS NULL) AS by_themselves,
    (SELECT count(*) FROM isolation_report) AS verdicts
"""


async def test_words_grants_and_verdicts_end_where_a_company_came_from(
    deployment: Deployment, there: Deployment, birke: Tenant, tmp_path: Path
):
    member = uuid4()
    async with deployment.scopes.inside(birke):
        await ground.execute(WORD, member)
        for age in (timedelta(0), timedelta(hours=3)):
            await ground.execute(GRANT, member, age)
        await ground.execute(VERDICT)
    assert await standing(deployment, birke) == {"words": 1, "grants": 1, "by_themselves": 2, "verdicts": 1}
    await elsewhere.archived(deployment, birke, tmp_path)
    await elsewhere.taken_in(there, tmp_path)
    arrived = await there.directory.by_slug(birke.slug)
    assert await standing(there, arrived) == {"words": 0, "grants": 0, "by_themselves": 1, "verdicts": 0}
    assert await standing(deployment, birke) == {"words": 1, "grants": 1, "by_themselves": 2, "verdicts": 1}


async def standing(deployment: Deployment, tenant: Tenant) -> dict[str, int]:
    async with deployment.scopes.reading(tenant):
        return dict((await ground.fetch(STANDING))[0])
