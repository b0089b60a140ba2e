"""Draw figures as SVG: text stays text, colours are the brand's, and a title says what is shown."""

from collections.abc import Sequence
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
import msgspec
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from leumund.insight.counting import Funnel
from leumund.kit import language
from leumund.surveys.figures import Month

# A month with fewer answers says more about a few people than about the company.
LEAST_ANSWERS = 5
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "svg.hashsalt": "leumund",
}


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Colours as #rrggbb."""

    brand: str
    ink: str
    muted: str


def funnel(figures: Funnel, *, palette: Palette, lang: str) -> str:
    """Bars from the most to the least; each with its number."""
    names = list(Funnel.__struct_fields__)
    values = [getattr(figures, name) for name in names]
    labels = [language.text(f"insight.funnel.{name}", lang) for name in names]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 3.6), layout="constrained")
        axes = figure.subplots()
        bars = axes.barh(labels, values, color=palette.brand, height=0.62)
        axes.bar_label(bars, labels=[f"{value:,}" for value in values], padding=6, color=palette.ink)
        axes.invert_yaxis()
        axes.set_xlim(0, max([*values, 1]) * 1.15)
        axes.xaxis.set_visible(False)
        _quiet(axes, palette, grid=False)
        return _svg(figure, language.text("insight.funnel.title", lang))


def nps(months: Sequence[Month], *, palette: Palette, lang: str) -> str:
    """NPS by month with its 95 % interval as a band."""
    shown = [month for month in months if month.figures.answers >= LEAST_ANSWERS]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 3.0), layout="constrained")
        axes = figure.subplots()
        axes.set_ylim(-100, 100)
        _quiet(axes, palette, grid=True)
        if shown:
            _draw_months(axes, shown, palette, lang)
        else:
            axes.text(0.5, 0.5, language.text("insight.nps.empty", lang), ha="center", transform=axes.transAxes)
            axes.set_xticks([])
        return _svg(figure, language.text("insight.nps.title", lang))


def _draw_months(axes: Axes, months: Sequence[Month], palette: Palette, lang: str) -> None:
    places = list(range(len(months)))
    values = [month.figures.nps or 0.0 for month in months]
    lows, highs = ([getattr(month.figures, side) or 0.0 for month in months] for side in ("low", "high"))
    if len(months) == 1:
        below, above = [values[0] - lows[0]], [highs[0] - values[0]]
        axes.errorbar(places, values, yerr=[below, above], color=palette.brand, capsize=6, marker="o")
    else:
        label = language.text("insight.nps.interval", lang)
        axes.fill_between(places, lows, highs, color=palette.brand, alpha=0.18, linewidth=0, label=label)
        axes.plot(places, values, color=palette.brand, marker="o", linewidth=2)
        axes.legend(frameon=False, loc="lower left", labelcolor=palette.muted)
    step = max(1, len(months) // 8)
    axes.set_xticks(places[::step], [month.month_date.strftime("%m/%y") for month in months[::step]])
    axes.set_xlim(-0.5, len(months) - 0.5)


def _quiet(axes: Axes, palette: Palette, *, grid: bool) -> None:
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, colors=palette.ink)
    if grid:
        axes.grid(axis="y", color=palette.muted, alpha=0.25)
        axes.set_axisbelow(True)


def _svg(figure: Figure, title: str) -> str:
    out = StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    picture = out.getvalue()
    start = picture.index("<svg")
    head_end = picture.index(">", start) + 1
    return picture[start:head_end] + f"<title>{escape(title)}</title>" + picture[head_end:]
