"""SMTP servers in tests: on a free port, with TLS and a login where they are told to, keeping all mail."""

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from leumund.demo import processes

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
    ours, trusted = _certificates(folder, host) if host else (None, None)
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


def _certificates(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A context for the server of ``host``, and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    signed = builder.sign(key, hashes.SHA256())
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(certificate, secret)
    return ours, ssl.create_default_context(cafile=str(certificate))
