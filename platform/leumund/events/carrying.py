"""Carry a parcel to an endpoint: signed by the Standard Webhooks rules, to a public address alone, and once a call."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

import dns.asyncresolver
import msgspec
from standardwebhooks import Webhook

from leumund.events import rules
from leumund.events.subscribing import PORTS
from leumund.kit import outside, web_addresses
from leumund.kit.outside import Address, NotReached


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be delivered: an event with its number, to where, and the secrets it is signed with."""

    event: UUID
    kind: str
    subject: UUID
    at: datetime
    url: str
    secrets: Sequence[str]
    # False where things are tried out: whoever listens to both tells them apart.
    livemode: bool

    def body(self) -> str:
        """The envelope: no more than ids, which need no seal on anybody's wire."""
        return msgspec.json.encode(
            {
                "id": self.number,
                "type": self.kind,
                "created": self.at,
                "livemode": self.livemode,
                "data": {"id": rules.written(rules.noun(self.kind), self.subject)},
            }
        ).decode()

    @property
    def number(self) -> str:
        """The same in each try, so that the other side knows an event that comes twice."""
        return f"evt_{self.event.hex}"


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A status, or the short name of what was in the way; ``wait`` is what the other side asked for."""

    status: int | None = None
    fault: str | None = None
    wait: timedelta | None = None
    took_ms: int = 0


@dataclass(frozen=True)
class Courier:
    """How this deployment reaches others: whom it asks for addresses, which it goes to, and whose word it takes."""

    resolver: dns.asyncresolver.Resolver
    allowed: Callable[[Address], bool] = outside.is_public
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    ports: tuple[int, ...] = PORTS

    async def carry(self, parcel: Parcel, *, at: datetime) -> Carried:
        """One call; whatever comes of it is an answer."""
        address = web_addresses.read(parcel.url, field="url", ports=self.ports)
        began = monotonic()
        try:
            said = await outside.post(
                self.resolver,
                to=address,
                body=parcel.body().encode(),
                headers=_headers(parcel, at),
                by=outside.Way(self.allowed, self.trust),
            )
        except NotReached as fault:
            return Carried(fault=fault.fault, took_ms=_since(began))
        return Carried(status=said.status, wait=said.wait, took_ms=_since(began))


def _headers(parcel: Parcel, at: datetime) -> dict[str, str]:
    body, moment = parcel.body(), at.astimezone(UTC)
    signed = [Webhook(secret).sign(parcel.number, moment, body) for secret in parcel.secrets]
    return {
        "content-type": "application/json",
        "webhook-id": parcel.number,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _since(began: float) -> int:
    return round((monotonic() - began) * 1000)
