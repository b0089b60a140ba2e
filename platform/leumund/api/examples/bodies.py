"""An example of each body that is sent."""

from datetime import UTC, datetime

from msgspec import Struct

from leumund.api.consents import NewConsentRequest
from leumund.api.conversions import CustomerNamed, NewConversion
from leumund.api.customers import ConsentGiven, NewCustomer
from leumund.api.examples.naming import BERT, BLOCK, NOON, NUMBER, ORDER, TICKET, WORDING
from leumund.api.refunds import NewRefund, NewRestoration
from leumund.api.survey_events import NewSurveyEvent

BODIES: tuple[Struct, ...] = (
    NewCustomer(
        external_id=NUMBER,
        email="bert@example.com",
        given_name="Bert",
        family_name="Beispiel",
        language="de",
        consents=[
            ConsentGiven(
                purpose="survey",
                basis="Contract form of 2026-01-02, box 3",
                given_at=datetime(2026, 1, 2, 9, 0, tzinfo=UTC),
            )
        ],
        code="apfel-wolke-tiger-7",
    ),
    NewConsentRequest(
        customer=BERT,
        offered=[WORDING],
        chosen=[WORDING],
        url="https://shop.linden.example/checkout",
        form_version="checkout-12",
        html=BLOCK,
        shown_at=NOON,
    ),
    NewConversion(
        order_id=ORDER,
        amount_cents=90_000,
        currency="EUR",
        customer=CustomerNamed(external_id=NUMBER),
        categories=["electricity", "heat-pump"],
    ),
    NewRefund(order_id=ORDER),
    NewRestoration(order_id=ORDER),
    NewSurveyEvent(
        event_id=TICKET,
        survey="nps",
        event="support.closed",
        customer=CustomerNamed(external_id=NUMBER),
        attributes={"terminal": "3"},
    ),
)
