"""Sheets to draw on, with the letters of the page around them."""

from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

# Set once for the process: setting and unsetting it around each drawing would reach into another thread's.
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    # The reader's own, as on the page around it; laid out with the last, which ships with matplotlib.
    "font.sans-serif": ["Segoe UI", "Roboto", "Helvetica Neue", "Arial", "Noto Sans", "DejaVu Sans"],
    "font.size": 10.5,
    "svg.hashsalt": "leumund",
}
mpl.rcParams.update(_STYLE)


def blank(size: tuple[float, float]) -> Figure:
    """An empty one of ``size`` inches."""
    return Figure(figsize=size, layout="constrained")
