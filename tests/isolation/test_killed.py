"""What removes a company or brings one in dies by SIGKILL at any step: the next run goes on, and nothing is half."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from leumund.tenancy import deployment as deployments
from leumund.tenancy import provisioning
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.leaving import erasing
from tests import served
from tests.conftest import NOON
from tests.isolation import changes, fleets, killing, tally, two_companies
from tests.isolation.fleets import Fleet
from tests.isolation.killing import NotFinished
from tests.isolation.two_companies import Side
from tests.journeys import elsewhere

_SCHEMAS = "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^t_[a-z0-9]{16}$' ORDER BY 1"
_ROLES = """
SELECT rolname::text FROM pg_roles r WHERE rolname ~ '^t_[a-z0-9]{16}$' AND EXISTS (
    SELECT FROM pg_shdepend d JOIN pg_database b ON b.oid = d.dbid
    WHERE d.refobjid = r.oid AND b.datname = current_database()
) ORDER BY 1
"""
_NOTED = """
SELECT action, count(*) FROM platform.operator_entry WHERE action LIKE 'company.%' GROUP BY 1 ORDER BY 1
"""
_LISTED = "SELECT schema_name FROM platform.tenant ORDER BY 1"
# What a command says in the log, what stays behind or ends with a move, and what is said beside a company's tables.
_MOVES_ON = (
    "audit_",
    "customer_session",
    "staff_session",
    "isolation_report",
    "support_access",
    "outbox.",
    "platform.",
)


class Two(NamedTuple):
    """Linden, who comes and goes, and Birke, who stays, in a database that is theirs and an empty company's alone."""

    fleet: Fleet
    deployment: Deployment
    owner: asyncpg.Connection
    linden: Side
    birke: Side
    empty: Tenant

    async def half(self) -> list[str]:
        """Schemas and roles of no company that is listed, and companies without theirs."""
        schemas, roles, listed = [{row[0] for row in await self.fleet.rows(sql)} for sql in (_SCHEMAS, _ROLES, _LISTED)]
        return sorted((schemas ^ listed) | (roles ^ listed))


@pytest.fixture(scope="module")
async def two(deployment: Deployment) -> AsyncIterator[Two]:
    async with (
        fleets.fleet(deployment, companies=3) as fleet,
        deployments.opened(fleet.settings, role="web") as opened,
    ):

        async def there_is(slug: str) -> Tenant:
            tenant = await opened.directory.by_slug(slug)
            named = {"tenant": tenant.id, "name": slug, "hosts": [f"{slug}.{fleet.settings.base_domain}"]}
            async with provisioning.settling(fleet.server, fleet.settings, **named, at=NOON):
                pass
            tenant = await opened.directory.by_slug(slug)
            await served.agree(opened, tenant, at=NOON)
            return tenant

        linden, birke = [await two_companies.furnish(opened, there_is, slug) for slug in list(fleet.schemas)[:2]]
        owner = await servers.connect_owner(fleet.server)
        yield Two(fleet, opened, owner, linden, birke, await there_is(list(fleet.schemas)[2]))
        await owner.close()


async def test_a_company_killed_on_its_way_out_and_in_again_is_whole_and_its_neighbour_untouched(
    two: Two, tmp_path: Path
):
    settings, linden = two.fleet.settings, two.linden.tenant
    birkes, lindens = await changes.sums(two.owner, two.birke.tenant), await changes.sums(two.owner, linden)
    await elsewhere.archived(two.deployment, linden, tmp_path)

    # Sent away, then its time is up.
    sending = ("tenant", "erase", linden.slug, "--no-archive", "it has one", "--yes")
    assert killing.killed(settings, *sending, apart=9) > 1
    await two.owner.execute("UPDATE platform.leaving SET due_at = asked_at WHERE tenant = $1", linden.id)
    papers = tmp_path / "papers"
    erased = killing.killed(settings, "tenant", "erase", "--due", "--certificate", str(papers), apart=7)
    assert erased > 8
    assert await two.half() == []
    assert linden.slug not in {one.slug for one in await two.deployment.directory.all()}
    certificates = [json.loads(paper.read_text()) for paper in papers.glob("*.json")]
    assert len(certificates) == len(list(papers.glob("*.pdf"))) == 1

    archive = ("tenant", "import", str(tmp_path / "company.tar.age"), "--key", str(tmp_path / "key"))
    # Killed after the commit, it is in, and so is its entry.
    brought = killing.killed(settings, *archive, apart=9, over="is here already")
    assert brought > 4
    assert await two.half() == []
    two.deployment.directory.forget()
    again = await changes.sums(two.owner, await two.deployment.directory.by_slug(linden.slug))
    assert [table for table in lindens if again[table] != lindens[table] and not table.startswith(_MOVES_ON)] == []
    assert await changes.sums(two.owner, two.birke.tenant) == birkes
    assert await two.fleet.rows(_NOTED) == [("company.erased", 1), ("company.imported", 1), ("company.leaving", 1)]
    tally.note("commands killed", erased + brought)


async def test_a_company_brought_in_without_a_transaction_would_be_seen_to_be_half(two: Two, tmp_path: Path):
    """The negative control: the same, by a command that commits each of its steps."""
    await elsewhere.archived(two.deployment, two.empty, tmp_path)
    await erasing.erase(two.fleet.server, two.empty, at=NOON)
    assert await two.half() == []
    archive = ("tenant", "import", str(tmp_path / "company.tar.age"), "--key", str(tmp_path / "key"))
    with pytest.raises(NotFinished):
        killing.killed(two.fleet.settings, *archive, apart=6, careless=True)
    assert await two.half()
