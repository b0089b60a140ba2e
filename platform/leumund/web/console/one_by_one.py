"""Decide one by one about whatever was ticked, each in a transaction of its own: what fails holds up no other."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request

from leumund.kit.faults import Refused
from leumund.rewards import queueing
from leumund.web import answering
from leumund.web.console import entering, naming

Deed = Callable[[UUID], Awaitable[bool]]


class NothingChosen(Refused):
    """No box was ticked, or too many."""


class Failed(NamedTuple):
    """One that could not be decided, and why."""

    subject: UUID
    why: str


class Told(NamedTuple):
    """How many are decided, how many wait for another member's approval, and which could not be decided."""

    decided: int = 0
    halves: int = 0
    failed: Sequence[Failed] = ()


NOTHING = Told()


def chosen(ticked: Sequence[str], *, fault: str, field: str) -> list[UUID]:
    """The ids that were ticked, each once. Raises NothingChosen with ``fault``."""
    ids = list(dict.fromkeys(naming.known(each) for each in ticked))
    if not 0 < len(ids) <= queueing.MOST:
        raise NothingChosen(fault, field=field, most=queueing.MOST)
    return ids


async def decide(request: Request[Any, Any, Any], deeds: Sequence[tuple[UUID, Deed]]) -> Told:
    """Do each deed to its subject, in order."""
    told = [await _one(request, subject, deed) for subject, deed in deeds]
    failed = [each for each in told if isinstance(each, Failed)]
    return Told(decided=told.count(True), halves=told.count(False), failed=failed)


async def _one(request: Request[Any, Any, Any], subject: UUID, deed: Deed) -> bool | Failed:
    """Whether it is decided now, or waits for another member to approve it too."""
    try:
        async with entering.inside(request):
            return await deed(subject)
    except Refused as fault:
        return Failed(subject, " ".join(answering.errors_of(fault, entering.language(request)).values()))
