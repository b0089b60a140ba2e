"""Speak to Stripe's servers by its package: one try a call, within a time, and nothing about this machine told along.

Tries are ours (``calling``), for a try that is not written down first cannot be found again.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, ClassVar, NamedTuple

import httpx
import stripe
from stripe import StripeClient

# The package would tell which system and machine it runs on, and how long the last call took.
stripe.enable_telemetry = False
# Both would write down each address that is asked for, and one of them holds a person's own.
for _name in ("stripe", "httpx"):
    logging.getLogger(_name).setLevel(logging.WARNING)
_TOLD = ("authorization", "content-type", "idempotency-key", "stripe-version", "stripe-account", "user-agent")
_CONNECT_SECONDS = 5.0
# A page of a hundred objects is some hundred thousand bytes.
_MOST_BYTES = 4_000_000


class Service(NamedTuple):
    """Where Stripe is, by default its own address, and how long one answer may take; no company ever says either."""

    url: str = stripe.DEFAULT_API_BASE
    seconds: float = 20.0


def service(url: str = "") -> Service:
    """Stripe itself, or what a deployment names in its place."""
    return Service(url.rstrip("/")) if url else Service()


class Line(stripe.HTTPClient):
    """Carries one call after another over one connection; the whole of an answer has to be there in time."""

    name: ClassVar[str] = "leumund"

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        timeout = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        self._client = httpx.AsyncClient(verify=_trust(), trust_env=False, follow_redirects=False, timeout=timeout)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Raises stripe.APIConnectionError when there was no whole answer, whatever was done over there."""
        told = {name: value for name, value in headers.items() if name.lower() in _TOLD}
        try:
            async with asyncio.timeout(self._seconds):
                async with self._client.stream(method.upper(), url, headers=told, content=post_data) as answer:
                    return await _whole(answer), answer.status_code, answer.headers
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as fault:
            raise stripe.APIConnectionError(type(fault).__name__) from fault  # type: ignore[no-untyped-call]

    async def close_async(self) -> None:
        await self._client.aclose()


@asynccontextmanager
async def opened(service: Service, key: str) -> AsyncIterator[StripeClient]:
    """Speak for the account whose ``key`` it is."""
    line = Line(service.seconds)
    try:
        yield StripeClient(key, base_addresses={"api": service.url}, max_network_retries=0, http_client=line)
    finally:
        await line.close_async()


async def _whole(answer: httpx.Response) -> bytes:
    read = bytearray()
    async for part in answer.aiter_bytes():
        read += part
        if len(read) > _MOST_BYTES:
            raise httpx.DecodingError("longer than anything we ask for")
    return bytes(read)


@cache
def _trust() -> ssl.SSLContext:
    # Reading all authorities takes longer than a handshake, so it is done once.
    return httpx.create_ssl_context(trust_env=False)
