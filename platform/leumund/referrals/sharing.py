"""Give an advocate a link to share: short, personal, and without any trace of who they are."""

from datetime import datetime
from secrets import choice
from typing import Any, NamedTuple
from uuid import UUID

from leumund.kit import ground
from leumund.referrals import rules
from leumund.referrals.codes import drawing

_TAKE_UP = """
UPDATE share_link SET retired_at = NULL WHERE advocate = $1 AND program = $2 AND retired_at IS NOT NULL
"""
_STANDING = "SELECT id, code FROM share_link WHERE advocate = $1 AND program = $2 AND retired_at IS NULL"


class Link(NamedTuple):
    """An advocate's link, with its own code."""

    id: UUID
    code: str


async def code_of(*, customer: UUID, program: UUID, at: datetime) -> str:
    """The code of the advocate's link, made when it is first asked for; one that was laid down leads on again.

    With it comes a code to be said. Nobody has more than one link in a program (UWG § 7: no link for every friend).
    """
    await ground.execute(_TAKE_UP, customer, program)
    while not (rows := await _find(customer, program)):
        # A code that is taken, however unlikely, is simply drawn again.
        await ground.execute(
            "INSERT INTO share_link (program, advocate, code, created_at) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT DO NOTHING",
            program,
            customer,
            "".join(choice(rules.CODE_ALPHABET) for _ in range(rules.CODE_LENGTH)),
            at,
        )
    await drawing.draw(link=rows[0]["id"], advocate=customer, at=at)
    code: str = rows[0]["code"]
    return code


async def standing(*, customer: UUID, program: UUID) -> Link | None:
    """The advocate's link where there is one already; None for whoever does not take part."""
    rows = await _find(customer, program)
    return Link(rows[0]["id"], rows[0]["code"]) if rows else None


def address(code: str) -> str:
    """Where a code leads, at the company's canonical host."""
    return f"{ground.current().origin}/r/{code}"


async def _find(customer: UUID, program: UUID) -> list[dict[str, Any]]:
    return await ground.fetch(_STANDING, customer, program)
