"""A bucket of tokens: how much may come at once, and how fast it fills again."""

from typing import NamedTuple


class Rate(NamedTuple):
    """``most`` at once, and ``per_second`` for good."""

    most: int
    per_second: float


class Bucket:
    """One caller's tokens; ``now_seconds`` is any clock that never goes back."""

    __slots__ = ("_seen_seconds", "_tokens")

    def __init__(self, rate: Rate, *, now_seconds: float) -> None:
        self._tokens = float(rate.most)
        self._seen_seconds = now_seconds

    def take(self, rate: Rate, *, now_seconds: float) -> float:
        """Take one where there is one: 0, else how many seconds until there is. What is refused takes nothing."""
        self._tokens = self.left(rate, now_seconds=now_seconds)
        self._seen_seconds = now_seconds
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / rate.per_second

    def left(self, rate: Rate, *, now_seconds: float) -> float:
        """How many there are now."""
        grown = max(0.0, now_seconds - self._seen_seconds) * rate.per_second
        return min(float(rate.most), self._tokens + grown)
