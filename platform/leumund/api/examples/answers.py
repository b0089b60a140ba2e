"""An example of each answer."""

from datetime import UTC, date, datetime

from msgspec import Struct

from leumund.api.consents import ConsentAsked, ConsentForm, ConsentText
from leumund.api.conversions import Conversion
from leumund.api.customers import Customer, Expectation, Told
from leumund.api.examples.naming import (
    ANNA,
    BERT,
    BLOCK,
    BOUGHT,
    EARNED,
    NOON,
    NUMBER,
    ORDER,
    RECOMMENDED,
    TICKET,
    WORDING,
)
from leumund.api.examples.traces import TRACE
from leumund.api.outcomes import Referral, Referrals, Reward, Rewards
from leumund.api.payouts import Payout, Payouts
from leumund.api.refunds import Refund, Restoration
from leumund.api.shapes import ReferralState
from leumund.api.survey_events import SurveyEvent
from leumund.kit import language

_REFERRAL = Referral(
    id=RECOMMENDED,
    state="approved",
    reason="",
    attributed_at=datetime(2026, 11, 20, 18, 30, tzinfo=UTC),
    advocate=ANNA,
    friend=BERT,
    order_id=ORDER,
)
_REWARD = Reward(
    id=EARNED[0],
    state="pending",
    reason="",
    side="advocate",
    kind="cash",
    amount_cents=5_000,
    currency="EUR",
    beneficiary=ANNA,
    referral=RECOMMENDED,
    voucher_code=None,
    granted_at=NOON,
    hold_until=datetime(2026, 12, 7, 12, 0, tzinfo=UTC),
)
_PAYOUT = Payout(
    id="pay_3c4d5e6f7a8b4c9d8e0f1a2b3c4d5e6f",
    state="created",
    reason="",
    way="manual",
    amount_cents=5_000,
    set_off_cents=0,
    currency="EUR",
    beneficiary=ANNA,
    rewards=EARNED[:1],
    reference="",
    created_at=datetime(2026, 12, 8, 9, 0, tzinfo=UTC),
    submitted_at=None,
    settled_at=None,
)

ANSWERS: tuple[Struct, ...] = (
    Told(
        id=BERT,
        created=True,
        consents_taken=[True],
        attribution=Expectation(
            state="waiting", way="code", reason=None, detail=language.text("attribution.waiting", "en")
        ),
    ),
    Customer(
        id=BERT,
        stage="customer",
        external_id=NUMBER,
        email="bert@example.com",
        given_name="Bert",
        family_name="Beispiel",
        phone=None,
        country=None,
        language="de",
        birth_date=None,
        customer_since_date=date(2026, 1, 2),
        created_at=NOON,
    ),
    ConsentForm(
        language="de",
        consents=[
            ConsentText(
                id=WORDING,
                purpose="survey",
                channels=["email"],
                version=1,
                title="Kurze Umfragen",
                wording="Ja, Linden Energie GmbH darf mich ...",
                name="consent_survey",
            )
        ],
        html=BLOCK,
    ),
    ConsentAsked(asked=True),
    Conversion(
        id=BOUGHT,
        order_id=ORDER,
        event=None,
        amount_cents=90_000,
        currency="EUR",
        categories=["electricity", "heat-pump"],
        customer=BERT,
        occurred_at=NOON,
        attribution=None,
        referral=ReferralState(id=RECOMMENDED, state="approved"),
        review=None,
        rewards=EARNED,
    ),
    Refund(
        conversion=BOUGHT,
        order_id=ORDER,
        refund_id=None,
        amount_cents=None,
        refunded_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        referral=ReferralState(id=RECOMMENDED, state="voided"),
        canceled_rewards=EARNED,
        clawed_back_rewards=[],
        reduced_rewards=[],
    ),
    Restoration(
        conversion=BOUGHT,
        order_id=ORDER,
        refund_id=None,
        amount_cents=None,
        restored_at=datetime(2026, 11, 26, 9, 0, tzinfo=UTC),
        refunded_at=None,
        referral=ReferralState(id=RECOMMENDED, state="approved"),
        review=None,
        restored_rewards=[],
        granted_rewards=["rew_2b3c4d5e6f7a48b9c0d1e2f3a4b5c6d7", "rew_a0b1c2d3e4f5460718293a4b5c6d7e8f"],
    ),
    SurveyEvent(
        id="evt_5d4c3b2a1f0e4d9c8b7a6f5e4d3c2b1a",
        event_id=TICKET,
        survey="nps",
        event="support.closed",
        customer=BERT,
        occurred_at=NOON,
        attributes={"terminal": "3"},
        due_at=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
        state="waiting",
        reason=None,
    ),
    _REFERRAL,
    Referrals(data=[_REFERRAL], next=None),
    TRACE,
    _REWARD,
    Rewards(data=[_REWARD], next="MjAyNi0xMS0yM1QxMjowMDowMCswMDowMHwxYTJiM2M0ZA=="),
    _PAYOUT,
    Payouts(data=[_PAYOUT], next=None),
)
