"""What the closed loop is tried on: answers given and corrected, and members who may work."""

from datetime import datetime
from uuid import UUID, uuid4

from leumund.kit import ground
from leumund.staff import members
from tests import allowing
from tests.conftest import NOON
from tests.rooms import whole


async def member(name: str, *, role: str) -> UUID:
    """Somebody who has enrolled."""
    one = uuid4()
    kept = members.sealed(member=one, name=name, email=f"{name.lower()}-{one.hex[:6]}@staff.example")
    await ground.execute(
        "INSERT INTO staff_member (id, name_sealed, email_sealed, email_hash, role, language, created_at, "
        "password_hash, totp_sealed) VALUES ($1, $2, $3, $4, $5, 'de', $6, 'x', 'x')",
        one,
        kept["name_sealed"],
        kept["email_sealed"],
        kept["email_hash"],
        role,
        NOON,
    )
    return one


async def answered(customer: UUID, score: int, *, comment: str = "", at: datetime) -> UUID:
    """``customer`` was asked and answered; the answer."""
    known = {row["id"] for row in await _answers(customer)}
    await whole.answered(customer, score=score, comment=comment, at=at)
    (new,) = [row["id"] for row in await _answers(customer) if row["id"] not in known]
    return UUID(str(new))


async def corrected(answer: UUID, score: int) -> None:
    """They thought better of it, or worse, within the half hour in which they may."""
    (row,) = await ground.fetch("SELECT invitation, answered_at FROM survey_answer WHERE id = $1", answer)
    at: datetime = row["answered_at"]
    await whole.answer(row["invitation"], score, at=at)


async def allow(customer: UUID, email: str, *purposes: str) -> None:
    """They agreed to be written to."""
    for purpose in purposes:
        assert await allowing.given(
            customer=customer,
            purpose=purpose,
            channel="email",
            source="import",
            basis="asked at the counter",
            at=NOON,
            email=email,
        )


async def _answers(customer: UUID) -> list[dict[str, object]]:
    return await ground.fetch("SELECT id FROM survey_answer WHERE customer = $1", customer)
