"""Hand a mail to an SMTP server.

Of what the server says we take the codes alone: its words quote whom the mail is for, and what we keep of a mail stays.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

TIMEOUT_SECONDS = 30
_TAKEN, _PERMANENT = 250, 500
# RFC 3463 2: how a server says more than its three digits can.
_DETAILED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?!\S)")


class Undeliverable(Exception):
    """The server will never take this mail for this address: trying again only hurts our name.

    Its text is the server's codes.
    """


async def send(met: aiosmtplib.SMTP, content: bytes, *, sender: str, recipients: Sequence[str]) -> str:
    """Send a mail, ``content`` as it goes over the wire, by the server that was ``met``; the codes of its answer.

    Raises Undeliverable for a final no to recipient or content; any other fault is aiosmtplib's own and worth another
    try.
    """
    try:
        _, response = await met.sendmail(sender, list(recipients), content)
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
    async with aiosmtplib.SMTP(**server(url)) as met:
        return f"{met.hostname}:{met.port} answers{', by TLS' if _by_tls(met) else ''}"


def _by_tls(met: aiosmtplib.SMTP) -> bool:
    return met.transport is not None and met.transport.get_extra_info("sslcontext") is not None


def server(url: str) -> dict[str, Any]:
    """What aiosmtplib wants to know of the server at ``url``.

    ``smtp://user:password@host:port`` speaks TLS where the server offers it, with ``?starttls`` only then, and
    ``smtps://`` from the start.
    """
    place = urlsplit(url)
    return {
        "hostname": place.hostname,
        "port": place.port,
        "username": unquote(place.username) if place.username else None,
        "password": unquote(place.password) if place.password else None,
        "use_tls": place.scheme == "smtps",
        "start_tls": _start_tls(place),
        "timeout": TIMEOUT_SECONDS,
    }


def _start_tls(place: SplitResult) -> bool | None:
    if place.scheme == "smtps":
        return False
    # None: TLS where it is offered, which is what a sink on this machine does not.
    return True if "starttls" in place.query else None
