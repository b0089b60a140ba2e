"""Frame a letter: as text, and as the HTML that mail readers agree on, in the company's colours.

MJML knows what readers make of tables, widths and buttons. It is compiled once for each set of colours; what a letter
says is filled in afterwards and always escaped. Nothing is loaded from elsewhere.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from string import Template as Colouring

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from mjml import mjml2html

from leumund.messages.words.letters import Letter

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)
# For a company whose folder was never applied.
_COLOURS = {"color-brand": "#1f3a5f", "color-brand-ink": "#ffffff", "color-paper": "#ffffff", "color-ink": "#1c1c1c"}
_MOST_LOOKS = 512


def html(letter: Letter, *, worn: Mapping[str, str]) -> str:
    """The HTML part, in the colours among the tokens ``worn``."""
    return _frame(tuple(_colours(worn).items())).render(letter=letter)


def text(letter: Letter) -> str:
    """The plain part."""
    return _writing().get_template("mail.txt").render(letter=letter)


@lru_cache(maxsize=_MOST_LOOKS)
def _frame(colours: tuple[tuple[str, str], ...]) -> Template:
    """Thirty thousand characters a look, and as many looks as a process serves at a time."""
    written = resources.files("leumund.messages.words").joinpath("templates/mail.mjml").read_text("utf-8")
    # Without fonts of anybody's: nothing tells a third party that a mail was read.
    return _writing().from_string(mjml2html(Colouring(written).substitute(dict(colours)), fonts={}))


def _colours(worn: Mapping[str, str]) -> dict[str, str]:
    chosen = {name: worn.get(name, "") for name in _COLOURS}
    return {
        name.removeprefix("color-").replace("-", "_"): colour if _COLOUR.fullmatch(colour) else _COLOURS[name]
        for name, colour in chosen.items()
    }


@cache
def _writing() -> Environment:
    return Environment(
        loader=PackageLoader("leumund.messages.words"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
