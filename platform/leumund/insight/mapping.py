"""Draw who is satisfied and loyal, both or neither: four fields, each with its share."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from babel.numbers import format_percent

from leumund.insight import drawing
from leumund.insight.drawing import Look
from leumund.kit import language
from leumund.surveys.figures.sampling import Estimate

if TYPE_CHECKING:
    from matplotlib.patches import Rectangle

# Where each type stands: satisfied to the right, loyal above.
_PLACES = {"apostle": (1, 1), "mercenary": (1, 0), "hostage": (0, 1), "defector": (0, 0)}


def types(found: Mapping[str, Estimate], *, look: Look) -> str:
    """The four types of ``loyalty.TYPES`` and their shares; the larger one is, the deeper its field's colour."""
    figure = drawing.sheet(look)
    axes = figure.subplots()
    drawing.quiet(axes, look)
    for name, (x, y) in _PLACES.items():
        share = found[name]
        axes.add_patch(_field(x, y, look, alpha=0.08 + 0.55 * share.value))
        label = language.text(f"figures.type.{name}", look.lang)
        percent = str(format_percent(share.value, locale=look.lang))
        axes.text(x + 0.5, y + 0.62, label, ha="center", color=look.ink, fontweight="bold")
        axes.text(x + 0.5, y + 0.3, percent, ha="center", color=look.ink, fontsize=17)
    axes.set_xlim(0, 2)
    axes.set_ylim(0, 2)
    axes.set_xticks([0.5, 1.5], _named(("unsatisfied", "satisfied"), look))
    axes.set_yticks([0.5, 1.5], _named(("disloyal", "loyal"), look), rotation=90, va="center")
    return drawing.svg(figure, language.text("figures.types", look.lang))


def _named(sides: tuple[str, str], look: Look) -> list[str]:
    return [language.text(f"figures.axis.{side}", look.lang) for side in sides]


def _field(x: int, y: int, look: Look, *, alpha: float) -> "Rectangle":
    from matplotlib.patches import Rectangle

    return Rectangle((x + 0.02, y + 0.03), 0.96, 0.94, color=look.brand, alpha=alpha, linewidth=0)
