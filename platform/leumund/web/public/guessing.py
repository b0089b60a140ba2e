"""Who tries out codes at ``/r/<code>``: after so many of nobody's within an hour a place waits for its rest.

A link's own code is followed from there all the same: it is too long to be guessed, and many share one address.

Different codes are counted: an old link that thousands follow from one network is one. Kept in this process, by company
and by a hash of the place under a key of this process's own, so that no address stands here; the oldest go first.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from hashlib import blake2b
from secrets import token_bytes
from time import monotonic

import msgspec

from leumund.kit.faults import TooSoon
from leumund.referrals.codes import reading
from leumund.web import peers

MOST_CODES = 30
WITHIN_SECONDS = 3_600.0
MOST_PLACES = 10_000
_KEY = token_bytes(32)
_HASH_BYTES = 8
Place = tuple[str, bytes]


class TooManyCodes(TooSoon):
    """This place tried out as many codes as it may."""


class _Tried(msgspec.Struct):
    """What one place tried out until ``ends``, by hashes of the codes."""

    ends: float
    codes: set[bytes] = msgspec.field(default_factory=set)


class Guesses:
    """One process's memory of who tries out codes."""

    def __init__(self, time: Callable[[], float] = monotonic) -> None:
        self._time = time
        self._tried: OrderedDict[Place, _Tried] = OrderedDict()
        # Until then somebody has to wait; most of the time nobody does, and followed links cost nothing for it.
        self._waits_until = 0.0

    def __len__(self) -> int:
        return len(self._tried)

    def wait(self, *, schema: str, peer: str) -> TooManyCodes | None:
        """How long a place waits; None for one that may go on."""
        now = self._time()
        if now >= self._waits_until:
            return None
        tried = self._tried.get(_place(schema, peer))
        if tried is None or len(tried.codes) < MOST_CODES or tried.ends <= now:
            return None
        return TooManyCodes("errors.pacing.too_many_codes", wait=timedelta(seconds=tried.ends - now))

    def note(self, *, schema: str, peer: str, code: str) -> None:
        """That ``peer`` asked for a code of nobody's."""
        place, now = _place(schema, peer), self._time()
        tried = self._tried.get(place)
        if tried is None or tried.ends <= now:
            tried = self._tried[place] = _Tried(now + WITHIN_SECONDS)
            self._tried.move_to_end(place)
        if len(tried.codes) < MOST_CODES:
            tried.codes.add(_hashed(reading.normal(code)))
        if len(tried.codes) >= MOST_CODES:
            self._waits_until = max(self._waits_until, tried.ends)
        if len(self._tried) > MOST_PLACES:
            self._tried.popitem(last=False)


def _place(schema: str, peer: str) -> Place:
    return schema, _hashed(peers.place_of(peer))


def _hashed(text: str) -> bytes:
    return blake2b(text.encode(errors="replace"), digest_size=_HASH_BYTES, key=_KEY).digest()
