"""Hand a mail to the SMTP server of the settings.

Of what the server says we take the codes alone: its words quote whom the mail is for, and what we keep of a mail stays.
"""

import re
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

_TIMEOUT_SECONDS = 30
_TAKEN, _PERMANENT = 250, 500
# RFC 3463 2: how a server says more than its three digits can.
_DETAILED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?!\S)")


class Undeliverable(Exception):
    """The server will never take this mail for this address: trying again only hurts our name.

    Its text is the server's codes.
    """


async def post(url: str, mail: EmailMessage) -> str:
    """Send ``mail`` by ``url`` and return the codes of the server's answer.

    ``smtp://user:password@host:port`` speaks TLS where the server offers it, with ``?starttls`` only then, and
    ``smtps://`` from the start. Raises Undeliverable for a final no to recipient or content; any other fault, a wrong
    password of ours among them, is aiosmtplib's own and worth another try.
    """
    try:
        _, response = await aiosmtplib.send(
            mail.as_bytes(),
            sender=mail["From"].addresses[0].addr_spec,
            recipients=[address.addr_spec for address in mail["To"].addresses],
            **_server(url),
        )
    except aiosmtplib.SMTPRecipientsRefused as fault:
        if all(refused.code >= _PERMANENT for refused in fault.recipients):
            raise Undeliverable("; ".join(status(each.code, each.message) for each in fault.recipients)) from fault
        raise
    except aiosmtplib.SMTPDataError as fault:
        if fault.code >= _PERMANENT:
            raise Undeliverable(status(fault.code, fault.message)) from fault
        raise
    return status(_TAKEN, response)


def status(code: int, words: str) -> str:
    """The codes of an answer, such as ``550 5.1.1``, without its words."""
    detailed = _DETAILED.match(words)
    return f"{code} {detailed[0]}" if detailed else str(code)


async def greet(url: str) -> str:
    """Reach the server, log in where the URL has a user, send nothing; returns who answered. Raises aiosmtplib's."""
    async with aiosmtplib.SMTP(**_server(url)) as server:
        return f"{server.hostname}:{server.port} answers{', by TLS' if _by_tls(server) else ''}"


def _by_tls(server: aiosmtplib.SMTP) -> bool:
    return server.transport is not None and server.transport.get_extra_info("sslcontext") is not None


def _server(url: str) -> dict[str, Any]:
    """What aiosmtplib wants to know of the server at ``url``."""
    server = urlsplit(url)
    return {
        "hostname": server.hostname,
        "port": server.port,
        "username": unquote(server.username) if server.username else None,
        "password": unquote(server.password) if server.password else None,
        "use_tls": server.scheme == "smtps",
        "start_tls": _start_tls(server),
        "timeout": _TIMEOUT_SECONDS,
    }


def _start_tls(server: SplitResult) -> bool | None:
    if server.scheme == "smtps":
        return False
    # None: TLS where it is offered, which is what a sink on this machine does not.
    return True if "starttls" in server.query else None
