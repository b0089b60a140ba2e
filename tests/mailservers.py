"""SMTP servers in tests: on a free port, with TLS and a login where they are told to, keeping all mail."""

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from leumund.demo import processes
from tests import certificates

USERNAME, PASSWORD = "linden", "Passwort für Mail"


class MailServer:
    """What it took: envelopes' senders, and each mail as it came over the wire."""

    def __init__(self, port: int, trusted: ssl.SSLContext | None) -> None:
        self.port = port
        self.trusted = trusted
        self.senders: list[str] = []
        self.taken: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.senders.append(envelope.mail_from)
        self.taken.append(envelope.original_content)
        return "250 2.0.0 kept"


@contextmanager
def running(folder: Path, *, host: str = "", from_the_start: bool = False, login: bool = False) -> Iterator[MailServer]:
    """A server called ``host``, with a certificate for it where it has a name."""
    ours, trusted = certificates.made(folder, host) if host else (None, None)
    port = processes.free_port()
    server = MailServer(port, trusted)
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=port,
        ssl_context=ours if from_the_start else None,
        tls_context=None if from_the_start else ours,
        require_starttls=bool(ours) and not from_the_start,
        authenticator=_authenticate,
        auth_required=login,
        auth_require_tls=not from_the_start,
        ready_timeout=60,
    )
    with warnings.catch_warnings():
        # By TLS from the start there is no STARTTLS to ask for; it says so of every connection.
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
        controller.start()
        try:
            yield server
        finally:
            controller.stop()


def _authenticate(_server: Any, _session: Any, _envelope: Any, _how: str, given: LoginPassword) -> AuthResult:
    right = (given.login, given.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
