"""How often one key may call: counted in this process, before anything is asked of the database for the deed.

It keeps one company's runaway script from taking every connection; what counts (budgets, caps, ledgers) is never
guarded by it, so that several processes each count for themselves is no fault.
"""

from datetime import timedelta
from math import ceil
from time import monotonic
from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from leumund.kit.buckets import Bucket, Rate
from leumund.kit.faults import TooSoon

RATE = Rate(most=200, per_second=20)
_MOST_KEYS = 10_000
_STATE = "api_calls_left"

# The oldest go first: whoever has not called for long has a full bucket, and gets a full one again.
_buckets: dict[UUID, Bucket] = {}


class TooMany(TooSoon):
    """This key has used up its calls for now."""


def count(connection: ASGIConnection[Any, Any, Any, Any], *, key: UUID) -> None:
    """Count one call of ``key``. Raises TooMany."""
    now = monotonic()
    bucket = _buckets.pop(key, None) or Bucket(RATE, now_seconds=now)
    _buckets[key] = bucket
    if len(_buckets) > _MOST_KEYS:
        del _buckets[next(iter(_buckets))]
    wait = bucket.take(RATE, now_seconds=now)
    connection.scope["state"][_STATE] = int(bucket.left(RATE, now_seconds=now))
    if wait:
        raise TooMany("errors.api.too_many", wait=timedelta(seconds=wait))


async def tell(message: Message, scope: Scope) -> None:
    """Say with each answer how much is left (draft-ietf-httpapi-ratelimit-headers)."""
    left = scope["state"].get(_STATE)
    if message["type"] == "http.response.start" and left is not None:
        headers = MutableScopeHeaders(message)
        window = ceil(RATE.most / RATE.per_second)
        headers["RateLimit-Policy"] = f'"key";q={RATE.most};w={window}'
        headers["RateLimit"] = f'"key";r={left};t={ceil((RATE.most - left) / RATE.per_second)}'
