"""Whoever asks for rows names the columns: what nobody asked for is neither read, nor carried, nor logged."""

import re
from pathlib import Path

import pytest

from tests.house import citus

LEUMUND = Path(__file__).parent.parent.parent / "platform" / "leumund"
# It tries every table there is, whatever its columns.
TRIES = LEUMUND / "tenancy" / "verifying"
# A star that stands for columns follows what columns follow; that of count(*) follows a bracket.
_STAR = re.compile(r"(?:\bSELECT|\bDISTINCT|\bALL|\bRETURNING|,)\s+(?:\w+\.)?\*(?!\w)", re.I)


def stars(statement: str) -> list[str]:
    """Wherever ``statement`` asks for all there is."""
    return [found[0] for found in _STAR.finditer(statement)]


def test_every_statement_names_its_columns():
    seen, found = 0, {}
    for path in sorted(set(LEUMUND.rglob("*.py")) - set(TRIES.iterdir())):
        for statement in citus.texts(path.read_text("utf-8")):
            is_sql = re.search(r"\b(SELECT|RETURNING)\b", statement) is not None
            seen += is_sql
            if is_sql and (asked := stars(statement)):
                found[f"{path.relative_to(LEUMUND)}: {statement[:80]}"] = asked
    assert found == {}
    assert seen > 300, "the statements are looked for where they stand"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM customer",
        "SELECT DISTINCT *\nFROM customer",
        "SELECT session.id, member.* FROM staff_session session JOIN staff_member member ON true",
        "DELETE FROM customer RETURNING *",
        "WITH one AS (select c.* FROM customer c) SELECT id FROM one",
    ],
)
def test_a_star_is_found(statement: str):
    assert stars(statement)


@pytest.mark.parametrize(
    "statement", ["SELECT count(*) FROM customer", "SELECT 2 * sum(cents), price * amount FROM reward", "SELECT a, b"]
)
def test_what_multiplies_or_counts_is_none(statement: str):
    assert stars(statement) == []
