"""A bucket of tokens lets its burst through at once and its rate for good, whatever a caller does."""

from hypothesis import given
from hypothesis import strategies as st

from leumund.kit.buckets import Bucket, Rate

RATE = Rate(most=5, per_second=2)


def test_a_burst_goes_through_and_the_next_waits():
    bucket = Bucket(RATE, now_seconds=0)
    assert [bucket.take(RATE, now_seconds=0) for _ in range(5)] == [0] * 5
    assert bucket.take(RATE, now_seconds=0) == 0.5
    assert bucket.take(RATE, now_seconds=0.5) == 0


@given(st.lists(st.floats(min_value=0, max_value=3), max_size=60))
def test_nobody_gets_more_than_burst_and_rate(pauses: list[float]):
    bucket, now, taken = Bucket(RATE, now_seconds=0), 0.0, 0
    for pause in pauses:
        now += pause
        wait = bucket.take(RATE, now_seconds=now)
        taken += wait == 0
        assert wait <= 1 / RATE.per_second
        assert taken <= RATE.most + RATE.per_second * now + 1e-6
