"""A company tells who its customers are, and asks what is known of one."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from leumund.api import answering, ids, problems
from leumund.api.answering import Key
from leumund.api.describing import PROBLEMS
from leumund.api.reading import Strictly
from leumund.api.shapes import Brought, Line, Moment
from leumund.consent.rules import Channel
from leumund.customers.intake.telling import Claimed
from leumund.customers.records import finding
from leumund.customers.records.finding import Person
from leumund.customers.records.registering import Record
from leumund.kit import language
from leumund.referrals.claims.telling import Said
from leumund.rewards import introducing
from leumund.rewards.introducing import Introduced

_MOST_CONSENTS = 20
_SOURCE = "api"


class ConsentGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A consent the person gave you before: how, where and in which words stands in ``basis``."""

    purpose: Annotated[Line, Meta(examples=["survey"])]
    basis: Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"^[^\x00]+$", examples=["Contract form, box 3"])]
    given_at: Moment
    channel: Channel = "email"


class NewCustomer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer by your own number, the address, or both. What you leave out stays as it is.

    ``click_token``, ``code`` and ``conditions_shown`` say who recommended them, as with a purchase.
    """

    external_id: Annotated[Line, Meta(examples=["K-4711"])] | None = None
    email: Annotated[Line, Meta(examples=["bert@example.com"])] | None = None
    given_name: Line | None = None
    family_name: Line | None = None
    phone: Annotated[Line, Meta(examples=["+49 30 1234567"])] | None = None
    country: Annotated[Line, Meta(description="ISO 3166-1", examples=["DE"])] | None = None
    language: Annotated[Line, Meta(description="ISO 639-1", examples=["de"])] | None = None
    birth_date: date | None = None
    customer_since_date: date | None = None
    consents: Annotated[list[ConsentGiven], Meta(max_length=_MOST_CONSENTS)] = []
    click_token: Brought | None = None
    code: Annotated[Brought, Meta(examples=["apfel-wolke-tiger-7"])] | None = None
    conditions_shown: bool = False


class Expectation(Struct, frozen=True, kw_only=True):
    """What will come of who was said to have recommended the customer: ``waiting`` for a purchase, or ``none`` and why.

    As all stands now; the purchase settles it. ``way`` is how it was said, ``detail`` says it in words.
    """

    state: Literal["waiting", "none"]
    way: str
    reason: str | None
    detail: str


class Told(Struct, frozen=True, kw_only=True):
    """Who it is, and for each consent in its order whether it counts; over a withdrawal none does.

    ``attribution`` is null where nothing was said of who recommended them.
    """

    id: str
    created: bool
    consents_taken: list[bool]
    attribution: Expectation | None


class Customer(Struct, frozen=True, kw_only=True):
    """What is known of a person. A lead has signed up over a link and bought nothing yet."""

    id: str
    stage: str
    external_id: str | None
    email: str | None
    given_name: str
    family_name: str
    phone: str | None
    country: str | None
    language: str | None
    birth_date: date | None
    customer_since_date: date | None
    created_at: datetime


class CustomerController(Controller):
    path = "/customers"
    tags = ("Customers",)

    @post(
        dto=Strictly[NewCustomer],
        return_dto=None,
        responses={200: ResponseSpec(Told, generate_examples=False, description="Somebody known"), **PROBLEMS},
        summary="Create or update a customer",
        opt={"scope": "customers.write"},
    )
    async def tell(
        self, request: Request[Any, Any, Any], data: JSONBody[NewCustomer], idempotency_key: Key
    ) -> Response[Told]:
        """201 for somebody new, 200 for somebody known. The answer holds no personal data, since it is kept."""

        async def deed(at: datetime) -> tuple[int, Struct]:
            told = await introducing.introduce(
                record=_record(data), consents=_claimed(data), said=_said(data), source=_SOURCE, at=at
            )
            return 201 if told.created else 200, _told(told, problems.language_of(request))

        return await answering.once(request, idempotency_key, data, deed)

    @get("/{customer:str}", responses=PROBLEMS, summary="One customer", opt={"scope": "customers.read"})
    async def one(self, request: Request[Any, Any, Any], customer: FromPath[str]) -> Customer:
        """Unknown ids and other companies' ids answer alike."""
        async with answering.reading(request):
            return _customer(await finding.seen(customer=ids.customer_from(customer)))


def _record(data: NewCustomer) -> Record:
    return Record(**{name: getattr(data, name) for name in Record.__struct_fields__})


def _claimed(data: NewCustomer) -> list[Claimed]:
    return [Claimed(**msgspec.structs.asdict(consent)) for consent in data.consents]


def _said(data: NewCustomer) -> Said:
    return Said(click_token=data.click_token or "", code=data.code or "", conditions_shown=data.conditions_shown)


def _told(told: Introduced, lang: str) -> Told:
    return Told(
        id=ids.customer(told.customer),
        created=told.created,
        consents_taken=told.taken,
        attribution=_expectation(told.claimed_by, told.claim_reason, lang),
    )


def _expectation(way: str | None, reason: str | None, lang: str) -> Expectation | None:
    if way is None or reason is None:
        return None
    waits = reason == "won"
    key = "attribution.waiting" if waits else f"attribution.reason.{reason}"
    return Expectation(
        state="waiting" if waits else "none",
        way=way,
        reason=None if waits else reason,
        detail=language.text(key, lang),
    )


def _customer(person: Person) -> Customer:
    known = {name: getattr(person, name) for name in Customer.__struct_fields__ if name != "id"}
    return msgspec.convert({**known, "id": ids.customer(person.id)}, Customer)
