"""A company's folder says which domains it claims and in which order; proven they have to be like all others."""

from collections.abc import Sequence

from leumund.kit.ground import Connection

_NAMES = "SELECT name FROM hosting.claim WHERE company_role = $1 ORDER BY place, name"
_DROP = "DELETE FROM hosting.claim WHERE company_role = $1 AND name <> ALL($2)"
_ADD = """
INSERT INTO hosting.claim (company_role, name, slot)
SELECT $1, new.name, free.slot FROM (
    SELECT name, row_number() OVER () AS number FROM unnest($2::text[]) AS name
    WHERE name NOT IN (SELECT name FROM hosting.claim WHERE company_role = $1)
) AS new JOIN (
    SELECT slot, row_number() OVER (ORDER BY slot) AS number FROM generate_series(1, 20) AS slot
    WHERE slot NOT IN (SELECT slot FROM hosting.claim WHERE company_role = $1)
) AS free USING (number)
"""
_ORDER = "UPDATE hosting.claim SET place = array_position($2, name) WHERE company_role = $1"


async def settle(owner: Connection, *, company_role: str, names: Sequence[str]) -> bool:
    """Make ``names`` the company's claims, in this order; whether that changed anything.

    A claim that stays keeps its proof, and one that goes is served no more.
    """
    standing = [row["name"] for row in await owner.fetch(_NAMES, company_role)]
    if standing == list(names):
        return False
    await owner.execute(_DROP, company_role, list(names))
    await owner.execute(_ADD, company_role, list(names))
    await owner.execute(_ORDER, company_role, list(names))
    return True
