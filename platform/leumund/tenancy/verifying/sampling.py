"""Which companies are logged in as, and which others each of them tries."""

from collections.abc import Sequence
from random import Random

DEFAULT_PROBED = 20
DEFAULT_OTHERS = 3


def ring(schemas: Sequence[str]) -> dict[str, list[str]]:
    """Each of ``schemas``, and the others as they follow it round the circle: the next are everybody's as often."""
    return {schema: [*schemas[place + 1 :], *schemas[:place]] for place, schema in enumerate(schemas)}


def drawn(schemas: Sequence[str], *, first: Sequence[str], most: int, chance: Random) -> list[str]:
    """At most ``most`` of ``schemas`` in an order nobody foresees; all that were asked for come, and come ``first``."""
    rest = [schema for schema in schemas if schema not in first]
    chance.shuffle(rest)
    return [*first, *rest[: max(most - len(first), 0)]]
