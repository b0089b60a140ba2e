"""Sign a company's mails under its own domain (DKIM, RFC 6376), once its DNS shows the key they are checked with.

A signature nobody can check is worse than none: receivers count it as broken.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import dkim
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from leumund.audit import noting
from leumund.company import describing
from leumund.kit import ground, outbox, sealing, twins
from leumund.messages.carrying import records
from leumund.messages.carrying.records import Record
from leumund.messages.carrying.tables import MailDomain

KIND = "messages.look_up_sender"
_KEY = sealing.Column("mail_domain", "private_key_sealed")
# RFC 8301 asks for 1024 at least; 2048 is the longest every provider's DNS takes.
_BITS = 2048
# RFC 8058 4: what a reader's one click goes by has to be covered.
_COVERED = (
    *(b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"),
    *(b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post"),
)


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """A sender domain and what its DNS said at ``checked_at``: for each kind of record a word of ``records``."""

    id: UUID
    name: str
    selector: str
    public_key: str
    created_at: datetime
    asked_at: datetime | None
    checked_at: datetime | None
    spf: str | None
    dkim: str | None
    dmarc: str | None

    @property
    def is_proven(self) -> bool:
        """Whether a receiver can check our signature, which is what mails need to be the company's own."""
        return self.dkim == records.GOOD

    def wanted(self, spf: str) -> list[Record]:
        """The records to publish."""
        return records.wanted(domain=self.name, selector=self.selector, public_key=self.public_key, spf=spf)


async def current() -> Sender | None:
    """The domain of the address the company sends from; None before anybody prepared it."""
    profile = await describing.profile()
    row = await MailDomain.select().where(MailDomain.name == domain_of(profile.sender_email)).first()
    return None if row is None else msgspec.convert(_plain(row), Sender)


async def prepare(*, actor: str, at: datetime) -> Sender:
    """Make a key for the domain the company sends from, where it has none. Raises twins.NotInTwin."""
    twins.refuse()
    profile = await describing.profile()
    name, row = domain_of(profile.sender_email), uuid4()
    private, public = _made()
    made = MailDomain(
        id=row,
        name=name,
        # Named after the day, so that a later key can stand beside it while DNS forgets the first.
        selector=f"lm{at:%Y%m%d}",
        private_key_sealed=_KEY.seal(private, row),
        public_key=public,
        created_at=at,
    )
    if await MailDomain.insert(made).on_conflict(target=MailDomain.name, action="DO NOTHING"):
        await noting.note(actor=actor, action="mail.domain_prepared", subject=row, detail={"domain": name}, at=at)
    found = await current()
    assert found is not None, "inserted above, or before us"
    return found


async def look_up(*, at: datetime) -> None:
    """Have the worker look what the domain's DNS says by now. Raises twins.NotInTwin."""
    twins.refuse()
    rows = await ground.fetch("UPDATE mail_domain SET asked_at = $1 RETURNING id", at)
    await outbox.enqueue_all(kind=KIND, subjects=[row["id"] for row in rows], due_at=at, bulk=True)


async def find(*, domain: UUID) -> Sender | None:
    """One of the company's domains, or None."""
    row = await MailDomain.select().where(MailDomain.id == domain).first()
    return None if row is None else msgspec.convert(_plain(row), Sender)


async def found(*, domain: UUID, said: Mapping[str, str], at: datetime) -> None:
    """Keep what was found of each kind of record; the log tells when one changed."""
    before = await find(domain=domain)
    if before is None:
        return
    values: dict[Any, Any] = {**said, "checked_at": at}
    await MailDomain.update(values).where(MailDomain.id == domain)
    changed = {kind: word for kind, word in said.items() if getattr(before, kind) != word}
    if changed:
        detail = {"domain": before.name, **changed}
        await noting.note(actor="system:messages", action="mail.domain_looked_up", subject=domain, detail=detail, at=at)


async def signature(mail: bytes, *, sender: str) -> bytes:
    """The header that signs ``mail``, ending in a line break; empty while the domain of ``sender`` is not proven."""
    row = await MailDomain.select().where(MailDomain.name == domain_of(sender)).first()
    if row is None or row["dkim"] != records.GOOD:
        return b""
    return _signed(
        mail, domain=row["name"], selector=row["selector"], key=_KEY.unseal(row["private_key_sealed"], row["id"])
    )


def domain_of(address: str) -> str:
    """What stands behind the @, as DNS knows it."""
    return address.rpartition("@")[2].lower()


def _signed(mail: bytes, *, domain: str, selector: str, key: str) -> bytes:
    made: bytes = dkim.sign(
        mail,
        selector.encode(),
        domain.encode(),
        key.encode(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=_present(mail, _COVERED),
    )
    return made


def _present(mail: bytes, headers: Sequence[bytes]) -> list[bytes]:
    named = {line.partition(b":")[0].lower() for line in mail.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    return [header for header in headers if header in named]


def _made() -> tuple[str, str]:
    """A private key as PEM (PKCS #1), and its public half as DNS shows it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), "".join(public.decode().splitlines()[1:-1])


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "private_key_sealed"}
