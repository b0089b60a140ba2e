"""How often one place may tell a company something: counted in this process, before the database is asked anything.

It keeps noise from taking every connection. Whoever is told to come again does: Stripe tries for days.
"""

from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from litestar import Request

from leumund.kit.buckets import Bucket, Rate
from leumund.kit.faults import TooSoon
from leumund.tenancy.arriving import tenant_of

# Stripe tells of a busy day in bursts, from a few places.
RATE = Rate(most=500, per_second=50)
_MOST_PLACES = 10_000

# The oldest go first: whoever has not told for long gets a full one again.
_buckets: dict[tuple[UUID, str], Bucket] = {}


class TooMany(TooSoon):
    """This place has told enough for now."""


def count(request: Request[Any, Any, Any]) -> None:
    """Count one telling. Raises TooMany."""
    now, place = monotonic(), (tenant_of(request.scope).id, request.client.host if request.client else "")
    bucket = _buckets.pop(place, None) or Bucket(RATE, now_seconds=now)
    _buckets[place] = bucket
    if len(_buckets) > _MOST_PLACES:
        del _buckets[next(iter(_buckets))]
    wait = bucket.take(RATE, now_seconds=now)
    if wait:
        raise TooMany("errors.api.too_many", wait=timedelta(seconds=wait))
