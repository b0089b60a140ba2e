"""The demo's companies, made from the folders that ship; their customers and earlier answers come from files too."""

from collections.abc import Mapping

from leumund.customers.intake import importing as customers
from leumund.customers.intake import reading as lists
from leumund.demo import guests, people
from leumund.demo.people import Login
from leumund.demo.staging import Stage
from leumund.files import opening
from leumund.files import reading as folders
from leumund.kit import actors, clock, places
from leumund.messages.accompanying import inviting
from leumund.staff import rules
from leumund.surveys.answers import importing as answers
from leumund.surveys.answers import reading
from leumund.surveys.answers.reading import Otherwise, Past
from leumund.surveys.questions import starting
from leumund.surveys.studio import publishing
from leumund.tenancy.directory import Tenant

Columns = Mapping[str, str]


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
    return f"{report.created} customers imported, {len(report.refused)} rows refused"


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
