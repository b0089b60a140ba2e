"""The company's own stylesheet: checked tokens as custom properties, by light and by dark, and nothing else."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from leumund.theming import palettes, tokens
from leumund.theming.looks import Look

_SANS = '"Helvetica Neue",Arial,sans-serif'
_STACKS = {
    "system": f'-apple-system,"Segoe UI",Roboto,"Noto Sans",{_SANS}',
    "humanist": f'Seravek,"Gill Sans Nova",Candara,Ubuntu,"Segoe UI",Roboto,{_SANS}',
    "rounded": f'ui-rounded,"Hiragino Maru Gothic ProN",Nunito,"Arial Rounded MT Bold",{_SANS}',
    "grotesk": f'"Helvetica Neue","Neue Haas Grotesk Text Pro","Arial Nova",Inter,Roboto,{_SANS}',
    "serif": '"Iowan Old Style","Palatino Linotype",Palatino,"Noto Serif","Liberation Serif","Times New Roman",serif',
    "mono": 'ui-monospace,"Cascadia Code",Menlo,Consolas,"Liberation Mono",monospace',
}
_SPACES = {"compact": "0.85", "regular": "1", "airy": "1.25"}


def check(*, theme: str, tokens_given: Mapping[str, str]) -> None:
    """Nothing, when a company may wear ``theme`` with these tokens.

    Raises UnknownTheme, or faults.Refusals with the token's name as each fault's field.
    """
    tokens.tuned(theme=theme, tokens=tokens_given)


def stylesheet(look: Look) -> str:
    """The text of ``/theme/tokens.css``. Raises as ``check`` does: what is not checked is not written."""
    return _stylesheet(look.theme, tuple(sorted(look.tokens.items())))


# Every page names the stylesheet by its content, and finding readable colours is a millisecond's work.
@lru_cache(maxsize=1_000)
def _stylesheet(theme: str, tokens_given: tuple[tuple[str, str], ...]) -> str:
    whole = tokens.tuned(theme=theme, tokens=dict(tokens_given))
    radius = int(whole["radius"].removesuffix("px"))
    by_light = palettes.light(whole) | {
        "font-text": _STACKS[whole["font"]],
        "font-display": _STACKS[whole["font-display"]],
        "radius": f"{radius}px",
        "radius-small": f"{radius * 6 // 10}px",
        "space": _SPACES[whole["space"]],
    }
    by_dark = palettes.dark(whole)
    return (
        f":root{{color-scheme:light dark;{_properties(by_light)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_properties(by_dark)}}}}}\n"
    )


def _properties(values: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in values.items())


def address(look: Look) -> str:
    """Where browsers find the stylesheet, with its content hash so that it may be cached for good."""
    return f"/theme/tokens.css?v={hashlib.sha256(stylesheet(look).encode()).hexdigest()[:16]}"
