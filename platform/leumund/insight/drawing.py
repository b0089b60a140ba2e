"""Draw figures as SVG: text stays text, colours are the brand's, and a title says what is shown.

Every drawing has three shapes, so that its words keep their size on a telephone and across a whole page.
"""

from collections.abc import Sequence
from datetime import date
from html import escape
from io import StringIO
from typing import TYPE_CHECKING

import msgspec
from babel.numbers import format_decimal

from leumund.insight import dating
from leumund.insight.counting import Funnel
from leumund.kit import language
from leumund.surveys import rules
from leumund.surveys.figures.trends import Course, Period

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A step with fewer answers says more about a few people than about the company.
LEAST_ANSWERS = rules.LEAST_CELL
# Inches, as the pages' pictures have their proportions.
_HEIGHT = 3.7
_WIDTHS = {"narrow": 3.9, "wide": 5.4, "broad": 8.6}
_MOST_LABELS = {"narrow": 4, "wide": 5, "broad": 9}
SHAPES = tuple(_WIDTHS)


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a drawing is made: colours as #rrggbb, the language of its words, and which of SHAPES it has."""

    brand: str
    ink: str
    muted: str
    lang: str
    shape: str = "wide"

    @property
    def size(self) -> tuple[float, float]:
        return _WIDTHS[self.shape], _HEIGHT


def funnel(figures: Funnel, *, look: Look) -> str:
    """Bars in the order of the way; each with its number."""
    names = list(Funnel.__struct_fields__)
    values = [getattr(figures, name) for name in names]
    labels = [language.text(f"insight.funnel.{name}", look.lang) for name in names]
    most = max([*values, 1])
    figure = sheet(look)
    axes = figure.subplots()
    axes.barh(labels, [most] * len(labels), color=look.muted, alpha=0.12, height=0.58)
    bars = axes.barh(labels, values, color=look.brand, height=0.58)
    said = [str(format_decimal(value, locale=look.lang)) for value in values]
    axes.bar_label(bars, labels=said, padding=6, color=look.ink, fontweight="bold")
    axes.invert_yaxis()
    axes.set_xlim(0, most * (1.3 if look.shape == "narrow" else 1.12))
    axes.xaxis.set_visible(False)
    quiet(axes, look)
    return svg(figure, language.text("insight.funnel.title", look.lang))


def nps(course: Course, *, look: Look, today: date) -> str:
    """NPS step by step with its 95 % interval as a band; a step of another year than ``today`` says its own."""
    shown = [period for period in course.periods if period.shown and period.figures.answers >= LEAST_ANSWERS]
    figure = sheet(look)
    axes = figure.subplots()
    # A little more than the scale: the lowest figure would run into the first month.
    axes.set_ylim(-122, 105)
    axes.set_yticks([-100, -50, 0, 50, 100])
    quiet(axes, look)
    axes.grid(axis="y", color=look.muted, alpha=0.25)
    axes.axhline(0, color=look.muted, linewidth=1, alpha=0.7)
    if shown:
        _name_steps(axes, [_named(each.first_date, course.step, look, today) for each in shown], look)
        _draw_course(axes, shown, look)
    else:
        said = language.text("insight.nps.empty", look.lang)
        axes.text(0.5, 0.56, said, ha="center", transform=axes.transAxes, color=look.muted)
        axes.set_xticks([])
    return svg(figure, language.text("insight.nps.title", look.lang))


def sheet(look: Look) -> "Figure":
    """Nothing drawn yet, in the look's size."""
    # What draws is large, and whoever serves pages without drawings need not wait for it.
    from leumund.insight import sheets

    return sheets.blank(look.size)


def _name_steps(axes: "Axes", names: Sequence[str], look: Look) -> None:
    apart = -(-len(names) // _MOST_LABELS[look.shape])
    axes.set_xticks(list(range(len(names)))[::apart], names[::apart])
    axes.set_xlim(-0.5, len(names) - 0.5)


def _named(first_date: date, step: str, look: Look, today: date) -> str:
    name = dating.short(first_date, step=step, lang=look.lang)
    # Below the day, so that labels need no more width; a month has its year anyway.
    return name if step == "month" or first_date.year == today.year else f"{name}\n{first_date.year}"


def _draw_course(axes: "Axes", periods: Sequence[Period], look: Look) -> None:
    places = list(range(len(periods)))
    values = [period.figures.nps or 0.0 for period in periods]
    lows, highs = ([getattr(period.figures, side) or 0.0 for period in periods] for side in ("low", "high"))
    if len(periods) == 1:
        reach = [[values[0] - lows[0]], [highs[0] - values[0]]]
        axes.errorbar(places, values, yerr=reach, color=look.brand, capsize=6, marker="o")
    else:
        label = language.text("insight.nps.interval", look.lang)
        axes.fill_between(places, lows, highs, color=look.brand, alpha=0.2, linewidth=0, label=label)
        axes.plot(places, values, color=look.brand, marker="o", markersize=4.5, linewidth=2)
        axes.legend(frameon=False, loc="lower left", labelcolor=look.muted, borderaxespad=0)


def quiet(axes: "Axes", look: Look) -> None:
    """Nothing that is not a figure or its name."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, colors=look.ink)
    axes.tick_params(axis="x", pad=8)
    axes.set_axisbelow(True)


def svg(figure: "Figure", title: str) -> str:
    """The picture, with a title for whoever hears it."""
    out = StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    picture = out.getvalue()
    start = picture.index("<svg")
    head_end = picture.index(">", start) + 1
    return picture[start:head_end] + f"<title>{escape(title)}</title>" + picture[head_end:]
