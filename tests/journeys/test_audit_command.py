"""Whether a log is what was noted is told at the shell, every night, and on the log's own page."""

from datetime import timedelta

from leumund.audit import listing, noting, watching
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import nightly
from tests import shell
from tests.conftest import NOON


async def changed(deployment: Deployment, company: Tenant) -> None:
    """One character, as whoever owns the database."""
    async with as_owner(deployment.server) as owner:
        await owner.execute(
            f"UPDATE {company.schema_name}.audit_entry SET actor = 'system:tess' WHERE actor = 'system:test'"
        )


async def noted(deployment: Deployment, company: Tenant) -> None:
    async with deployment.scopes.inside(company):
        await noting.note(actor="system:test", action="test.noted", at=NOON)


async def test_the_command_ends_with_one_for_a_changed_character(deployment: Deployment, company: Tenant):
    await noted(deployment, company)
    code, said = await shell.told(deployment.settings, "audit", "verify", company.slug)
    assert (code, ": 1 entries, 0 waiting for their link, 0 findings" in said) == (0, True), said
    await changed(deployment, company)
    code, said = await shell.told(deployment.settings, "audit", "verify", company.slug)
    assert code == 1
    assert "changed at 1 (entry " in said


async def test_a_company_or_all_of_them_must_be_named(deployment: Deployment):
    code, said = await shell.told(deployment.settings, "audit", "verify")
    assert (code, "--all" in said) == (1, True)


async def test_the_night_looks_and_notes_what_it_found(deployment: Deployment, company: Tenant):
    await noted(deployment, company)
    found = []
    for day in (1, 2):
        async with deployment.scopes.inside(company):
            await nightly.tidy(company.id, NOON + timedelta(days=day))
            found.append(await watching.newest(at=NOON + timedelta(days=day)))
        await changed(deployment, company)
    assert [each.faults for each in found if each] == [0, 1]
    async with deployment.scopes.reading(company):
        newest = (await listing.page()).rows[0]
    assert (newest.action, newest.detail["faults"]) == ("audit.verified", 1)
