"""Draw figures with their intervals under each other, so that one sees which of them differ."""

from collections.abc import Sequence
from math import ceil, floor

import msgspec
from babel.numbers import format_decimal

from leumund.insight import drawing
from leumund.insight.drawing import Look
from leumund.surveys.figures.sampling import Estimate

# More rows than these are a table, and no picture any more.
MOST_ROWS = 12
# The longest name that leaves the figures room, by shape.
_LONGEST = {"narrow": 18, "wide": 26, "broad": 44}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A figure by its name, and a second one of the same, such as the weighted one."""

    name: str
    first: Estimate
    second: Estimate | None = None


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """From where to where is drawn; nought has a line of its own where it is in sight."""

    lowest: float
    highest: float


def around(rows: Sequence[Row], *, lowest: float, highest: float, step: float) -> Scale:
    """A scale in whole steps on which all of ``rows`` can be seen, and no more of it than that."""
    found = [each for row in rows for each in (row.first, row.second) if each is not None]
    low = min((each.low for each in found), default=lowest)
    high = max((each.high for each in found), default=highest)
    first = max(lowest, step * floor(low / step))
    return Scale(lowest=first, highest=max(first + step, min(highest, step * ceil(high / step))))


def ranges(rows: Sequence[Row], *, scale: Scale, title: str, names: tuple[str, str], look: Look) -> str:
    """The figures and intervals of the first MOST_ROWS; ``names`` are what first and second figures are called."""
    rows = rows[:MOST_ROWS]
    figure = drawing.sheet(look)
    axes = figure.subplots()
    drawing.quiet(axes, look)
    axes.grid(axis="x", color=look.muted, alpha=0.25)
    axes.set_xlim(scale.lowest, scale.highest)
    if scale.lowest < 0 < scale.highest:
        axes.axvline(0, color=look.muted, linewidth=1, linestyle=(0, (4, 3)))
    places = list(range(len(rows)))
    for which, filled in (("first", True), ("second", False)):
        told = [(place, found) for place, row in zip(places, rows, strict=True) if (found := getattr(row, which))]
        if told:
            axes.errorbar(
                [found.value for _, found in told],
                [place + (0.0 if filled else 0.24) for place, _ in told],
                xerr=[[found.value - found.low for _, found in told], [found.high - found.value for _, found in told]],
                fmt="o",
                color=look.brand if filled else look.muted,
                markerfacecolor=look.brand if filled else "none",
                capsize=3,
                label=names[0] if filled else names[1],
            )
    axes.xaxis.set_major_formatter(lambda value, _: str(format_decimal(round(value, 2), locale=look.lang)))
    axes.set_yticks(places, [_short(row.name, look) for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    if any(row.second for row in rows):
        figure.legend(frameon=False, loc="outside lower right", labelcolor=look.muted, ncols=2)
    return drawing.svg(figure, title)


def _short(name: str, look: Look) -> str:
    longest = _LONGEST[look.shape]
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"
