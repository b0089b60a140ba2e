"""What the consent machine has the rooms do, each deed as its entrance calls it, and how it looks at the rows."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from leumund.company import agreeing
from leumund.consent import addressing, checking
from leumund.consent.evidence import reading, verifying
from leumund.consent.giving import confirming, expiring, requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.giving.transcribing import Taken
from leumund.consent.texts import publishing
from leumund.customers.changing import choosing, readdressing
from leumund.customers.changing.choosing import Choice, Page
from leumund.customers.intake import importing
from leumund.customers.login.visiting import Visit
from leumund.customers.records import holding, registering
from leumund.customers.records.registering import Record
from leumund.kit import ground, tokens
from leumund.messages import delivering, sending
from leumund.messages.accompanying import transcribing
from leumund.messages.accompanying.transcribing import Ended
from leumund.messages.carrying import returning
from leumund.messages.carrying.reports import COMPLAINT, Report
from leumund.messages.gate import gating, limiting, unsubscribing
from leumund.privacy.forgetting import erasing
from leumund.privacy.rights import objecting, restricting
from tests import opened, polled
from tests.conftest import NOON, RollBack
from tests.rooms import whole
from tests.rooms.consent_model import PURPOSES, Person

BERT = "staff:7c9e6679-7425-40de-944b-e07fc1f90ae7"
BASIS = "asked at the counter on Monday, signed"
KINDS = {"survey": "survey_invitation", "recommendation": "advocate_invitation"}
# Everything a deed of these rooms writes to.
_TABLES = (
    *("consent_event", "consent_chain", "consent_request", "consent_suppression", "customer", "customer_hold"),
    *("customer_login", "person_key", "message", "mail_return", "survey_invitation", "erasure_tombstone"),
)
_ALL = " UNION ALL ".join(
    f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS rows FROM {table} t"
    for table in _TABLES
)
_EVENTS = "SELECT customer, purpose, channel, state, at, evidence ->> 'address' AS address FROM consent_event"


class Seen(NamedTuple):
    """Whom advertising reaches by purpose, whom a call may, what the portal shows, and what was ever said."""

    reached: dict[str, set[UUID]]
    callable: set[UUID]
    shown: dict[UUID, dict[str, list[str]]]
    events: list[dict[str, Any]]
    faults: list[verifying.Fault]


async def company(people: Mapping[str, str]) -> dict[str, UUID]:
    """A company that asks for mails and calls and may send any number, and ``people`` with their addresses."""
    await whole.company(at=NOON)
    await publishing.publish(
        kind="consent",
        purpose="recommendation",
        channels=["email", "phone"],
        language="de",
        title="Weitersagen",
        wording="Ja, Mails und Anrufe.",
        at=NOON,
    )
    await agreeing.agree(version=1, language="de", document="{}", actor=BERT, at=NOON)
    for purpose in (limiting.ALL, *KINDS):
        await limiting.limit(purpose=purpose, most=limiting.MOST, within_days=1, actor=BERT, at=NOON)
    return {name: await _person(name, email) for name, email in people.items()}


async def _person(name: str, email: str) -> UUID:
    record = Record(external_id=f"K-{name}", email=email, given_name=name.title())
    return (await registering.register(record=record, source="test", at=NOON)).id


async def request(person: UUID, email: str, boxes: Mapping[str, bool], at: datetime) -> UUID:
    return await requesting.request(
        customer=person, email=email, offered=Offered(boxes=boxes, language="de", source="survey"), at=at
    )


async def confirm(ask: UUID, at: datetime) -> None:
    await confirming.confirm(request=ask, at=at)


async def choose(person: UUID, purpose: str, allow: bool, at: datetime) -> None:
    """The button of the portal, under the words it shows."""
    shown = await publishing.current(kind="consent", purpose=purpose, language="de")
    choice = Choice(purpose=purpose, allow=allow, channel="email" if allow else None, shown=str(shown.id))
    await choosing.choose(customer=person, choice=choice, page=_page(), at=at)


async def stop(person: UUID, at: datetime) -> None:
    await choosing.stop(customer=person, page=_page(), at=at)


async def end(person: UUID, kind: str, purpose: str, at: datetime) -> None:
    """Staff enter what somebody said on the telephone."""
    ended = Ended(customer=person, kind=kind, way="phone", words="Keine Mails mehr!", purpose=purpose)
    await transcribing.end(ended=ended, actor=BERT, at=at)


async def unsubscribe(message: UUID, at: datetime) -> None:
    await unsubscribing.unsubscribe(token=tokens.sign("unsubscribe", message), at=at)


async def object_to_all(person: UUID, at: datetime) -> None:
    await objecting.to_advertising(customer=person, source="portal", at=at)


async def complain(message: UUID, at: datetime) -> bool:
    return await returning.take(message=message, report=Report(COMPLAINT, ""), at=at)


async def take_down(taken: Taken, at: datetime) -> UUID | None:
    """The request by which a mailbox is asked, where nobody signed for it."""
    if not await transcribing.transcribe(taken=taken, actor=BERT, at=at):
        return None
    (row,) = await ground.fetch(
        "SELECT id FROM consent_request WHERE customer = $1 AND requested_at = $2", taken.customer, at
    )
    found: UUID = row["id"]
    return found


async def bring(number: str, email: str, bases: Mapping[str, str], at: datetime) -> int:
    """A file of one row; how many faults it had."""
    row = {"external_id": f"K-{number}", "email": email} | {f"{name}_consent": each for name, each in bases.items()}
    report = await importing.import_rows([row], source="file", actor=BERT, dry_run=False, at=at)
    return len(report.refused)


async def move(person: UUID, email: str, at: datetime) -> None:
    """A person gives another mailbox and opens the link in it."""
    visit = Visit(id=uuid4(), customer=person, second_factor_at=at, held=None)
    asked = await readdressing.ask(visit=visit, email=email, at=at)
    await readdressing.confirm(change=asked.change, at=at)


async def restrict(person: UUID, at: datetime) -> None:
    await restricting.restrict(customer=person, reason="accuracy_contested", actor=BERT, at=at)


async def announce(person: UUID, at: datetime) -> None:
    await restricting.announce(customer=person, actor=BERT, language="de", at=at)


async def begin_erasing(person: UUID, reason: erasing.Ground, at: datetime) -> None:
    await erasing.begin(customer=person, reason=reason, actor=BERT, language="de", at=at)


async def cancel_erasing(person: UUID, at: datetime) -> None:
    await erasing.cancel(customer=person, actor=BERT, at=at)


async def night(people: Collection[UUID], at: datetime) -> set[UUID]:
    """What the nights do to consents and people; who is gone, whomever a job was left for too early."""
    await expiring.expire(before=at - timedelta(days=30), at=at)
    await restricting.end_due(at=at)
    due = set(await holding.due(kind=holding.ERASURE, at=at))
    gone = {person for person in people if await erasing.finish(customer=person, at=at)}
    assert gone == due & set(people)
    return gone


async def queue(person: UUID, purpose: str, at: datetime) -> UUID:
    question = "Wie wahrscheinlich?" if purpose == "survey" else ""
    return await sending.queue(
        kind=KINDS[purpose],
        customer=person,
        subject_id=uuid4(),
        purpose=purpose,
        question=question,
        language="de",
        at=at,
    )


async def deliver(message: UUID, at: datetime) -> list[str]:
    """To whom the mail went: one address, or none."""
    went: list[str] = []

    async def post(mail: EmailMessage) -> str:
        went.append(str(mail["To"]))
        return "250 2.0.0"

    await delivering.deliver(message=message, post=post, at=at)
    return went


async def try_out(person: UUID, purpose: str, at: datetime) -> list[str]:
    """As ``deliver``, of a mail that is as if it had never been."""
    went: list[str] = []
    with suppress(RollBack):
        async with ground.savepoint():
            went = await deliver(await queue(person, purpose, at), at)
            raise RollBack
    return went


async def invite_all(at: datetime) -> dict[UUID, UUID]:
    """The survey for everybody it may reach: their messages by person."""
    await polled.invite(languages=["de"], at=at)
    rows = await ground.fetch(
        "SELECT customer, id FROM message WHERE kind = 'survey_invitation' AND created_at = $1", at
    )
    return {row["customer"]: row["id"] for row in rows}


async def who_has(email: str) -> UUID:
    return await opened.customer(email)


async def everything() -> list[dict[str, Any]]:
    """A digest of every row there is."""
    return await ground.fetch(_ALL)


async def look(living: Mapping[UUID, Person], step: int, at: datetime) -> Seen:
    """How it stands with the ``living``, by whatever way the rooms are asked; the portal of one at each ``step``."""
    visitors = [*living][step % len(living) :][:1] if living else []
    addresses = {each: addressing.hashed(person.email) for each, person in living.items()}
    held = {each: await gating.hindrances(purpose=each, addresses=addresses, at=at) for each in PURPOSES}
    return Seen(
        reached={purpose: addresses.keys() - reasons for purpose, reasons in held.items()},
        callable=await checking.allowed_among(addresses=addresses, purpose="recommendation", channel="phone"),
        shown={each: await _shown(each) for each in visitors},
        events=await ground.fetch(_EVENTS),
        faults=[fault for each in living for fault in await verifying.verify_one(person=each)],
    )


async def _shown(person: UUID) -> dict[str, list[str]]:
    """What the portal says somebody allows, by purpose."""
    return {each.purpose: each.given for each in await reading.standing(customer=person, language="de")}


def _page() -> Page:
    return Page(source="portal", language="de", evidence={})
