"""End by night what nobody takes any more: an import whose rows were kept for as long as they may be."""

from datetime import datetime

from leumund.kit import ground

_STOP = """
UPDATE purchase_import i SET state = CASE WHEN position = 0 THEN 'canceled' ELSE 'stopped' END, ended_at = $1
WHERE state IN ('waiting', 'running') AND NOT EXISTS (SELECT FROM purchase_part p WHERE p.import = i.id)
"""


async def clear(*, at: datetime) -> int:
    """End imports without rows, so that the next file can come; how many."""
    return await ground.execute(_STOP, at)
