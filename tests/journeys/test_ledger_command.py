"""Whether the books are right is told at the shell, every night, after a move, and to whoever looks after the money."""

from datetime import timedelta
from uuid import uuid4

from leumund.insight import proving
from leumund.kit import clock, ground
from leumund.ledger import posting
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import nightly
from tests import shell
from tests.conftest import NOON
from tests.journeys import staffing
from tests.rooms import whole


async def posted(deployment: Deployment, company: Tenant) -> None:
    """What a donor gave back, so that no reward has to stand for it."""
    sides = (Account("program_budget", uuid4(), "EUR"), Account("reward_pending", uuid4(), "EUR"))
    async with deployment.scopes.inside(company):
        await posting.post_all(moves=[Move(*sides, 2500, "opening balance")], at=NOON)


async def changed(deployment: Deployment, company: Tenant) -> None:
    """One cent more, as whoever owns the database."""
    async with as_owner(deployment.server) as owner:
        await owner.execute(f"UPDATE {company.schema_name}.ledger_posting SET cents = cents + 1")


async def test_the_command_ends_with_one_for_a_changed_cent(deployment: Deployment, company: Tenant):
    await posted(deployment, company)
    code, said = await shell.told(deployment.settings, "ledger", "verify", company.slug)
    assert (code, "1 postings on 2 accounts, 0 waiting for their link, findings: 0; ends with " in said) == (0, True), (
        said
    )
    assert "sum of all accounts in EUR: 0" in said
    await changed(deployment, company)
    code, said = await shell.told(deployment.settings, "ledger", "verify", company.slug, "--lang", "de")
    assert (code, "Buchung anders als geschrieben: " in said) == (1, True), said
    async with deployment.scopes.reading(company):
        watched = await proving.newest(at=clock.now())
    assert watched is not None
    assert watched.faults > 0, "and it stands in the company's log"


async def test_a_company_or_all_of_them_must_be_named(deployment: Deployment):
    code, said = await shell.told(deployment.settings, "ledger", "verify")
    assert (code, "--all" in said) == (1, True)
    code, said = await shell.told(deployment.settings, "ledger", "verify", "--all", "--lang", "fr")
    assert (code, "de, en" in said) == (1, True)


async def test_the_night_looks_and_tells_whoever_looks_after_the_money(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
    owner = await staffing.enrolled(deployment, company)
    await staffing.enrolled(deployment, company, role="support", name="Clara")
    await posted(deployment, company)
    found = []
    for day in (1, 2):
        async with deployment.scopes.inside(company):
            await nightly.tidy(company.id, NOON + timedelta(days=day))
            await nightly.prove(company.id, NOON + timedelta(days=day))
            found.append(await proving.newest(at=NOON + timedelta(days=day)))
            mails = await ground.fetch("SELECT member FROM message WHERE kind = 'books_untrue'")
        await changed(deployment, company)
    assert [each.faults > 0 for each in found if each] == [False, True]
    assert [row["member"] for row in mails] == [owner.member]
