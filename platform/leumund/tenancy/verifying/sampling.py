"""Which companies are logged in as, and which others each of them tries."""

from collections.abc import Sequence
from random import Random

DEFAULT_PROBED = 20
DEFAULT_OTHERS = 3


def ring(schemas: Sequence[str], *, others: int) -> dict[str, list[str]]:
    """Each of ``schemas`` and the ``others`` that follow it round the circle: all try, and all are tried as often."""
    wanted = min(others, len(schemas) - 1)
    return {
        schema: [schemas[(place + step) % len(schemas)] for step in range(1, wanted + 1)]
        for place, schema in enumerate(schemas)
    }


def drawn(schemas: Sequence[str], *, first: Sequence[str], most: int, chance: Random) -> list[str]:
    """At most ``most`` of ``schemas`` in an order nobody foresees; all that were asked for come, and come ``first``."""
    rest = [schema for schema in schemas if schema not in first]
    chance.shuffle(rest)
    return [*first, *rest[: max(most - len(first), 0)]]
