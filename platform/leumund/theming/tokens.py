"""Design tokens: the few values by which a company tunes a theme, and what each may be.

Tokens are values from closed sets, never CSS: nothing a company writes reaches a stylesheet unmatched.
"""

import re
from collections.abc import Iterator, Mapping

from leumund.kit import colours, faults
from leumund.theming import themes

COLOURS = (
    "color-brand",
    "color-brand-ink",
    "color-accent",
    "color-paper",
    "color-ink",
    "color-dark-brand",
    "color-dark-paper",
    "color-dark-ink",
)
FONTS = ("system", "humanist", "rounded", "grotesk", "serif", "mono")
SPACES = ("compact", "regular", "airy")
LOGOS = ("mark", "wordmark")
WIDEST_RADIUS_PX = 28
LEAST_CONTRAST = 4.5

_CHOICES = {"font": FONTS, "font-display": FONTS, "space": SPACES, "logo": LOGOS}
NAMES = (*COLOURS, *_CHOICES, "radius")

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_RADIUS = re.compile(r"([0-9]|[12][0-9])px", re.ASCII)
_TEXT_AND_GROUND = (
    ("color-brand-ink", "color-brand"),
    ("color-ink", "color-paper"),
    ("color-dark-ink", "color-dark-paper"),
)


class UnknownToken(faults.Refused):
    """No token has this name."""


class WrongColour(faults.Refused):
    """A colour is written #rrggbb, and no other way."""


class WrongRadius(faults.Refused):
    """A radius is whole pixels, 0px to 28px."""


class NoSuchChoice(faults.Refused):
    """The token takes one of a few words."""


class TooFaint(faults.Refused):
    """Text in these colours could not be read by everybody (WCAG 2.2, 1.4.3)."""


def tuned(*, theme: str, tokens: Mapping[str, str]) -> dict[str, str]:
    """All tokens of a theme with a company's own laid over, in lower case.

    Raises UnknownTheme, or faults.Refusals naming every token that is wrong, each with the token as its field.
    """
    own = {name: value.strip().lower() for name, value in tokens.items()}
    whole = themes.find(theme).tokens | own
    if wrong := list(_misspelt(own)) or list(_faint(whole)):
        raise faults.Refusals(wrong)
    return whole


def _misspelt(tokens: Mapping[str, str]) -> Iterator[faults.Refused]:
    for name, value in tokens.items():
        if name not in NAMES:
            yield UnknownToken("errors.theming.unknown_token", field=name, given=name, allowed=", ".join(NAMES))
        elif name in COLOURS and not _COLOUR.fullmatch(value):
            yield WrongColour("errors.theming.colour", field=name, given=value)
        elif name == "radius" and not _is_radius(value):
            yield WrongRadius("errors.theming.radius", field=name, given=value, widest=WIDEST_RADIUS_PX)
        elif name in _CHOICES and value not in _CHOICES[name]:
            yield NoSuchChoice("errors.theming.choice", field=name, given=value, allowed=", ".join(_CHOICES[name]))


def _is_radius(value: str) -> bool:
    return bool(_RADIUS.fullmatch(value)) and int(value.removesuffix("px")) <= WIDEST_RADIUS_PX


def _faint(tokens: Mapping[str, str]) -> Iterator[faults.Refused]:
    for ink, ground in _TEXT_AND_GROUND:
        reached = colours.contrast(tokens[ink], tokens[ground])
        if reached < LEAST_CONTRAST:
            # Rounded down, so that 4.46 is not shown as the 4.5 it fails to reach.
            shown = f"{int(reached * 10) / 10:.1f}"
            yield TooFaint("errors.theming.contrast", field=ink, ground=ground, reached=shown, least=LEAST_CONTRAST)
