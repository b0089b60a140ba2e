"""Which rights the migrations give, read from their own GRANT statements: whatever else is granted is one too many."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from leumund.tenancy import migrating
from leumund.tenancy.database.server import Server

_STATEMENT = re.compile(
    r"\b(?P<deed>GRANT|REVOKE)\s+(?P<rights>[^;]+?)\s+ON\s+(?P<kind>SCHEMA\s+|TABLE\s+|SEQUENCE\s+)?"
    r"(?P<objects>[^;()]+?)\s+(?:TO|FROM)\s+(?P<grantees>[^;]+);",
    re.IGNORECASE,
)
_OUTER_COMMA = re.compile(r",\s*(?![^()]*\))")
_RIGHT = re.compile(r"(?P<name>[A-Z]+)\s*(?:\((?P<columns>[^)]*)\))?", re.IGNORECASE)
# The database, the catalog and the owner's own surroundings are looked at by questions of their own.
_ELSEWHERE = re.compile(r"DATABASE|FUNCTION|pg_catalog\.|\bpublic\b", re.IGNORECASE)


class Right(NamedTuple):
    """``privilege`` on ``object`` (a table, or ``SCHEMA name``), of one ``column`` or of all when that is empty."""

    object: str
    column: str
    privilege: str
    grantee: str


@cache
def company(version: int) -> frozenset[Right]:
    """What a company that stands at ``version`` may do in its own schema; the grantee is ``{role}``."""
    rights: set[Right] = set()
    for migration in migrating.history("tenant")[:version]:
        _apply(migration.statements, rights, home="")
    return frozenset(rights)


@cache
def platform(server: Server) -> frozenset[Right]:
    """What anybody may do in the platform's schemas; tables are named with their schema."""
    rights: set[Right] = set()
    for migration in migrating.history("platform"):
        _apply(migration.statements, rights, home="platform.", names=server.places)
    return frozenset(rights)


def _apply(statements: str, rights: set[Right], *, home: str, names: Mapping[str, str] | None = None) -> None:
    for statement in _STATEMENT.finditer(statements):
        said = set(_rights(statement, home, names or {}))
        if statement["deed"].upper() == "GRANT":
            rights |= said
        else:
            rights -= said


def _rights(statement: re.Match[str], home: str, names: Mapping[str, str]) -> Iterator[Right]:
    if _ELSEWHERE.search(f"{statement['kind'] or ''}{statement['objects']}"):
        return
    is_schema = (statement["kind"] or "").strip().upper() == "SCHEMA"
    for grantee in _split(statement["grantees"]):
        for name in _split(statement["objects"]):
            named = f"SCHEMA {name}" if is_schema else name if "." in name else home + name
            for privilege, column in _privileges(statement["rights"]):
                yield Right(named, column, privilege, names.get(grantee, grantee))


def _privileges(text: str) -> Iterator[tuple[str, str]]:
    for each in _OUTER_COMMA.split(text):
        match = _RIGHT.fullmatch(each.strip())
        assert match, f"a migration names each right it grants: {each!r}"
        for column in _split(match["columns"] or "") or [""]:
            yield match["name"].upper(), column


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
