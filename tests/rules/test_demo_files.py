"""What the demo's regular customers answered and bought is always as long ago as its files say."""

from datetime import UTC, datetime, timedelta

from leumund.demo import regulars
from leumund.kit import places
from leumund.surveys.answers import reading
from leumund.surveys.answers.reading import Otherwise

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LINDEN = places.tenants() / "linden"


def test_every_answer_is_read_with_its_customer_and_its_moment():
    content = regulars.answers((LINDEN / "regulars.csv").read_bytes(), at=NOON)
    past = reading.read(content, otherwise=Otherwise(language="de"))
    assert (past.blank, past.refused) == (0, [])
    assert all(answer.external_id and answer.answered_at < NOON for answer in past.answers)
    newest = max(past.answers, key=lambda answer: answer.answered_at)
    assert (newest.external_id, newest.score, newest.answered_at) == ("L-1018", 4, NOON - timedelta(days=1))


def test_every_purchase_is_told_once_and_within_the_year_that_counts():
    orders = regulars.orders((LINDEN / "orders.csv").read_bytes(), at=NOON)
    assert len({order["order_id"] for order in orders}) == len(orders) > 30
    moments = [datetime.fromisoformat(str(order["occurred_at"])) for order in orders]
    assert NOON - timedelta(days=365) < min(moments) <= max(moments) < NOON
