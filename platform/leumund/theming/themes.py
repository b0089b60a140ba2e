"""The themes that ship: one folder each with theme.toml, templates/ and static/."""

import tomllib
from collections.abc import Mapping
from functools import cache

import msgspec

from leumund.kit import faults, places


class UnknownTheme(faults.Refused):
    """No theme has this name."""


class Theme(msgspec.Struct, frozen=True):
    """A theme as its theme.toml tells it: ``styles`` in the order they are loaded, ``tokens`` a company may tune."""

    name: str
    description: str
    styles: list[str]
    tokens: dict[str, str]


@cache
def all_themes() -> Mapping[str, Theme]:
    """Every theme by name, read once: a name from outside is looked up here and never becomes a path."""
    told = (tomllib.loads(path.read_text("utf-8")) for path in sorted(places.themes().glob("*/theme.toml")))
    return {theme.name: theme for theme in (msgspec.convert(table, Theme) for table in told)}


def find(name: str) -> Theme:
    """The theme called ``name``. Raises UnknownTheme."""
    try:
        return all_themes()[name]
    except KeyError:
        raise UnknownTheme(
            "errors.theming.unknown_theme", field="theme", given=name, allowed=", ".join(all_themes())
        ) from None
