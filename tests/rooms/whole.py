"""Everything a room test needs of the rooms below: a company that speaks, texts, a survey, a program, people."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from leumund.company import describing
from leumund.company.describing import Profile
from leumund.consent import checking
from leumund.consent.giving import confirming as confirmed
from leumund.consent.giving import requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.texts import publishing as texts
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.programs import joining, offering, publishing
from leumund.programs.joining import Form
from leumund.programs.offers import Rule, Terms
from leumund.referrals import accepting, confirming, finding, sharing
from leumund.surveys.answers import answering
from leumund.surveys.questions import starting
from leumund.surveys.studio import publishing as surveys

PROFILE = Profile(
    name="Linden Energie",
    legal_name="Linden Energie GmbH",
    imprint={"street": "Lindenstraße 1", "postal_code": "10969", "city": "Berlin", "country": "DE"},
    sender_name="Linden Energie",
    sender_email="hallo@linden.example",
    languages=["de", "en"],
    country="DE",
    currency="EUR",
    time_zone="Europe/Berlin",
    theme="plain",
    tokens={},
)
TERMS = Terms(
    key="freunde",
    state="live",
    texts={"de": {"headline": "Freunde werben"}, "en": {"headline": "Bring a friend"}},
    currency="EUR",
    budget_cents=1_000_000,
    hold_days=14,
    review_above_cents=500_000,
    rules=[Rule(side="advocate", kind="cash", cents=5000), Rule(side="friend", kind="voucher", cents=2500)],
)


async def company(*, at: datetime, terms: Terms = TERMS) -> None:
    """Describe the company and publish all it needs."""
    await describing.describe(profile=PROFILE, at=at)
    for language in PROFILE.languages:
        await texts.publish(kind="terms", language=language, title="Teilnahme", wording="Wir zahlen.", at=at)
        for purpose in ("survey", "recommendation"):
            await texts.publish(
                kind="consent",
                purpose=purpose,
                channels=["email"],
                language=language,
                title=purpose,
                wording=f"Ja, {purpose}.",
                at=at,
            )
    await surveys.publish(key="nps", definition=starting.nps({"de": {"question": "Wie wahrscheinlich?"}}), at=at)
    await publishing.publish(terms=terms, at=at)


async def person(email: str, *, at: datetime, name: str = "Anna") -> UUID:
    """A customer of the company."""
    return (await registering.register(record=Record(email=email, given_name=name), source="test", at=at)).id


async def join(email: str, *, at: datetime) -> UUID | None:
    """A customer asks to take part; returns the request to confirm."""
    terms = (await texts.current(kind="terms", language="de")).id
    customer = await person(email, at=at)
    return await joining.join(customer=customer, email=email, form=Form(language="de", terms=terms), at=at)


async def advocate(email: str, *, at: datetime) -> str:
    """A customer who takes part, or does by now; returns the code to share."""
    request = await join(email, at=at)
    if request is not None:
        await confirming.confirm(request=request, evidence={}, at=at)
    customer, program = await person(email, at=at), (await offering.current(at=at)).id
    return await sharing.code_of(customer=customer, program=program, at=at)


async def accept(
    code: str,
    email: str,
    *,
    at: datetime,
    family_name: str = "Beispiel",
    consents: Mapping[str, bool] | None = None,
) -> UUID | None:
    """A friend signs up over ``code``; returns the request to confirm."""
    form = accepting.Form(
        email=email,
        given_name="Bert",
        family_name=family_name,
        language="de",
        terms=(await texts.current(kind="terms", language="de")).id,
        consents=consents or {},
        evidence={},
    )
    return await accepting.accept(code=code, form=form, at=at)


async def friend(code: str, email: str, *, at: datetime, family_name: str = "Beispiel") -> None:
    """A friend signs up and confirms."""
    request = await accept(code, email, at=at, family_name=family_name)
    assert request is not None, "a stranger may sign up"
    await confirming.confirm(request=request, evidence={}, at=at)


async def look_up(code: str) -> finding.Shared:
    """What a code leads to."""
    return await finding.look_up(code=code, at=datetime.now(UTC))


async def answer(invitation: UUID, score: int | None, *, at: datetime, comment: str = "", language: str = "de") -> str:
    """Answer the survey everybody begins with; returns the class."""
    sent = {"recommend": [] if score is None else [str(score)], "comment": [comment]}
    return (await answering.answer(invitation=invitation, sent=sent, language=language, at=at)).kind or ""


async def answered(customer: UUID, *, score: int, comment: str, at: datetime) -> None:
    """A customer was invited to the survey and answered it."""
    survey = (await surveys.current()).id
    rows = await ground.fetch(
        "INSERT INTO survey_invitation (survey, customer, invited_at, expires_at) "
        "VALUES ($1, $2, $3, $3::timestamptz + interval '30 days') RETURNING id",
        survey,
        customer,
        at,
    )
    await answer(rows[0]["id"], score, comment=comment, at=at)


async def allow(customer: UUID, email: str, *, purpose: str, at: datetime) -> None:
    """A customer ticks the box of ``purpose`` and presses the button in the mail."""
    request = await requesting.request(
        customer=customer, email=email, offered=Offered(boxes={purpose: True}, language="de", source="test"), at=at
    )
    await confirmed.confirm(request=request, at=at)


async def is_allowed(customer: UUID, email: str, *, purpose: str) -> bool:
    """Whether a mail of ``purpose`` may go to them now."""
    return await checking.allowed(customer=customer, email=email, purpose=purpose, channel="email")
