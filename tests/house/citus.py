"""Finds what Citus with a schema a company does not run: in the migrations, and in the SQL of the rooms.

What it allows was tried with a coordinator and two workers; decision 23 says which of it we keep to.
"""

import ast
import re
from collections.abc import Iterator

_FORBIDDEN = {
    "a trigger": r"\bCREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?(EVENT\s+)?TRIGGER\b",
    "a rule": r"\bCREATE\s+(OR\s+REPLACE\s+)?RULE\b",
    "a serial column": r"\b(small|big)?serial[248]?\b",
    "an identity that is no bigint": r"\b(int|integer|int2|int4|smallint)\s[^,;]*GENERATED\s[^,;]*AS\s+IDENTITY",
    "a type of our own": r"\bCREATE\s+(TYPE|DOMAIN)\b",
    "MERGE": r"\bMERGE\s+INTO\b",
    "inheritance": r"\bINHERITS\s*\(",
    "an advisory lock": r"\bpg_(try_)?advisory_",
    "LISTEN or NOTIFY": r"\bpg_notify\s*\(|^\s*(LISTEN|NOTIFY|UNLISTEN)\s+[a-z_*]",
}
_TABLE = re.compile(
    r"\bCREATE\s+(UNLOGGED\s+)?TABLE\s+(IF\s+NOT\s+EXISTS\s+)?(?P<name>[\w.]+)\s*(?P<body>\(|PARTITION)", re.I
)
_COMMENT = re.compile(r"--[^\n]*")
_SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|CREATE|ALTER|LISTEN|NOTIFY|LOCK|TRUNCATE)\b")
_ELSEWHERE = re.compile(r"(?<![\w'$.])(platform|outbox|public|t_[a-z0-9]{16})\.[a-z_\"{]+", re.I)
# A write to a shared table in a company's transaction works; its rows come from what the statement brings along.
_LEAVING_A_JOB = re.compile(
    r"INSERT INTO outbox\.job \([a-z_, ]+\) (VALUES \(|SELECT [^;]* FROM unnest\([^)]*\) AS \w+$)"
)


def faults_of_script(script: str) -> set[str]:
    """What a migration's ``script`` holds that Citus does not run."""
    plain = _COMMENT.sub("", script)
    return _forbidden(plain) | {f"{name} has no primary key" for name in _without_key(plain)}


def faults_of_company(statement: str) -> set[str]:
    """What a statement that runs inside a company does that Citus does not run: it must stay in its own schema."""
    plain = _COMMENT.sub("", statement)
    beyond = _LEAVING_A_JOB.sub("", plain)
    return _forbidden(plain) | {f"it reaches {found[0]}" for found in _ELSEWHERE.finditer(beyond)}


def statements(source: str) -> Iterator[str]:
    """Every text in a Python ``source`` that begins as SQL does; places filled later stand as ``{}``."""
    return (text for text in texts(source) if _SQL.match(text))


def texts(source: str) -> Iterator[str]:
    """Every text in a Python ``source``, on one line; places filled later stand as ``{}``."""
    for node in ast.walk(ast.parse(source)):
        if text := _text(node):
            yield " ".join(text.split())


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def _forbidden(plain: str) -> set[str]:
    return {name for name, pattern in _FORBIDDEN.items() if re.search(pattern, plain, re.I | re.M)}


def _without_key(plain: str) -> Iterator[str]:
    for found in _TABLE.finditer(plain):
        # A partition has the key of the table it is one of.
        if found["body"] == "(" and not re.search(r"\bPRIMARY\s+KEY\b", _balanced(plain, found.end() - 1), re.I):
            yield found["name"]


def _balanced(text: str, start: int) -> str:
    """From the bracket at ``start`` to the one that closes it."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return text[start : place + 1]
    return text[start:]
