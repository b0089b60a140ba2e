"""``leumund retention`` says what is kept for too long, and lets it go only when it is meant."""

from datetime import timedelta

from leumund.kit import clock, ground
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import shell
from tests.rooms import whole

LONG_AGO = timedelta(days=2 * 366)


async def test_a_dry_run_tells_and_changes_nothing(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        at = clock.now() - LONG_AGO
        await whole.company(at=at)
        clara = await whole.person("clara@kundin.example", at=at)
        await whole.answered(clara, score=9, comment="Kanari", at=at)

    code, told = await shell.told(deployment.settings, "retention", "--dry-run", company.slug)
    assert code == 0
    assert "answers: 1 rows of survey_answer emptied" in told
    assert "people nobody needs to know any more: 0" in told
    assert "clara" not in told.casefold()
    assert await _comments(deployment, company) == 1

    code, told = await shell.told(deployment.settings, "retention", company.slug)
    assert code == 0
    assert "answers: 1 rows of survey_answer emptied" in told
    assert await _comments(deployment, company) == 0


async def _comments(deployment: Deployment, company: Tenant) -> int:
    async with deployment.scopes.reading(company):
        return len(await ground.fetch("SELECT FROM survey_answer WHERE comment_sealed IS NOT NULL"))
