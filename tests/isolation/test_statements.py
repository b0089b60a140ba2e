"""No statement of ours names two companies' schemas, or any company's at all: read from the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leumund.kit import places
from tests.isolation import tally

CODE = places.locales().parent
STATEMENT = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|COPY|TRUNCATE|CREATE|ALTER|GRANT)\b")
# What all companies share; a company's own tables are named without a schema, since its path has only one.
SHARED = {"platform", "outbox", "hosting", "pg_catalog", "information_schema"}
QUALIFIED = re.compile(
    r"(?:FROM|JOIN|INTO|UPDATE|TABLE|ON|TO|IN SCHEMA)\s+(?:ONLY\s+)?(t_[a-z0-9]{16}|\{[^}]*schema[^}]*\})"
)
SWITCHED = re.compile(r"SET\s+(?:LOCAL\s+|SESSION\s+)?(?:search_path|ROLE|SESSION AUTHORIZATION)", re.IGNORECASE)
ROOMS = ("audit", "company", "consent", "customers", "insight", "kit", "ledger", "messages", "payouts", "privacy")
ROOMS += (
    "programs",
    "referrals",
    "rewards",
    "scoring",
    "staff",
    "support",
    "surveys",
    "web",
    "api",
    "webhooks",
    "files",
)


def statements(source: str) -> Iterator[str]:
    """Every text of a file that is SQL; what is filled in stands in braces."""
    for node in ast.walk(ast.parse(source)):
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}"
                for part in node.values
                if isinstance(part, ast.Constant | ast.FormattedValue)
            )
        if STATEMENT.search(text):
            yield text


def faults(source: str, *, within_a_company: bool) -> list[str]:
    """Statements that reach over a wall: two schemas at once, or any from where none is known."""
    found = []
    for text in statements(source):
        schemas = set(QUALIFIED.findall(text))
        if len(schemas) > 1 or (within_a_company and (schemas or SWITCHED.search(text))):
            found.append(" ".join(text.split())[:120])
    return found


def files() -> list[Path]:
    return sorted(CODE.rglob("*.py"))


def test_no_statement_names_two_companies():
    seen = 0
    for file in files():
        source = file.read_text("utf-8")
        seen += sum(1 for _ in statements(source))
        room = file.relative_to(CODE).parts[0]
        assert faults(source, within_a_company=room in ROOMS) == [], file
    assert seen > 150, "there are statements to look at"
    tally.note("statements read", seen)


@pytest.mark.parametrize(
    ("source", "inside"),
    [
        ('a = f"SELECT * FROM {here.schema_name}.customer JOIN {there.schema_name}.customer USING (email)"', False),
        ('a = f"SELECT * FROM {tenant.schema_name}.customer"', True),
        ('a = "SELECT * FROM t_0123456789abcdef.customer"', True),
        ('a = "SELECT 1; SET search_path TO other"', True),
        ("a = 'SELECT set; SET LOCAL ROLE other'", True),
    ],
)
def test_a_statement_that_does_is_found(source: str, inside: bool):
    assert len(faults(source, within_a_company=inside)) == 1
