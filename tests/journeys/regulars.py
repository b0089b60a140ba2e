"""People a company knows already, and what is written down there: made and read past the pages that are tested."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

import msgspec

from leumund.consent.texts import publishing
from leumund.customers.login import visiting
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import actors, clock, ground, tokens
from leumund.programs import joining, offering
from leumund.programs import publishing as programs
from leumund.programs.joining import Form
from leumund.programs.offers import Rule
from leumund.referrals import confirming, rules, sharing
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import opened
from tests.journeys import guests

_TABLES = (
    "customer",
    "survey_answer",
    "participation",
    "consent_request",
    "consent_event",
    "consent_suppression",
    "referral",
    "message",
    "customer_login",
    "customer_session",
)


class Advocate(msgspec.Struct, frozen=True):
    """Somebody who takes part: their share link, and a way into the portal that works once."""

    customer: UUID
    email: str
    share: str
    enter: str

    @property
    def landing(self) -> str:
        """The page of ours that the link leads to."""
        return f"{self.share}/{rules.LANDING}"


async def advocate(deployment: Deployment, tenant: Tenant, *, name: str = "Anna", language: str = "de") -> Advocate:
    """A customer who has joined the live program and confirmed it."""
    at, email = clock.now(), guests.address_of(name.lower())
    async with deployment.scopes.inside(tenant):
        record = Record(email=email, given_name=name, family_name="Quendel", language=language)
        customer = (await registering.register(record=record, source="test", at=at)).id
        terms = (await publishing.current(kind="terms", language=language)).id
        request = await joining.join(customer=customer, email=email, form=Form(language=language, terms=terms), at=at)
        assert request is not None, "nobody takes part before they confirm"
        await confirming.confirm(request=request, evidence={}, at=at)
        code = await sharing.code_of(customer=customer, program=(await offering.current(at=at)).id, at=at)
        login = await visiting.open_login(customer=customer, at=at)
        return Advocate(customer, email, f"/r/{code}", f"/portal/enter/{tokens.sign('portal', login)}")


async def signed(deployment: Deployment, tenant: Tenant, purpose: str, subject: UUID) -> str:
    """A link's token as this company signs it."""
    async with deployment.scopes.reading(tenant):
        return tokens.sign(purpose, subject)


async def rows(deployment: Deployment, tenant: Tenant, sql: str, *arguments: object) -> list[dict[str, object]]:
    async with deployment.scopes.reading(tenant):
        return await ground.fetch(sql, *arguments)


async def change(deployment: Deployment, tenant: Tenant, sql: str, *arguments: object) -> None:
    """Make time pass, or a program rest, by changing a row."""
    async with deployment.scopes.inside(tenant):
        await ground.execute(sql, *arguments)


async def forge(deployment: Deployment, tenant: Tenant, sql: str, *arguments: object) -> None:
    """Change what the company itself may not, as its owner in the database could."""
    async with as_owner(deployment.server) as owner:
        await owner.execute(f"SET search_path TO {tenant.schema_name}")
        await owner.execute(sql, *arguments)


async def promise(
    deployment: Deployment, tenant: Tenant, by: Callable[[Rule], Rule | None]
) -> Callable[[], Awaitable[None]]:
    """Publish what ``by`` makes of each rule, none where it goes; what was promised before comes back by the answer."""
    async with deployment.scopes.reading(tenant):
        before = await offering.current(at=clock.now())

    async def publish(rules: Sequence[Rule]) -> None:
        async with deployment.scopes.inside(tenant):
            standing = await offering.current(at=clock.now())
            content = msgspec.structs.replace(standing.version, rules=rules)
            await programs.renew(before=standing, content=content, at=clock.now(), by=actors.COMMAND_LINE)

    await publish([rule for each in before.rules if (rule := by(each))])
    return partial(publish, before.rules)


async def stored(deployment: Deployment, tenant: Tenant) -> dict[str, object]:
    """How much is written down of people at ``tenant``."""
    counts = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in _TABLES)
    return (await rows(deployment, tenant, f"SELECT {counts}"))[0]


async def who(deployment: Deployment, tenant: Tenant, email: str) -> UUID:
    """The customer who has this address."""
    async with deployment.scopes.reading(tenant):
        return await opened.customer(email)
