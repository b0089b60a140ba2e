"""The demo's companies, made from the folders that ship; their customers and earlier answers come from files too."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from leumund.customers.intake import importing as customers
from leumund.customers.intake import reading as lists
from leumund.demo import guests, people
from leumund.demo.people import Login
from leumund.demo.staging import Stage
from leumund.files import opening
from leumund.files import reading as folders
from leumund.kit import actors, clock, places
from leumund.messages.accompanying import inviting
from leumund.payouts import counting, stocking, unpacking
from leumund.rewards.purchases import keeping, listing, unfolding
from leumund.rewards.purchases.listing import Import
from leumund.staff import rules
from leumund.surveys.answers import importing as answers
from leumund.surveys.answers import reading
from leumund.surveys.answers.reading import Otherwise, Past
from leumund.surveys.questions import starting
from leumund.surveys.studio import publishing
from leumund.tenancy.directory import Tenant

Columns = Mapping[str, str]
_PATIENCE_SECONDS = 90
_POOL, _LOW_BELOW = "Vouchers", 10


async def applied(stage: Stage, slug: str) -> Tenant:
    """The company ``slug`` as its folder describes it."""
    folder = places.tenants() / slug
    await opening.apply_folder(stage.deployment, folders.read(folder))
    return await stage.deployment.directory.by_slug(slug)


async def member_enrolled(stage: Stage, tenant: Tenant, email: str, *, language: str, role: str = rules.OWNER) -> Login:
    """Somebody is invited, the first owner by the operator, and sets up the account by the mail's link."""
    async with stage.deployment.scopes.inside(tenant):
        await inviting.invite(
            email=email, name="", role=role, language=language, actor=actors.COMMAND_LINE, at=clock.now()
        )
    return await people.member_enrols(stage, tenant, email)


async def customers_imported(stage: Stage, tenant: Tenant, content: bytes, *, columns: Columns | None = None) -> str:
    """Bring customers in from a file's ``content``; returns the report in one line."""
    async with stage.deployment.scopes.inside(tenant):
        report = await customers.import_rows(
            lists.read(content, mapping=columns),
            source="file",
            actor=actors.COMMAND_LINE,
            dry_run=False,
            at=clock.now(),
        )
    return f"{report.created} customer{'' if report.created == 1 else 's'} imported, {len(report.refused)} rows refused"


async def purchases_brought(stage: Stage, tenant: Tenant, content: bytes, *, by: UUID) -> str:
    """A member brings a file of purchases, and the worker takes it; returns what became of it in one line."""
    headers, _ = unfolding.glimpse(content, rows=0)
    lines = list(unfolding.lines(content, mapping=unfolding.guess(headers)))
    async with stage.deployment.scopes.inside(tenant):
        kept = await keeping.keep(lines=lines, by=by, at=clock.now())
    async with asyncio.timeout(_PATIENCE_SECONDS):
        # What it waits for happens in the worker.
        while (found := await _brought(stage, tenant, kept)).is_open:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    return f"{found.taken} purchases taken from a file, {found.refused} rows refused and kept to be mended"


async def vouchers_brought(stage: Stage, tenant: Tenant, content: bytes, *, by: UUID) -> str:
    """A member opens a pool of the worth the program promises and fills it from a file; returns that in one line."""
    at = clock.now()
    async with stage.deployment.scopes.inside(tenant):
        promised = next(each for each in await counting.worths(at=at) if each.pool is None)
        pool = await stocking.open_pool(
            name=_POOL, currency=promised.currency, cents=promised.cents, low_below=_LOW_BELOW, by=by, at=at
        )
        stocked = await stocking.stock(pool=pool, codes=unpacking.codes(content), by=by, at=at)
    return f"{stocked.added} voucher codes brought in, worth {promised.cents / 100:.2f} {promised.currency} each"


async def _brought(stage: Stage, tenant: Tenant, kept: UUID) -> Import:
    async with stage.deployment.scopes.reading(tenant):
        return await listing.one(purchase_import=kept)


async def answers_imported(stage: Stage, tenant: Tenant, content: bytes, *, otherwise: Otherwise) -> str:
    """Bring answers in that were given before."""
    past = reading.read(content, otherwise=otherwise)
    async with stage.deployment.scopes.inside(tenant):
        new = await answers.import_answers(answers=past.answers, actor=actors.COMMAND_LINE, at=clock.now())
    return _told(new, past)


async def interviews_imported(stage: Stage, tenant: Tenant, content: bytes) -> str:
    """Bring the airport's interviews in, to the questions of then; whoever is asked next is asked those of now."""
    async with stage.deployment.scopes.inside(tenant):
        now = await publishing.current()
        asked = guests.interview(starting.texts_of(now.definition))
        await publishing.publish(key=now.key, definition=asked, at=clock.now())
        past = reading.read(
            guests.decoded(content),
            otherwise=Otherwise(language="en"),
            mapping=guests.COLUMNS,
            blanks=guests.NO_MARK,
            beside=guests.beside(asked),
        )
        new = await answers.import_answers(answers=past.answers, actor=actors.COMMAND_LINE, at=clock.now())
        await publishing.publish(key=now.key, definition=now.definition, at=clock.now())
    return _told(new, past)


def _told(new: int, past: Past) -> str:
    return f"{new} past answers imported, {past.blank} without a mark, {len(past.refused)} rows refused"
