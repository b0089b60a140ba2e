"""The example of a trace: Anna's reward waits, and Bert did not meet his rule."""

from datetime import UTC, datetime

from leumund.api.examples.naming import BOUGHT, EARNED, NOON, ORDER, RECOMMENDED
from leumund.api.traces import Claim, RuleSaid, Trace, TracedEvent, TracedReward, Where
from leumund.kit import language

TRACE = Trace(
    id=RECOMMENDED,
    state="approved",
    way="code",
    held=False,
    clicked_at=None,
    attributed_at=NOON,
    qualified_at=NOON,
    decided_at=NOON,
    answers=[
        Where(side="advocate", answer="pending", reward=EARNED[0], more=0, rule=None, reason=None),
        Where(side="friend", answer="not_earned", reward=None, more=0, rule="welcome", reason="not_accepted"),
    ],
    events=[
        TracedEvent(
            conversion=BOUGHT,
            kind="purchase",
            event=None,
            order_id=ORDER,
            amount_cents=90_000,
            returned_cents=0,
            currency="EUR",
            occurred_at=NOON,
            refunded_at=None,
            counts="here",
            review=None,
            claims=[
                Claim(
                    way="code",
                    claimed_at=NOON,
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
                    judged_at=NOON,
                ),
                RuleSaid(
                    rule="welcome",
                    side="friend",
                    passed=False,
                    reason="not_accepted",
                    detail=language.text("rewards.judged.not_accepted", "en"),
                    amount_cents=0,
                    judged_at=NOON,
                ),
            ],
        )
    ],
    rewards=[
        TracedReward(
            id=EARNED[0],
            side="advocate",
            kind="cash",
            conversion=BOUGHT,
            state="pending",
            reason="",
            amount_cents=5_000,
            owed_cents=5_000,
            currency="EUR",
            granted_at=NOON,
            hold_until=datetime(2026, 12, 7, 12, 0, tzinfo=UTC),
            lacks=None,
            payouts=[],
        )
    ],
)
