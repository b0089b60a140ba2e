"""How many attacks were tried, by surface; printed when the tests end."""

from collections import Counter

_tried: Counter[str] = Counter()


def note(surface: str, attacks: int = 1) -> None:
    """``attacks`` more on ``surface``."""
    _tried[surface] += attacks


def tried() -> dict[str, int]:
    """What this process tried, by surface: for the one that prints."""
    return dict(_tried)


def lines() -> list[str]:
    """One line for each surface and one for all; nothing where nothing was tried."""
    if not _tried:
        return []
    each = [f"  {surface}: {attacks}" for surface, attacks in sorted(_tried.items())]
    return [f"isolation: {_tried.total()} attacks on {len(_tried)} surfaces", *each]
