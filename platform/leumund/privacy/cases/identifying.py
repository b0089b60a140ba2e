"""Say who is asking: by the login with a second factor, by the mail loop, or by what staff know (GDPR Art. 12(6))."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from leumund.kit import free_text, ground
from leumund.kit.faults import Refused
from leumund.privacy.cases import finding, recording
from leumund.privacy.cases.tables import EXTENSION, PROOF, WORDS

_IDENTIFY = """
UPDATE rights_case SET identified_at = $2, identified_by = $3, proof_sealed = coalesce($4, proof_sealed) WHERE id = $1
"""
_NAME = "UPDATE rights_case SET customer = $2, words_sealed = $3, extension_sealed = $4 WHERE id = $1"


class NobodyNamed(Refused):
    """First it has to be said whose data this is about."""


class AlreadyAsked(Refused):
    """The person has an open case for the same already."""


async def identify(*, case: UUID, by: Literal["login", "loop"], actor: str, at: datetime) -> None:
    """The person has proven who they are; that somebody did so before is fine."""
    found = await finding.locked(case=case)
    if found.identified_at is None:
        await _identify(case, by, None, at)
        await recording.record(case=case, what="identified", actor=actor, detail={"by": by}, at=at)


async def vouch(*, case: UUID, proof: str, by: UUID, at: datetime) -> None:
    """Staff know the person otherwise, and say by what: no more is asked for than is needed to be sure.

    Raises what finding.locked raises, NobodyNamed, free_text.Missing, free_text.TooLong.
    """
    told = free_text.checked(proof, field="proof", needed=True)
    found = await finding.locked(case=case, to="identified")
    if found.customer is None:
        raise NobodyNamed("errors.rights.nobody_named", field="proof")
    await _identify(case, "staff", PROOF.keep(told, case, key=await finding.key_of(found.customer)), at)
    await recording.record(case=case, what="identified", actor=f"staff:{by}", detail={"by": "staff"}, at=at)


async def name(*, case: UUID, customer: UUID, by: UUID, at: datetime) -> None:
    """Say whose data this is about; what was written until now goes under that person's key.

    Raises what finding.locked raises, AlreadyAsked.
    """
    await finding.locked(case=case, to="identified")
    found, key = await finding.find(case=case), await finding.key_of(customer)
    asked, extension = (
        WORDS.keep(found.words, case, key=key),
        EXTENSION.keep(found.extension, case, key=key),
    )
    try:
        # The rows hold it, and not a look before: somebody may ask for the same, or be named, at this very moment.
        async with ground.savepoint():
            await ground.execute(_NAME, case, customer, asked, extension)
    except asyncpg.UniqueViolationError as fault:
        raise AlreadyAsked("errors.rights.already_asked", field="person") from fault
    await recording.record(case=case, what="named", actor=f"staff:{by}", detail={"customer": str(customer)}, at=at)


async def _identify(case: UUID, by: str, proof: bytes | None, at: datetime) -> None:
    await ground.execute(_IDENTIFY, case, at, by, proof)
