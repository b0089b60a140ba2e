"""Long lists, newest first, page by page: a cursor names the last row seen, so that new rows shift nothing.

A room asks for one row more than a page holds, orders by a moment and an id, and cuts what it got.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from leumund.kit import faults

LONGEST_PAGE = 200

Row = TypeVar("Row")


class BadCursor(faults.Refused):
    """Where to go on is nothing a list has said."""


class Place(NamedTuple):
    """Where a row stands in its list; both None before the first."""

    at: datetime | None
    id: UUID | None


class Page(NamedTuple, Generic[Row]):
    """Rows, and the cursor of the next page where there is one."""

    rows: list[Row]
    after: str | None


def place(after: str | None) -> Place:
    """The place a cursor names. Raises BadCursor."""
    if after is None:
        return Place(None, None)
    try:
        at, _, last = urlsafe_b64decode(after).decode().partition("|")
        return Place(datetime.fromisoformat(at).astimezone(UTC), UUID(last))
    except (ValueError, OverflowError) as fault:
        raise BadCursor("errors.lists.cursor") from fault


def asked_for(limit: int) -> int:
    """How many rows to ask the database for: one more than the page tells whether there is a next one."""
    assert 0 < limit <= LONGEST_PAGE, "a page has an end"
    return limit + 1


def cut(rows: Sequence[Row], *, limit: int, stands: Callable[[Row], tuple[datetime, UUID]]) -> Page[Row]:
    """The page of what ``asked_for`` brought; ``stands`` tells a row's place."""
    kept = list(rows[:limit])
    return Page(kept, _write(*stands(kept[-1])) if len(rows) > limit else None)


def _write(at: datetime, last: UUID) -> str:
    return urlsafe_b64encode(f"{at.isoformat()}|{last}".encode()).decode()
