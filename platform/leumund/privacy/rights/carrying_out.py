"""Carry out what was asked for, where one press does it: let data rest, end advertising and profiling, or erase.

The case is finished in the same transaction, so that nothing is done of which the person is not told, or told of what
is not done.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from leumund.kit.faults import Refused
from leumund.privacy.cases import finding, finishing, recording
from leumund.privacy.cases.finding import Open
from leumund.privacy.cases.rules import Kind
from leumund.privacy.forgetting import erasing
from leumund.privacy.rights import objecting, restricting

# Why, as the law has it: it is asked for where there is more than one reason.
GROUNDS: Mapping[Kind, Sequence[str]] = {
    "restriction": restricting.GROUNDS,
    "objection": (),
    "erasure": tuple(each for each in erasing.GROUNDS if each != "participation_ended"),
}


class NoGround(Refused):
    """Which reason of the law it is has to be chosen."""


class NotByPress(Refused):
    """A request of this kind takes more than a press."""


async def carry_out(*, case: UUID, ground: str, told: str, by: UUID, at: datetime) -> None:
    """Do it and finish the case; ``told`` is what the person reads of it, needed where something stays.

    Raises what finding.locked raises, NotByPress, NoGround, free_text.Missing, free_text.TooLong.
    """
    found = await finding.locked(case=case, to="done")
    if found.kind not in GROUNDS:
        raise NotByPress("errors.rights.not_now", field="form")
    assert found.customer is not None, "nobody is identified who is not known"
    if GROUNDS[found.kind] and ground not in GROUNDS[found.kind]:
        raise NoGround("errors.rights.no_reason", field="ground")
    partly = found.kind == "erasure" and await erasing.blockers(customer=found.customer)
    # First, while the person can still be found to be written to.
    await finishing.finish(case=case, outcome="partly" if partly else "carried_out", told=told, by=by, at=at)
    what = await _do(found, found.customer, ground, f"staff:{by}", at)
    await recording.record(case=case, what=what, actor=f"staff:{by}", at=at)


async def _do(found: Open, customer: UUID, ground: str, actor: str, at: datetime) -> str:
    """The deed itself; returns what the story says of it."""
    if found.kind == "objection":
        await objecting.to_advertising(customer=customer, source="staff", at=at, evidence={"case": str(found.id)})
        await objecting.to_profiling(customer=customer, actor=actor, at=at)
        return "objected"
    if found.kind == "restriction":
        reason = next(each for each in restricting.GROUNDS if each == ground)
        await restricting.restrict(customer=customer, reason=reason, actor=actor, rights_case=found.id, at=at)
        return "restricted"
    why = next(each for each in erasing.GROUNDS if each == ground)
    language = found.language
    await erasing.begin(customer=customer, reason=why, actor=actor, language=language, rights_case=found.id, at=at)
    return "erasing"
