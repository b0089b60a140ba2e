"""Colours as numbers: luminance and contrast as WCAG 2.2 defines them, mixing, and making a colour readable."""

from collections.abc import Iterable

_CHANNELS = (slice(1, 3), slice(3, 5), slice(5, 7))
_WEIGHTS = (0.2126, 0.7152, 0.0722)
_STEPS = 50


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 (black) to 1 (white), by https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    return sum(weight * _linear(int(colour[part], 16) / 255) for weight, part in zip(_WEIGHTS, _CHANNELS, strict=True))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21, whichever is the text."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, *, share: float) -> str:
    """``one`` with a ``share`` (0 to 1) of ``other`` stirred in, as ``#rrggbb``."""
    assert 0 <= share <= 1, "a share is a part of one"
    channels = (round(int(one[part], 16) * (1 - share) + int(other[part], 16) * share) for part in _CHANNELS)
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def ink_on(ground: str, *, wanted: str | None = None) -> str:
    """The text colour for ``ground``: ``wanted`` where it reads well, else the better of black and white.

    One of the two always reaches 4.5, whatever the ground.
    """
    if wanted is not None and contrast(wanted, ground) >= 4.5:
        return wanted
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, ground))


def readable(colour: str, *, on: Iterable[str], toward: str, ratio: float) -> str:
    """``colour``, moved toward ``toward`` only as far as it takes to reach ``ratio`` on every ground of ``on``.

    Ends at ``toward`` where nothing before it suffices.
    """
    grounds = tuple(on)
    for step in range(_STEPS + 1):
        moved = mix(colour, toward, share=step / _STEPS)
        if all(contrast(moved, ground) >= ratio for ground in grounds):
            return moved
    return toward
