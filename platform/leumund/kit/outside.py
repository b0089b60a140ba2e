"""Reach what a company names outside without being led into our own network: public addresses, each looked up by us.

A name is resolved once, every address it has must be public, and the connection goes to one that was looked at, so an
answer that changes in between (DNS rebinding) changes nothing. No redirect is followed, no proxy of ours is used, and
no more is read than a proof needs.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

import dns.asyncresolver
import dns.exception
import dns.resolver
import httpx

from leumund.kit import web_addresses

Address = IPv4Address | IPv6Address
_ASK_SECONDS = 3.0
_SECONDS = 5.0
_MOST_BYTES = 1_000
_POST_SECONDS = 15.0
_LONGEST_WAIT_SECONDS = 86_400
NO_ANSWER = "no_answer"
# Addresses that carry another one within: what is public about them says nothing of where they lead.
_CARRIERS = ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96", "192.88.99.0/24")
# Inner ones of old, of documents and of routers, which not every Python knows as such.
_INNER = ("192.0.0.0/24", "fec0::/10", "3fff::/20", "5f00::/16", "100:0:0:1::/64")
# What a cloud answers its own machines under numbers that look public: Azure's wire server, IBM's service endpoints.
_CLOUDS = ("168.63.129.16/32", "161.26.0.0/16", "166.8.0.0/14")
_UNFIT = tuple(ip_network(each) for each in _CARRIERS + _INNER + _CLOUDS)


class NotReached(Exception):
    """No answer, or one we do not take; ``fault`` is its short name."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Way(NamedTuple):
    """Which addresses one goes to, and whose certificates one takes for whom they name."""

    allowed: Callable[[Address], bool]
    trust: ssl.SSLContext


class Answered(NamedTuple):
    """A status, and how long the other side asks us to wait before the next call."""

    status: int
    wait: timedelta | None


def is_public(address: Address) -> bool:
    """Whether ``address`` is one of the public net, and no way round into another."""
    inner = getattr(address, "ipv4_mapped", None) or address
    if any(inner in net for net in _UNFIT):
        return False
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def resolver(servers: Sequence[tuple[str, int]]) -> dns.asyncresolver.Resolver:
    """One that asks ``servers``, or the system's where there are none, and remembers nothing."""
    made = dns.asyncresolver.Resolver(configure=not servers)
    if servers:
        made.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in servers]
    made.lifetime = _ASK_SECONDS
    made.cache = None
    return made


async def texts(asked: dns.asyncresolver.Resolver, name: str, *, aliases: bool = False) -> list[bytes]:
    """The TXT records at exactly ``name``; one that is an alias of another name has none, but where ``aliases`` count.

    Raises NotReached.
    """
    answer = await _resolved(asked, name, "TXT")
    if answer is None or (not aliases and answer.canonical_name != dns.name.from_text(name)):
        return []
    return [b"".join(record.strings) for record in answer]


async def document(
    asked: dns.asyncresolver.Resolver, *, host: str, path: str, port: int, allowed: Callable[[Address], bool]
) -> bytes:
    """The first bytes of ``http://host/path``, from an address that is ``allowed``. Raises NotReached."""
    address = await address_of(asked, host=host, allowed=allowed)
    place = f"[{address}]" if address.version == 6 else str(address)
    try:
        async with (
            asyncio.timeout(_SECONDS),
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_SECONDS) as client,
            client.stream("GET", f"http://{place}:{port}{path}", headers=_headers(host)) as answer,
        ):
            if answer.status_code != 200:
                raise NotReached("no_file")
            return await _beginning(answer)
    except (TimeoutError, httpx.HTTPError) as fault:
        raise NotReached("no_file") from fault


async def post(
    asked: dns.asyncresolver.Resolver,
    *,
    to: web_addresses.Address,
    body: bytes,
    headers: Mapping[str, str],
    by: Way,
) -> Answered:
    """Post ``body`` and hear the status alone; what is said beyond it is not read. Raises NotReached.

    The certificate has to be of the name, though the call goes to the address that was looked at.
    """
    address = await address_of(asked, host=to.host, allowed=by.allowed)
    place = f"[{address}]" if address.version == 6 else str(address)
    named = to.host if to.port == 443 else f"{to.host}:{to.port}"
    try:
        async with (
            asyncio.timeout(_POST_SECONDS),
            httpx.AsyncClient(
                trust_env=False, follow_redirects=False, timeout=_POST_SECONDS, verify=by.trust, http1=True
            ) as client,
            client.stream(
                "POST",
                f"https://{place}:{to.port}{to.target}",
                content=body,
                headers={**_headers(named), **headers},
                extensions={"sni_hostname": to.host},
            ) as answer,
        ):
            return Answered(answer.status_code, _wait(answer.headers.get("retry-after", "")))
    except (TimeoutError, httpx.TimeoutException) as fault:
        raise NotReached("too_slow") from fault
    except httpx.ConnectError as fault:
        is_distrust = isinstance(fault.__cause__, ssl.SSLError) or "CERTIFICATE" in str(fault)
        raise NotReached("no_trust" if is_distrust else "no_connection") from fault
    except httpx.HTTPError as fault:
        raise NotReached("broken_off") from fault


def _wait(said: str) -> timedelta | None:
    """Seconds alone: a date would ask us to trust their clock."""
    if not said.isascii() or not said.isdigit() or len(said) > 9:
        return None
    return timedelta(seconds=min(int(said), _LONGEST_WAIT_SECONDS))


def _headers(host: str) -> dict[str, str]:
    # Unpacking would make much of little.
    return {"host": host, "accept-encoding": "identity", "user-agent": "leumund"}


async def _beginning(answer: httpx.Response) -> bytes:
    read = b""
    async for part in answer.aiter_raw(_MOST_BYTES):
        read += part
        if len(read) > _MOST_BYTES:
            raise NotReached("no_file")
    return read


async def address_of(
    asked: dns.asyncresolver.Resolver, *, host: str, allowed: Callable[[Address], bool] = is_public
) -> Address:
    """One address of ``host``, all of which are ``allowed``. Raises NotReached."""
    addresses: list[Address] = []
    for kind in ("A", "AAAA"):
        answer = await _resolved(asked, host, kind)
        addresses += [ip_address(record.address) for record in answer or ()]
    if not addresses:
        raise NotReached("no_address")
    if not all(map(allowed, addresses)):
        raise NotReached("inner_address")
    return addresses[0]


async def _resolved(asked: dns.asyncresolver.Resolver, name: str, kind: str) -> dns.resolver.Answer | None:
    try:
        return await asked.resolve(name + ".", kind, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.DNSException, OSError) as fault:
        raise NotReached(NO_ANSWER) from fault
