"""Pages from templates: the theme's own template, else the plain theme's; always escaped, nothing undefined.

Each theme has an environment of its own in each language, so that Jinja's cache, which goes by name, never shows one
theme's page in another. A theme that adds to a plain template extends ``plain:landing.html``.
"""

from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2

from leumund.kit import language, places, prose
from leumund.theming import addresses, assets, looks, styling, themes, tokens
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


def _load(theme: str, name: str) -> str | None:
    if name.startswith(_PLAIN):
        theme, name = DEFAULT_THEME, name.removeprefix(_PLAIN)
    path = _templates().get((theme, name)) or _templates().get((DEFAULT_THEME, name))
    return None if path is None else path.read_text("utf-8")


@cache
def _wardrobe(theme: str, lang: str) -> jinja2.Environment:
    """What one theme says in one language: there are few, and pieces that need no page's values are set up once."""
    wardrobe = jinja2.Environment(
        loader=jinja2.FunctionLoader(partial(_load, theme)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    wardrobe.globals |= {
        "lang": lang,
        "text": partial(_text, lang),
        "plural": partial(_plural, lang),
        "to": partial(addresses.spoken, language=lang),
        "spoken": addresses.spoken,
        "asset": lambda name: assets.worn(theme=theme, name=name).address,
        "prosed": prose.page,
    }
    return wardrobe


def _text(lang: str, key: str, **values: object) -> str:
    return language.text(key, lang, **values)


def _plural(lang: str, key: str, n: int, **values: object) -> str:
    return language.plural(key, lang, n, **values)


def render(template: str, *, look: Look, lang: str, **context: Any) -> str:
    """The page ``template`` (a short name such as ``landing.html``) as ``look`` wears it, in ``lang``.

    ``context`` is what the template asks for; ``profile``, ``path``, ``languages`` and ``is_twin`` may be left out.
    Raises UnknownTheme; a missing template, value or sentence is our fault and raises as it is.
    """
    theme = themes.find(look.theme)
    wardrobe = _wardrobe(theme.name, lang)
    assert not wardrobe.globals.keys() & context.keys(), "a value would hide what every template uses"
    return wardrobe.get_template(template).render(_always(look, theme) | context)


def version(template: str, *, look: Look) -> str:
    """Names a template as it is written now, by its theme and a digest of its source."""
    return _version(themes.find(look.theme).name, template)


@cache
def _version(theme: str, template: str) -> str:
    source = _load(theme, template)
    assert source is not None, f"no template {template}"
    return f"{theme}/{template} {sha256(source.encode()).hexdigest()[:12]}"


def _always(look: Look, theme: themes.Theme) -> dict[str, Any]:
    sheets = [assets.worn(theme=theme.name, name=name).address for name in theme.styles]
    return {
        "look": look,
        "languages": look.languages,
        "profile": None,
        "path": "/",
        "is_twin": False,
        "tokens": tokens.tuned(theme=look.theme, tokens=look.tokens),
        "styles": [*sheets[:1], styling.address(look), *sheets[1:]],
        "logo": looks.logo_address(look),
    }
