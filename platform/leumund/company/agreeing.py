"""Agree with the processor (Art. 28 GDPR), and keep every version that was accepted."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

import msgspec

from leumund.company.tables import AgreementAcceptance
from leumund.kit import ground
from leumund.kit.faults import Refused

# For queries that read what is on offer anyway: one more condition, and no further question.
AGREED = "EXISTS (SELECT FROM agreement_acceptance)"
_ASK = f"SELECT {AGREED} AS agreed"


class NotAgreed(Refused):
    """The owner has not accepted the agreement; before that nobody's data are processed for the company."""


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """That ``actor`` accepted a version of the agreement; ``sha256`` is of its ``document``, JSON as it was shown."""

    id: UUID
    version: int
    language: str
    document: str
    sha256: str
    actor: str
    at: datetime


async def agree(*, version: int, language: str, document: str, actor: str, at: datetime) -> Acceptance:
    """Keep an acceptance beside those before it."""
    accepted = Acceptance(
        id=uuid4(),
        version=version,
        language=language,
        document=document,
        sha256=sha256(document.encode()).hexdigest(),
        actor=actor,
        at=at,
    )
    await AgreementAcceptance.insert(AgreementAcceptance(**msgspec.structs.asdict(accepted)))
    return accepted


async def has_agreed() -> bool:
    """Whether any version was ever accepted: what changes later is told, and may be objected to."""
    return bool((await ground.fetch(_ASK))[0]["agreed"])


async def require() -> None:
    """Raises NotAgreed."""
    if not await has_agreed():
        raise NotAgreed("errors.agreement.missing", field="form")


async def acceptances() -> list[Acceptance]:
    """All of them, the newest first."""
    rows = await AgreementAcceptance.select().order_by(AgreementAcceptance.at, ascending=False)
    return msgspec.convert(rows, list[Acceptance])
