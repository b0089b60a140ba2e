"""Draw a share of people by a lot that stays: whoever is drawn is drawn again, and nobody outside can work out who."""

from uuid import UUID

from leumund.kit import sealing

_HUNDRED = 100


def is_drawn(*, purpose: str, of: str, person: UUID, percent: int) -> bool:
    """Whether ``person`` is one of the ``percent`` of a hundred who are drawn for ``purpose`` ``of`` something."""
    return percent > 0 and is_below(sealing.keyed_number(purpose, f"{of}|{person}"), percent)


def is_below(lot: int, percent: int) -> bool:
    """Whether ``lot``, any whole number, is one of ``percent`` of a hundred."""
    return lot % _HUNDRED < percent
