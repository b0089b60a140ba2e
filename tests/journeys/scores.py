"""People who agreed to be evaluated, with an answer and a score, made past the pages that are tested."""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import NotPublished
from leumund.customers.records import finding, registering
from leumund.customers.records.registering import Record
from leumund.kit import clock
from leumund.scoring import keeping
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests
from tests.rooms import whole


async def asked(*, at: datetime) -> None:
    """The company of this scope asks whether it may evaluate, where it does not yet."""
    try:
        await publishing.current(kind="consent", purpose="profile", language="de")
    except NotPublished:
        for language in ("de", "en"):
            await publishing.publish(
                kind="consent",
                purpose="profile",
                channels=["email"],
                language=language,
                title="Kennzahl" if language == "de" else "Score",
                wording="Ja, ein Profil." if language == "de" else "Yes, a profile.",
                at=at,
            )


async def evaluated(deployment: Deployment, tenant: Tenant, name: str, *, mark: int) -> UUID:
    """Somebody who gave ``mark``, agreed, and is scored; may be known already."""
    at, email = clock.now() - timedelta(minutes=5), guests.address_of(name.lower())
    async with deployment.scopes.inside(tenant):
        await asked(at=at)
        person = await finding.by_email(email=email)
        if person is None:
            record = Record(email=email, given_name=name, family_name="Quendel")
            person = await registering.register(record=record, source="test", at=at)
        await whole.answered(person.id, score=mark, comment="", at=at)
        await whole.allow(person.id, email, purpose="profile", at=at)
        await keeping.score(people=[person.id], at=clock.now())
        return person.id
