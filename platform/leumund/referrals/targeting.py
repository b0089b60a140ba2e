"""Let links lead to pages of the company's own: those its list allows, and no other, whatever an address says.

A program's links lead to one page of that list, or to their landing page. A page that is taken off the list is led to
no longer: its programs' links go to their landing pages again.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Refused, Unknown
from leumund.referrals import pages
from leumund.referrals.pages import Page

MOST = 50
_ALLOW = """
INSERT INTO link_target (id, host, path, added_at) SELECT $1, $2, $3, $4
WHERE (SELECT count(*) FROM link_target) < $5 ON CONFLICT (host, path) DO NOTHING
"""
_REMOVE = "DELETE FROM link_target WHERE id = $1 RETURNING host, path"
_TARGETS = "SELECT id, host, path FROM link_target ORDER BY host, path"
# A page stands on the list by a path that it has whole, or that it goes on from.
_COVERED = "EXISTS (SELECT FROM link_target t WHERE t.host = {host} AND starts_with({path} || '/', t.path))"
_PROGRAM = "SELECT FROM program WHERE id = $1 FOR NO KEY UPDATE"
_LEAD = f"""
INSERT INTO link_destination (program, host, path, query, chosen_at)
SELECT $1, $2, $3, $4, $5 WHERE {_COVERED.format(host="$2::text", path="$3::text")}
ON CONFLICT (program) DO UPDATE SET host = $2, path = $3, query = $4, chosen_at = $5
"""
_HOME = "DELETE FROM link_destination WHERE program = $1"
_DESTINATIONS = f"""
SELECT program, host, path, query, {_COVERED.format(host="d.host", path="d.path")} AS stands FROM link_destination d
"""  # noqa: S608


class Full(Refused):
    """The list has as many pages as it may, or has this one already."""


class NotOnTheList(Refused):
    """A page that links may not lead to."""


class NoSuchTarget(Unknown):
    """Nothing of that id stands on the list."""


class NoSuchProgram(Unknown):
    """No program of this company's."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """All pages at ``host`` whose path begins with ``path``, which ends with a slash."""

    id: UUID
    host: str
    path: str


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """The page a program's links lead to, where it ``stands`` on the list; else to the landing page."""

    url: str
    stands: bool


async def allow(*, typed: str, actor: str, at: datetime) -> UUID:
    """Let links lead to the page ``typed`` and to what lies below it. Raises NoPage, Full."""
    page = pages.read(typed, field="page")
    if page.query:
        raise pages.NoPage("errors.links.whole", field="page")
    made, path = uuid4(), page.path if page.path.endswith("/") else f"{page.path}/"
    if not await ground.execute(_ALLOW, made, page.host, path, at, MOST):
        raise Full("errors.links.full", field="page", most=MOST)
    await noting.note(actor=actor, action="link.page_allowed", detail={"page": page.host + path}, at=at)
    return made


async def remove(*, target: UUID, actor: str, at: datetime) -> None:
    """Take it off the list. Raises NoSuchTarget."""
    rows = await ground.fetch(_REMOVE, target)
    if not rows:
        raise NoSuchTarget("errors.links.unknown")
    detail = {"page": rows[0]["host"] + rows[0]["path"]}
    await noting.note(actor=actor, action="link.page_removed", detail=detail, at=at)


async def lead(*, program: UUID, typed: str, actor: str, at: datetime) -> None:
    """Have the links of ``program`` lead to the page ``typed``, or to the landing page where that is empty.

    Raises NoPage, NotOnTheList, NoSuchProgram.
    """
    page = pages.read(typed, field="url") if typed.strip() else None
    if not await ground.fetch(_PROGRAM, program):
        raise NoSuchProgram("errors.links.unknown")
    if page is None:
        await ground.execute(_HOME, program)
    elif not await ground.execute(_LEAD, program, *page, at):
        raise NotOnTheList("errors.links.not_listed", field="url")
    detail = {"page": page.url if page else "", "program": str(program)}
    await noting.note(actor=actor, action="link.destination_chosen", detail=detail, at=at)


async def targets() -> list[Target]:
    """The list; at most MOST, one query."""
    return [Target(**row) for row in await ground.fetch(_TARGETS)]


async def destinations() -> Mapping[UUID, Destination]:
    """Where the links of each program lead that has a page of the company's own; one query."""
    return {
        row["program"]: Destination(url=Page(row["host"], row["path"], row["query"]).url, stands=row["stands"])
        for row in await ground.fetch(_DESTINATIONS)
    }
