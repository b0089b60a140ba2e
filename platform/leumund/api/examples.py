"""One example of each body and answer: Bert buys, Anna is rewarded, Linden Energie pays.

They are values of the types that are read and answered, so that none can have a field that is not there.
"""

from datetime import UTC, date, datetime

from msgspec import Struct

from leumund.api.consents import ConsentAsked, ConsentForm, ConsentText, NewConsentRequest
from leumund.api.conversions import Conversion, CustomerNamed, NewConversion
from leumund.api.customers import ConsentGiven, Customer, Expectation, NewCustomer, Told
from leumund.api.outcomes import Referral, Referrals, Reward, Rewards
from leumund.api.payouts import Payout, Payouts
from leumund.api.refunds import NewRefund, NewRestoration, Refund, Restoration
from leumund.api.shapes import ReferralState
from leumund.api.survey_events import NewSurveyEvent, SurveyEvent
from leumund.api.traces import Claim, RuleSaid, Trace, TracedEvent, TracedReward, Where
from leumund.kit import language

_ANNA, _BERT = "cus_2f6a1b0c9d8e4f7a8b6c5d4e3f2a1b0c", "cus_6d1f0c7e2b9a4f53a1c8e0b7d4f2935c"
_BOUGHT = "cnv_0c5a9f0e6d3b4c1f8f0d7e2a1b9c4d38"
_RECOMMENDED = "ref_7b1e4a0d9c8f4e2b9a3d5c6f7e8a9b0c"
_EARNED = ["rew_1a2b3c4d5e6f47a8b9c0d1e2f3a4b5c6", "rew_f0e1d2c3b4a5469788796a5b4c3d2e1f"]
_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_ORDER, _NUMBER, _TICKET = "A-2026-0815", "K-4711", "T-2026-0815"
_WORDING = "txt_3f0c9a7d5b1e4c62a8d07f9e6b2c4d1a"
_BLOCK = '<fieldset class="consents">...</fieldset>'

_REFERRAL = Referral(
    id=_RECOMMENDED,
    state="approved",
    reason="",
    attributed_at=datetime(2026, 11, 20, 18, 30, tzinfo=UTC),
    advocate=_ANNA,
    friend=_BERT,
    order_id=_ORDER,
)
_REWARD = Reward(
    id=_EARNED[0],
    state="pending",
    reason="",
    side="advocate",
    kind="cash",
    amount_cents=5_000,
    currency="EUR",
    beneficiary=_ANNA,
    referral=_RECOMMENDED,
    voucher_code=None,
    granted_at=_NOON,
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
    beneficiary=_ANNA,
    rewards=_EARNED[:1],
    reference="",
    created_at=datetime(2026, 12, 8, 9, 0, tzinfo=UTC),
    submitted_at=None,
    settled_at=None,
)

