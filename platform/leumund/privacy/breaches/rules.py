"""What a breach still lacks, and how much time is left for it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

# Art. 33(1) GDPR: from when the controller knew.
TELL_WITHIN = timedelta(hours=72)
# Art. 33(3) GDPR (a) to (d); each may follow in a phase of its own (33(4)).
CONTENT = ("nature", "contact", "consequences", "measures")
# Whether the authority is told (33(1)), whether the people are (34(1)), that it was done, and the end.
AUTHORITY = ("authority_needed", "authority_not_needed")
PEOPLE = ("people_needed", "people_not_needed")
DONE = ("authority_told", "people_told", "closed")
STEPS = (*CONTENT, *AUTHORITY, *PEOPLE, *DONE)


class Standing(NamedTuple):
    """What is missing, by names of STEPS; by when the authority is to be told, and whether that was too late."""

    missing: list[str]
    due_at: datetime
    is_late: bool
    is_closed: bool


def standing(*, taken: Collection[str], known_at: datetime, told_at: datetime | None, at: datetime) -> Standing:
    """``taken`` are the newest steps, of two that exclude each other the newer alone.

    ``told_at`` is when the authority was. The clock runs until then, or until it is decided that it need not be.
    """
    due_at = known_at + TELL_WITHIN
    running = told_at or at
    return Standing(
        missing=list(_missing(taken)),
        due_at=due_at,
        is_late="authority_not_needed" not in taken and running > due_at,
        is_closed="closed" in taken,
    )


def _missing(taken: Collection[str]) -> list[str]:
    needed = [*CONTENT]
    for either in (AUTHORITY, PEOPLE):
        if not set(either) & set(taken):
            needed.append(either[0].partition("_")[0])
    needed += [f"{whom}_told" for whom in ("authority", "people") if f"{whom}_needed" in taken]
    return [name for name in needed if name not in taken]
