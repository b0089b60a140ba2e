"""Secure an account: whatever changes about a second factor is told to the person's mailbox, together or not at all."""

from datetime import datetime
from uuid import UUID

from leumund.customers.login import disarming, enrolling
from leumund.customers.login.enrolling import Enrolled
from leumund.customers.login.visiting import Visit
from leumund.messages import sending


async def add_app(*, token: str, visit: Visit, name: str, code: str, language: str, at: datetime) -> Enrolled:
    """Raises what enrolling.add_app raises."""
    enrolled = await enrolling.add_app(token=token, visit=visit, name=name, code=code, at=at)
    await _tell(visit, language, at)
    return enrolled


async def add_passkey(*, visit: Visit, name: str, answer: str, language: str, at: datetime) -> Enrolled:
    """Raises what enrolling.add_passkey raises."""
    enrolled = await enrolling.add_passkey(visit=visit, name=name, answer=answer, at=at)
    await _tell(visit, language, at)
    return enrolled


async def renew_codes(*, visit: Visit, language: str, at: datetime) -> list[str]:
    """Raises NeedsProof."""
    fresh = await enrolling.renew_codes(visit=visit, at=at)
    await _tell(visit, language, at)
    return fresh


async def remove(*, visit: Visit, factor: UUID, language: str, at: datetime) -> None:
    """Raises what disarming.remove raises."""
    await disarming.remove(visit=visit, factor=factor, at=at)
    await _tell(visit, language, at)


async def _tell(visit: Visit, language: str, at: datetime) -> None:
    await sending.queue(kind="security_notice", customer=visit.customer, language=language, at=at)