BODIES: tuple[Struct, ...] = (
    NewCustomer(
        external_id=_NUMBER,
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
        customer=_BERT,
        offered=[_WORDING],
        chosen=[_WORDING],
        url="https://shop.linden.example/checkout",
        form_version="checkout-12",
        html=_BLOCK,
        shown_at=_NOON,
    ),
    NewConversion(
        order_id=_ORDER,
        amount_cents=90_000,
        currency="EUR",
        customer=CustomerNamed(external_id=_NUMBER),
        categories=["electricity", "heat-pump"],
    ),
    NewRefund(order_id=_ORDER),
    NewRestoration(order_id=_ORDER),
    NewSurveyEvent(
        event_id=_TICKET,
        survey="nps",
        event="support.closed",
        customer=CustomerNamed(external_id=_NUMBER),
        attributes={"terminal": "3"},
    ),
)
ANSWERS: tuple[Struct, ...] = (
    Told(
        id=_BERT,
        created=True,
        consents_taken=[True],
        attribution=Expectation(
            state="waiting", way="code", reason=None, detail=language.text("attribution.waiting", "en")
        ),
    ),
    Customer(
        id=_BERT,
        stage="customer",
        external_id=_NUMBER,
        email="bert@example.com",
        given_name="Bert",
        family_name="Beispiel",
        phone=None,
        country=None,
        language="de",
        birth_date=None,
        customer_since_date=date(2026, 1, 2),
        created_at=_NOON,
    ),
    ConsentForm(
        language="de",
        consents=[
            ConsentText(
                id=_WORDING,
                purpose="survey",
                channels=["email"],
                version=1,
                title="Kurze Umfragen",
                wording="Ja, Linden Energie GmbH darf mich ...",
                name="consent_survey",
            )
        ],
        html=_BLOCK,
    ),
    ConsentAsked(asked=True),
    Conversion(
        id=_BOUGHT,
        order_id=_ORDER,
        event=None,
        amount_cents=90_000,
        currency="EUR",
        categories=["electricity", "heat-pump"],
        customer=_BERT,
        occurred_at=_NOON,
        attribution=None,
        referral=ReferralState(id=_RECOMMENDED, state="approved"),
        review=None,
        rewards=_EARNED,
    ),
    Refund(
        conversion=_BOUGHT,
        order_id=_ORDER,
        refund_id=None,
        amount_cents=None,
        refunded_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        referral=ReferralState(id=_RECOMMENDED, state="voided"),
        canceled_rewards=_EARNED,
        clawed_back_rewards=[],
        reduced_rewards=[],
    ),
    Restoration(
        conversion=_BOUGHT,
        order_id=_ORDER,
        refund_id=None,
        amount_cents=None,
        restored_at=datetime(2026, 11, 26, 9, 0, tzinfo=UTC),
        refunded_at=None,
        referral=ReferralState(id=_RECOMMENDED, state="approved"),
        review=None,
        restored_rewards=[],
        granted_rewards=["rew_2b3c4d5e6f7a48b9c0d1e2f3a4b5c6d7", "rew_a0b1c2d3e4f5460718293a4b5c6d7e8f"],
    ),
    SurveyEvent(
        id="evt_5d4c3b2a1f0e4d9c8b7a6f5e4d3c2b1a",
        event_id=_TICKET,
        survey="nps",
        event="support.closed",
        customer=_BERT,
        occurred_at=_NOON,
        attributes={"terminal": "3"},
        due_at=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
        state="waiting",
        reason=None,
    ),
    _REFERRAL,
    Referrals(data=[_REFERRAL], next=None),
    Trace(
        id=_RECOMMENDED,
        state="approved",
        way="code",
        held=False,
        clicked_at=None,
        attributed_at=_NOON,
        qualified_at=_NOON,
        decided_at=_NOON,
        answers=[
            Where(side="advocate", answer="pending", reward=_EARNED[0], more=0, rule=None, reason=None),
            Where(side="friend", answer="not_earned", reward=None, more=0, rule="welcome", reason="not_accepted"),
        ],
        events=[
            TracedEvent(
                conversion=_BOUGHT,
                kind="purchase",
                event=None,
                order_id=_ORDER,
                amount_cents=90_000,
                returned_cents=0,
                currency="EUR",
                occurred_at=_NOON,
                refunded_at=None,
                counts="here",
                review=None,
                claims=[
                    Claim(
                        way="code",
                        claimed_at=_NOON,
                        reason="won",
                        detail=language.text("attribution.reason.won", "en"),
                    )
                ],
                rules=[
                    RuleSaid(
                        rule="thanks",
                        side="advocate",
                        passed=True,
                        reason="passed",
                        detail=language.text("rewards.judged.passed", "en"),
                        amount_cents=5_000,
                        judged_at=_NOON,
                    ),
                    RuleSaid(
                        rule="welcome",
                        side="friend",
                        passed=False,
                        reason="not_accepted",
                        detail=language.text("rewards.judged.not_accepted", "en"),
                        amount_cents=0,
                        judged_at=_NOON,
                    ),
                ],
            )
        ],
        rewards=[
            TracedReward(
                id=_EARNED[0],
                side="advocate",
                kind="cash",
                conversion=_BOUGHT,
                state="pending",
                reason="",
                amount_cents=5_000,
                owed_cents=5_000,
                currency="EUR",
                granted_at=_NOON,
                hold_until=datetime(2026, 12, 7, 12, 0, tzinfo=UTC),
                lacks=None,
                payouts=[],
            )
        ],
    ),
    _REWARD,
    Rewards(data=[_REWARD], next="MjAyNi0xMS0yM1QxMjowMDowMCswMDowMHwxYTJiM2M0ZA=="),
    _PAYOUT,
    Payouts(data=[_PAYOUT], next=None),
)
