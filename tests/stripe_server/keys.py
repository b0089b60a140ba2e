"""Idempotency keys as Stripe keeps them (API v1): the first result once execution began, 500s included, for a day."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from tests.stripe_server.answers import Answer, problem

_DAY_SECONDS = 24 * 60 * 60


class Keys:
    """The keys of all accounts; ``now`` is the stand-in's own clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = Lock()
        self._kept: dict[tuple[str, str], tuple[float, str, Answer | None]] = {}

    def claim(self, account: str, key: str, asked: str) -> Answer | None:
        """The answer that was kept or must be given instead; None where the call is new and now in progress."""
        with self._lock:
            self._prune()
            known = self._kept.get((account, key))
            if known is None:
                self._kept[account, key] = (self._now(), asked, None)
                return None
        _, first, answer = known
        if first != asked:
            said = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            return problem(400, "idempotency_error", said)
        if answer is None:
            said = "There is currently another in-progress request using this Idempotent Key."
            return problem(409, "invalid_request_error", said, code="idempotency_key_in_use")
        return answer._replace(headers={**answer.headers, "Idempotent-Replayed": "true"})

    def keep(self, account: str, key: str, answer: Answer) -> None:
        """The call came to an end."""
        with self._lock:
            at, asked, _ = self._kept[account, key]
            self._kept[account, key] = (at, asked, answer)

    def forget(self, account: str, key: str) -> None:
        """The call never began: its parameters were no good, or it was turned away at the edge."""
        with self._lock:
            self._kept.pop((account, key), None)

    def _prune(self) -> None:
        old = [name for name, (at, _, _) in self._kept.items() if at + _DAY_SECONDS < self._now()]
        for name in old:
            del self._kept[name]


def told(method: str, path: str, params: dict[str, Any]) -> str:
    """What has to be the same when a key comes again."""
    return repr((method, path, sorted(params.items(), key=lambda pair: pair[0])))
