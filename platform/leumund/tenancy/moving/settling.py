"""What was said of another deployment does not hold in this one.

An owner who let a company be erased there meant that place and not the one it moved to; a verdict on the wall there
says nothing of the server here; and what an operator there was granted nobody here may use. The archive keeps it all.
"""

from datetime import datetime

import asyncpg

_WORDS = "UPDATE {schema}.leaving_request SET withdrawn_at = $1 WHERE withdrawn_at IS NULL"
_GRANTS = """
UPDATE {schema}.support_access SET ended_at = $1, ended_by = 'operator:' || operator
WHERE ended_at IS NULL AND ends_at > $1
"""
_VERDICTS = "DELETE FROM {schema}.isolation_report"


async def settle(connection: asyncpg.Connection, *, schema_name: str, at: datetime) -> None:
    """End in ``schema_name``, which is at our version, what holds only where it came from."""
    for words in (_WORDS, _GRANTS):
        await connection.execute(words.format(schema=schema_name), at)
    await connection.execute(_VERDICTS.format(schema=schema_name))
