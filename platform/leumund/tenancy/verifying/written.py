"""What the migrations make beside companies' tables: schemas, functions and policies, read from their own statements.

A function's words stand in a migration as text (``AS $$ ... $$``) and in the catalog as the same text, whatever version
the server is of. A policy's words the server writes in its own way, which ``plain`` undoes.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from leumund.tenancy import migrating
from leumund.tenancy.database.server import Server

_SCHEMA = re.compile(r"^CREATE SCHEMA (?:IF NOT EXISTS )?([a-z_]+)", re.MULTILINE)
_ROW_SECURITY = re.compile(r"ALTER TABLE ([a-z_.]+) ENABLE ROW LEVEL SECURITY")
_ANY_FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE)\b")
_FUNCTION = re.compile(
    r"CREATE (?:OR REPLACE )?(?P<statement>FUNCTION (?P<name>[a-z_]+\.[a-z_]+)\((?P<arguments>[^)]*)\)"
    r" RETURNS (?P<result>[A-Za-z_. ]+?) LANGUAGE (?P<language>[a-z]+)(?P<definer> SECURITY DEFINER)?"
    r"(?: SET search_path = (?P<path>[a-z_]+))?\s+AS \$\$(?P<body>.*?)\$\$;)",
    re.DOTALL,
)
_ANY_POLICY = re.compile(r"CREATE POLICY\b")
_POLICY = re.compile(
    r"CREATE POLICY (?P<name>[a-z_]+) ON (?P<table>[a-z_]+\.[a-z_]+)(?: FOR (?P<command>[A-Z]+))? TO (?P<roles>[^()]+?)"
    r"(?:\s+USING \((?P<using>[^;]+?)\))?(?:\s+WITH CHECK \((?P<check>[^;]+?)\))?;"
)


class Function(NamedTuple):
    """What a function is called with, whose rights it has, and its words."""

    name: str
    arguments: str
    result: str
    language: str
    definer: bool
    path: str
    body: str


class Policy(NamedTuple):
    """Which rows of ``table`` the ``roles``, in their order, may see or write; expressions are ``plain``."""

    table: str
    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: str
    check: str


@cache
def schemas() -> tuple[str, ...]:
    """The platform's own schemas: the first is made before all migrations, the others by them."""
    return ("platform", *sorted(_named(_SCHEMA) - {"platform"}))


@cache
def fenced() -> tuple[str, ...]:
    """The tables with row security, each with its schema."""
    return tuple(sorted(_named(_ROW_SECURITY)))


@cache
def functions() -> dict[Function, str]:
    """Each function as its last migration makes it, and the statement that does."""
    made = {found["name"]: found for found in _each(_FUNCTION, _ANY_FUNCTION)}
    return {_function(found): f"CREATE OR REPLACE {found['statement']}" for found in made.values()}


def policies(server: Server) -> dict[Policy, str]:
    """Each policy, and the statement that makes it."""
    return {_policy(found, server): server.filled(found[0]) for found in _each(_POLICY, _ANY_POLICY)}


def plain(expression: str) -> str:
    """An expression without what the server adds to it or leaves out: brackets, spaces and casts to text."""
    return re.sub(r"::text\b|[\s()]", "", expression).lower()


def _function(found: re.Match[str]) -> Function:
    path = f"search_path={found['path']}" if found["path"] else ""
    return Function(
        name=found["name"],
        arguments=found["arguments"],
        result=found["result"],
        language=found["language"],
        definer=bool(found["definer"]),
        path=path,
        body=found["body"],
    )


def _policy(found: re.Match[str], server: Server) -> Policy:
    using, check = (plain(found[part] or "") for part in ("using", "check"))
    mixed = any({"and", "or"} <= set((found[part] or "").lower().split()) for part in ("using", "check"))
    assert not mixed, f"brackets are not compared, so a policy has AND or OR and not both: {found['name']}"
    roles = sorted(server.places.get(role.strip(), role.strip()) for role in found["roles"].split(","))
    return Policy(found["table"], found["name"], found["command"] or "ALL", True, tuple(roles), using, check)


def _each(pattern: re.Pattern[str], loosely: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Every statement of its kind; one that is written in another way than we read would go unwatched."""
    for migration in migrating.history("platform"):
        found = list(pattern.finditer(migration.statements))
        assert len(found) == len(loosely.findall(migration.statements)), (
            f"{migration.name}: not all of {loosely.pattern} is read"
        )
        yield from found


def _named(pattern: re.Pattern[str]) -> set[str]:
    return {name for migration in migrating.history("platform") for name in pattern.findall(migration.script)}
