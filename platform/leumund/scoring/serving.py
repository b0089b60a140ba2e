"""Which model serves: the open one, until a learned one has shown that it is better."""

from functools import partial
from typing import Any

import msgspec

from leumund.kit import ground
from leumund.scoring import learned, open_model
from leumund.scoring.explaining import Model
from leumund.scoring.facts import Averages
from leumund.scoring.learned import Learned

_SERVING = """
SELECT version, model FROM score_model WHERE serves_from_at IS NOT NULL AND retired_at IS NULL
"""
_VERSION = "SELECT version, model FROM score_model WHERE version = $1"


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """A model that scores, and its version; ``learned`` is what it was made from, None for the open one."""

    version: int
    reckon: Model
    learned: Learned | None = None


async def serving(*, averages: Averages) -> Serving:
    """The model that serves now, with the company's averages in it."""
    rows = await ground.fetch(_SERVING)
    return _read(rows[0]) if rows else opened(averages)


async def of_version(*, version: int, averages: Averages) -> Serving:
    """The model of a version, whether it serves or not."""
    rows = await ground.fetch(_VERSION, version)
    return _read(rows[0]) if rows else opened(averages)


def opened(averages: Averages) -> Serving:
    """The open model."""
    return Serving(version=open_model.VERSION, reckon=partial(open_model.reckon, averages=averages))


def _read(row: dict[str, Any]) -> Serving:
    model = msgspec.json.decode(row["model"], type=Learned)
    return Serving(version=row["version"], reckon=partial(learned.reckon, model), learned=model)
