"""Pages from templates: the theme's own template, else the plain theme's; always escaped, nothing undefined.

A template's full name is ``<theme>/<template>``, so that Jinja's cache, which goes by name, never shows one theme's
page in another. Within templates names stay short: what ``landing.html`` extends is looked up in the same theme. A
theme that adds to a plain template extends ``plain:landing.html``.
"""

from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2

from leumund.kit import language, places
from leumund.theming import addresses, assets, looks, prose, styling, themes, tokens
from leumund.theming.looks import DEFAULT_THEME, Look

_PLAIN = "plain:"


@cache
def _templates() -> dict[tuple[str, str], Path]:
    """Every template file by theme and short name, listed once, so that a name never becomes a path."""
    found: dict[tuple[str, str], Path] = {}
    for theme in themes.all_themes():
        root = places.themes() / theme / "templates"
        found |= {(theme, path.relative_to(root).as_posix()): path for path in root.rglob("*.html")}
    return found


def _load(name: str) -> str | None:
    theme, short = name.split("/", 1)
    if short.startswith(_PLAIN):
        theme, short = DEFAULT_THEME, short.removeprefix(_PLAIN)
    path = _templates().get((theme, short)) or _templates().get((DEFAULT_THEME, short))
    return None if path is None else path.read_text("utf-8")


class _Wardrobe(jinja2.Environment):
    """An environment in which a template names others of its own theme by their short names."""

    def join_path(self, template: str, parent: str) -> str:
        return f"{parent.split('/', 1)[0]}/{template}"


@cache
def _wardrobe() -> _Wardrobe:
    return _Wardrobe(
        loader=jinja2.FunctionLoader(_load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=1000,
    )


def render(template: str, *, look: Look, lang: str, **context: Any) -> str:
    """The page ``template`` (a short name such as ``landing.html``) as ``look`` wears it, in ``lang``.

    ``context`` is what the template asks for; ``profile``, ``path`` and ``languages`` may be left out. Raises
    UnknownTheme; a missing template, value or sentence is our fault and raises as it is.
    """
    always = _always(look, lang, theme := themes.find(look.theme))
    assert not {"text", "plural", "to"} & context.keys(), "a value would hide a function every template uses"
    page = _wardrobe().get_template(f"{theme.name}/{template}")
    return page.render(always | context)


def _always(look: Look, lang: str, theme: themes.Theme) -> dict[str, Any]:
    sheets = [assets.worn(theme=theme.name, name=name).address for name in theme.styles]
    return {
        "look": look,
        "lang": lang,
        "languages": look.languages,
        "profile": None,
        "path": "/",
        "tokens": tokens.tuned(theme=look.theme, tokens=look.tokens),
        "styles": [*sheets[:1], styling.address(look), *sheets[1:]],
        "logo": looks.logo_address(look),
        "text": lambda key, **values: language.text(key, lang, **values),
        "plural": lambda key, n, **values: language.plural(key, lang, n, **values),
        "to": partial(addresses.spoken, language=lang),
        "spoken": addresses.spoken,
        "asset": lambda name: assets.worn(theme=theme.name, name=name).address,
        "prosed": prose.page,
    }
