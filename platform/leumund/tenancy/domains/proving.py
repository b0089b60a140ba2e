"""Look whether a domain says whose it is: by a TXT record beside it, or by a file it serves.

Only what stands under the claimed name itself counts, and only with the token of the claim that is looked at, which no
other company has.
"""

from collections.abc import Callable
from hmac import compare_digest
from typing import NamedTuple

import dns.asyncresolver

from leumund.kit import outside
from leumund.kit.outside import NO_ANSWER, Address, NotReached
from leumund.kit.settings import Settings

# The path does not hold the token: a site that answers every path with that path would prove anything.
FILE = "/.well-known/leumund-verify.txt"
_LABEL = "_leumund"


class Found(NamedTuple):
    """How a claim was proven, or else the short name of why not."""

    method: str | None
    fault: str | None


class Prover(NamedTuple):
    """Where it asks for names, and whom it may reach over HTTP; a test has servers of its own."""

    resolver: dns.asyncresolver.Resolver
    port: int = 80
    allowed: Callable[[Address], bool] = outside.is_public

    async def look(self, *, name: str, token: str) -> Found:
        """What ``name`` says of the claim that has ``token``; a domain that cannot be reached is no fault of ours."""
        by_record = await self._record(name, token)
        if by_record is None:
            return Found("dns", None)
        if by_record == NO_ANSWER:
            # Whoever's name servers are silent has no address we could ask either.
            return Found(None, by_record)
        try:
            body = await outside.document(self.resolver, host=name, path=FILE, port=self.port, allowed=self.allowed)
        except NotReached:
            return Found(None, by_record)
        said = body.split()
        proven = len(said) == 1 and compare_digest(said[0], words(token).encode())
        return Found("file", None) if proven else Found(None, by_record)

    async def _record(self, name: str, token: str) -> str | None:
        """Why no record proves it, or None where one does."""
        try:
            texts = await outside.texts(self.resolver, record(name))
        except NotReached as fault:
            return fault.fault
        if any(compare_digest(text, words(token).encode()) for text in texts):
            return None
        return "other_record" if texts else "no_record"


def prover(settings: Settings) -> Prover:
    """The one this deployment works with."""
    return Prover(outside.resolver(settings.name_servers()))


def record(name: str) -> str:
    """Where the TXT record stands."""
    return f"{_LABEL}.{name}"


def words(token: str) -> str:
    """What the record, or the file, says."""
    return f"leumund-verify={token}"
