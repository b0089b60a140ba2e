"""Hand a company's mail over: signed under its domain, in an envelope of its own, to its server or the operator's."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from email.message import EmailMessage
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import aiosmtplib
import dns.asyncresolver

from leumund.kit import ground, outside
from leumund.kit.outside import Address, NotReached
from leumund.messages.carrying import choosing, mailing, returning, signing
from leumund.messages.carrying.choosing import Server

_CONNECT_SECONDS = 10.0
# Instead of a server's codes: nobody was met.
TWIN = "twin"


class Carrier(NamedTuple):
    """The operator's server ``url``, the domain of ``returns`` where there is one, and how others' servers are found.

    A test has servers of its own to reach, under ``certificates`` of its own, with other ``ports`` for the usual ones.
    """

    url: str
    returns: str
    resolver: dns.asyncresolver.Resolver
    allowed: Callable[[Address], bool] = outside.is_public
    certificates: ssl.SSLContext | None = None
    ports: Mapping[int, int] = MappingProxyType({})

    async def carry(self, mail: EmailMessage) -> str:
        """Send ``mail`` of the company whose scope is open. Raises what ``meet`` raises."""
        async with self.meet() as hand_over:
            return await hand_over(mail)

    @asynccontextmanager
    async def meet(self) -> AsyncIterator[Callable[[EmailMessage], Awaitable[str]]]:
        """Get in at the server of the company whose scope is open; what is yielded sends a mail by it, at once.

        It returns the codes of the server's answer. Raises what aiosmtplib raises, a wrong password of ours among it,
        and NotReached for a server of the company's that leads nowhere, and what is yielded mailing.Undeliverable: each
        but the last is worth another try. In a test company nobody is met at all, and TWIN stands for the answer.
        """
        if ground.current().is_twin:
            yield _kept_here
            return
        async with self.way(await choosing.entry()) as entry, aiosmtplib.SMTP(**entry) as met:

            async def hand_over(mail: EmailMessage) -> str:
                content, sender = mail.as_bytes(), mail["From"].addresses[0].addr_spec
                return await mailing.send(
                    met,
                    await signing.signature(content, sender=sender) + content,
                    sender=self._envelope(mail, sender),
                    recipients=[address.addr_spec for address in mail["To"].addresses],
                )

            yield hand_over

    async def get_in(self, server: Server) -> str | None:
        """Why one cannot get in at ``server``, in a word; None where one can."""
        try:
            async with self.way(server) as entry, aiosmtplib.SMTP(**entry):
                return None
        except NotReached as fault:
            return fault.fault
        except aiosmtplib.SMTPAuthenticationError:
            return "refused"
        except (ssl.SSLError, aiosmtplib.SMTPConnectError) as fault:
            return "no_tls" if "certificate" in str(fault).lower() else "not_reached"
        except (aiosmtplib.SMTPException, OSError) as fault:
            return "no_tls" if "starttls" in str(fault).lower() else "not_reached"

    @asynccontextmanager
    async def way(self, server: Server | None) -> AsyncIterator[Mapping[str, Any]]:
        """What aiosmtplib wants to know of ``server``, else of the operator's. Raises NotReached."""
        if server is None:
            yield mailing.server(self.url)
            return
        address = await outside.address_of(self.resolver, host=server.host, allowed=self.allowed)
        # Connected to what was looked at: a name that leads elsewhere a moment later leads nowhere.
        # aiosmtplib closes the connection with its own.
        yield {
            "hostname": server.host,
            "sock": await _connected(address, self.ports.get(server.port, server.port)),
            "username": server.username or None,
            "password": server.password or None,
            "use_tls": server.by_tls,
            "start_tls": not server.by_tls,
            "tls_context": self.certificates,
            "timeout": mailing.TIMEOUT_SECONDS,
        }

    def _envelope(self, mail: EmailMessage, sender: str) -> str:
        """Where it comes back to: an envelope that names the message, where somebody takes them."""
        if not self.returns:
            return sender
        message = mail["Message-ID"].strip("<> ").partition("@")[0]
        return returning.envelope(UUID(message), domain=self.returns)


async def _kept_here(mail: EmailMessage) -> str:
    """What is tried is written, counted and kept like any other, and goes to nobody."""
    assert mail["To"], "somebody would have got it"
    return TWIN


async def _connected(address: Address, port: int) -> socket.socket:
    """Raises NotReached."""
    connection = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            await asyncio.get_running_loop().sock_connect(connection, (str(address), port))
    except (OSError, TimeoutError) as fault:
        connection.close()
        raise NotReached("not_reached") from fault
    return connection
