"""An occasion of a company, and whoever it comes for."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from leumund.consent.texts import publishing as texts
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.messages import delivering
from leumund.messages.tables import Message
from leumund.occasions import drafting, planning, publishing, reading, stepping
from leumund.occasions.defining import Definition, Said, Step, Trigger
from tests import allowing
from tests.conftest import NOON
from tests.rooms import whole

STAFF = UUID(int=7)
BEFORE = NOON.replace(year=2020)
MAIL = Step(
    kind="mail",
    words={
        "de": Said(subject="Alles Gute, {{ name }}", wording="Wir gratulieren."),
        "en": Said(subject="All the best, {{ name }}", wording="Many happy returns."),
    },
)


def definition(trigger: Trigger, *steps: Step, purpose: str = "recommendation", **more: object) -> Definition:
    """An occasion with one mail where no steps are told."""
    return Definition(purpose=purpose, trigger=trigger, steps=[*steps] or [MAIL], **more)


async def running(wanted: Definition, *, at: datetime) -> UUID:
    """An occasion that runs since ``at``; the company has agreed, and speaks German and English."""
    await ground.execute(
        "INSERT INTO agreement_acceptance (id, version, language, document, sha256, actor, at) "
        "SELECT gen_random_uuid(), 1, 'de', '{}', 'none', 'staff:test', $1 "
        "WHERE NOT EXISTS (SELECT FROM agreement_acceptance)",
        BEFORE,
    )
    occasion = await drafting.start(template="birthday", lang="de", by=STAFF, at=at)
    await change(occasion, wanted, at=at)
    await published(occasion, at=at)
    return occasion


async def published(occasion: UUID, *, at: datetime) -> int:
    """The draft as it stands runs; as which version."""
    revision = (await reading.known(occasion=occasion)).revision
    return await publishing.publish(occasion=occasion, revision=revision, by=STAFF, at=at)


async def change(occasion: UUID, wanted: Definition, *, at: datetime) -> None:
    """The draft is another one."""
    standing = await reading.known(occasion=occasion)
    await drafting.keep(
        occasion=occasion, name=standing.name, definition=wanted, after=standing.revision, by=STAFF, at=at
    )


async def customer(
    name: str,
    *,
    born: date | None = None,
    since: date | None = None,
    channels: Sequence[str] = ("email",),
    at: datetime,
) -> UUID:
    """A customer who may be written to about recommending, over ``channels``."""
    email = f"{name.lower()}-{uuid4().hex[:8]}@people.example"
    record = Record(email=email, given_name=name, birth_date=born, customer_since_date=since, external_id=f"K-{email}")
    person = (await registering.register(record=record, source="test", at=at)).id
    for channel in channels:
        assert await allowing.given(
            customer=person,
            purpose="recommendation",
            channel=channel,
            source="import",
            basis="asked at the counter",
            at=at,
            email=email,
        )
    return person


async def night(occasion: UUID, *, at: datetime) -> int:
    """The night's plan of one occasion."""
    return await planning.plan(occasion=occasion, at=at)


async def work(occasion: UUID, *, at: datetime) -> None:
    """Every job of its runs that is due comes, as the worker would bring it; one too many does no harm."""
    rows = await ground.fetch(
        "SELECT id FROM occasion_run WHERE occasion = $1 AND state = 'waiting' ORDER BY due_at, id", occasion
    )
    for row in rows:
        await stepping.step(run=row["id"], at=at)


async def runs(occasion: UUID) -> list[dict[str, object]]:
    """What stands of everybody in it."""
    return await ground.fetch(
        "SELECT customer, occurrence, control, state, reason, due_at FROM occasion_run "
        "WHERE occasion = $1 ORDER BY first_due_at, id",
        occasion,
    )


async def mails(person: UUID) -> list[Message]:
    """What was queued for a person by an occasion."""
    wanted = (Message.customer == person) & (Message.kind == "occasion")
    return await Message.objects().where(wanted).order_by(Message.created_at)


async def delivered(message: Message, *, at: datetime) -> tuple[list[str], str | None]:
    """The subjects that went out, and why it was held."""
    gone: list[str] = []

    async def post(mail: object) -> str:
        gone.append(str(mail["Subject"]))  # type: ignore[index]
        return "250 2.0.0"

    await delivering.deliver(message=message.id, post=post, at=at)
    row = await Message.objects().get(Message.id == message.id)
    assert row is not None
    return gone, row.held_reason


async def company(*, at: datetime) -> None:
    """A company with everything the rooms below need, which writes by post as well."""
    await whole.company(at=at)
    await ask_by("email", "post", at=at)


async def ask_by(*channels: str, at: datetime) -> None:
    """The consent to hear of recommending is asked for over ``channels`` by now."""
    for language in whole.PROFILE.languages:
        await texts.publish(
            kind="consent",
            purpose="recommendation",
            channels=[*channels],
            language=language,
            title="recommendation",
            wording="Ja, auch per Post.",
            at=at,
        )
