"""What can hold words is sealed, hashed, or in the clear for a reason somebody gave."""

from collections.abc import Mapping

from leumund.kit import ground
from leumund.kit.ground import Ground
from tests.house import clear

# Numbers, moments, days, yes and no, and ids hold no words; whatever other type comes must be placed.
_WORDLESS = {"uuid", "timestamptz", "date", "int2", "int4", "int8", "bool", "numeric", "float8"}
_COLUMNS = """
SELECT c.relname || '.' || a.attname AS name, t.typname AS type,
    EXISTS (SELECT FROM pg_attribute k WHERE k.attrelid = c.oid AND k.attname = 'id' AND k.atttypid = 'uuid'::regtype)
    AS has_id
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
  AND NOT a.attisdropped
"""


async def columns() -> Mapping[str, tuple[str, bool]]:
    """The type of every column of this company that can hold words, and whether its rows have ids."""
    rows = await ground.fetch(_COLUMNS)
    return {row["name"]: (row["type"], row["has_id"]) for row in rows if row["type"] not in _WORDLESS}


def unplaced(found: Mapping[str, tuple[str, bool]]) -> set[str]:
    """Columns without a place, sealed ones nobody could open or seal anew, and hashes that are none."""
    sealed = {name for name in found if name.endswith("_sealed")}
    hashed = {name for name in found if name.endswith("_hash")}
    broken = {name for name in sealed if found[name] != ("bytea", True)}
    return (found.keys() - clear.COLUMNS.keys() - sealed - hashed) | broken


async def test_every_column_that_can_hold_words_has_its_place(inside: Ground):
    found = await columns()
    assert unplaced(found) == set(), "seal it, hash it, or say in clear.py why a backup may show it"
    assert clear.COLUMNS.keys() - found.keys() == set(), "what is gone needs no reason"
    assert sum(name.endswith("_sealed") for name in found) >= 11


async def test_what_names_people_is_never_in_the_clear(inside: Ground):
    found = await columns()
    for name in ("customer.email", "customer.phone", "staff_member.name", "survey_answer.comment", "referral.reason"):
        assert f"{name}_sealed" in found
        assert name not in found


async def test_a_column_nobody_placed_is_found(inside: Ground):
    found = dict(await columns()) | {
        "customer.nickname": ("text", True),
        "note.words_sealed": ("text", True),
        "pair.words_sealed": ("bytea", False),
    }
    assert unplaced(found) == {"customer.nickname", "note.words_sealed", "pair.words_sealed"}
