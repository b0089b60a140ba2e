"""Who follows a link, as far as a count may know: a person or a machine, and no more of the person than a day's hash.

No address and no name of a browser is kept. Whoever objects to being measured (Global Privacy Control, Do Not Track) is
counted as a click and told apart from nobody.
"""

from hashlib import blake2b
from typing import NamedTuple

from leumund.referrals import rules
from leumund.tenancy.arriving import Scope
from leumund.web.public.links import Known

_HASH_BYTES = 8
_OBJECTIONS = frozenset({b"sec-gpc", b"dnt"})
# A browser that looks ahead says so: nobody has followed the link yet.
_AHEAD = frozenset({b"sec-purpose", b"purpose", b"x-moz"})
_MOST_REMEMBERED = 10_000

# Whether what a browser calls itself is a machine's name, by a hash that is another one in each process.
_machines: dict[int, bool] = {}


class Passing(NamedTuple):
    """``visitor`` is None of a machine, of whoever objects, and while the company's day has no salt."""

    machine: bool
    visitor: int | None


def passing(scope: Scope, known: Known, campaign: str) -> Passing:
    """Who the request of ``scope`` comes from, hashed for this link, campaign and day."""
    agent, objects, ahead = b"", False, False
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name in _OBJECTIONS:
            objects = objects or value.strip() == b"1"
        elif name in _AHEAD:
            ahead = ahead or b"prefetch" in value.lower()
    if ahead or _is_machine(agent):
        return Passing(True, None)
    key = known.aside.key
    return Passing(False, None if objects or key is None else _visitor(scope, known, key, agent, campaign))


def _visitor(scope: Scope, known: Known, key: bytes, agent: bytes, campaign: str) -> int:
    client = scope.get("client")
    hashing = blake2b(known.led.link.bytes, digest_size=_HASH_BYTES, key=key)
    hashing.update(f"{campaign} {client[0] if client else ''} ".encode())
    hashing.update(agent)
    return int.from_bytes(hashing.digest(), signed=True)


def _is_machine(agent: bytes) -> bool:
    known = _machines.get(hash(agent))
    if known is None:
        if len(_machines) >= _MOST_REMEMBERED:
            _machines.clear()
        known = _machines[hash(agent)] = rules.is_machine(agent.decode("latin-1"))
    return known
