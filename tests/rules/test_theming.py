"""Whoever tunes a theme cannot make it unreadable, and cannot smuggle anything into it."""

import re
import tomllib
from collections.abc import Mapping

import pytest

from leumund.kit import colours, places, prose
from leumund.kit.faults import Refusals, Refused
from leumund.theming import assets, logos, looks, palettes, rendering, styling, themes, tokens

TEXT, CONTROL = 4.5, 3.0
GROUNDS = ("color-paper", "color-raised", "color-soft")
ON_EVERY_GROUND = ("color-ink", "color-link", "color-muted", "color-wrong", "color-done")
PAIRS = (
    ("color-brand-ink", "color-brand"),
    ("color-brand-ink", "color-brand-deep"),
    ("color-accent-ink", "color-accent"),
    ("color-field-ink", "color-field"),
)


def worn() -> dict[str, Mapping[str, str]]:
    """Every theme as it ships, and as each company of this house tunes it."""
    told = [
        (path.parent.name, tomllib.loads(path.read_text("utf-8"))["theme"])
        for path in sorted(places.tenants().glob("*/company.toml"))
    ]
    assert len(told) == 3
    shipped = {name: tokens.tuned(theme=name, tokens={}) for name in themes.all_themes()}
    return shipped | {slug: tokens.tuned(theme=theme["name"], tokens=theme["tokens"]) for slug, theme in told}


@pytest.mark.parametrize("by", [palettes.light, palettes.dark])
@pytest.mark.parametrize("name", sorted(worn()))
def test_everything_can_be_read_by_day_and_by_night(name: str, by: object):
    """WCAG 2.2, 1.4.3 for text and 1.4.11 for the edges of controls."""
    assert callable(by)
    palette: dict[str, str] = by(worn()[name])
    faint = [
        (text, ground, round(reached, 2))
        for text, ground, least in (
            *((text, ground, TEXT) for text in ON_EVERY_GROUND for ground in GROUNDS),
            *((text, ground, TEXT) for text, ground in PAIRS),
            *(("color-edge", ground, CONTROL) for ground in GROUNDS),
        )
        if (reached := colours.contrast(palette[text], palette[ground])) < least
    ]
    assert faint == []


@pytest.mark.parametrize("brand", ["#ffff00", "#ffffff", "#000000", "#808080", "#00ff7f"])
def test_an_odd_brand_still_makes_a_page_that_can_be_read(brand: str):
    own = {"color-brand": brand, "color-brand-ink": colours.ink_on(brand), "color-dark-brand": brand}
    whole = tokens.tuned(theme="plain", tokens=own)
    for palette in (palettes.light(whole), palettes.dark(whole)):
        assert all(colours.contrast(palette["color-link"], palette[ground]) >= TEXT for ground in GROUNDS)
        assert colours.contrast(palette["color-brand-ink"], palette["color-brand"]) >= TEXT


def test_contrast_is_the_one_of_wcag():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert colours.contrast("#ffffff", "#777777") == colours.contrast("#777777", "#ffffff")


@pytest.mark.parametrize(
    "value",
    [
        "url(https://evil.example/x)",
        "#1d6144;background:url(//evil.example)",
        "@import 'https://evil.example'",
        "expression(alert(1))",
        "</style><script>alert(1)</script>",
        "\\23 1d6144",
        "#１d6144",
        "#1d6144\n",
        "#1d6144}*{display:none",
        "red",
        "#1d61",
        "var(--color-ink)",
        "",
    ],
)
@pytest.mark.parametrize("name", ["color-brand", "font", "radius", "space", "logo"])
def test_what_is_no_plain_value_never_reaches_a_stylesheet(name: str, value: str):
    if name == "color-brand" and value == "#1d6144\n":
        assert "\n" not in tokens.tuned(theme="plain", tokens={name: value})[name], "white space around it is no harm"
        return
    with pytest.raises(Refusals) as refused:
        styling.check(theme="plain", tokens_given={name: value})
    assert [fault.field for fault in refused.value.faults] == [name]
    with pytest.raises(Refusals):
        styling.stylesheet(looks.look_of(theme="plain", tokens={name: value}, name="M", logo=None, languages=["de"]))


def test_every_wrong_token_is_named_at_once():
    given = {"color-brand": "red", "color-evil": "#000000", "radius": "29px", "space": "vast"}
    with pytest.raises(Refusals) as refused:
        styling.check(theme="plain", tokens_given=given)
    assert {fault.field for fault in refused.value.faults} == given.keys()


@pytest.mark.parametrize(
    ("ink", "ground"),
    [("color-brand-ink", "color-brand"), ("color-ink", "color-paper"), ("color-dark-ink", "color-dark-paper")],
)
def test_text_that_is_too_faint_is_refused(ink: str, ground: str):
    with pytest.raises(Refusals, match="contrast"):
        styling.check(theme="plain", tokens_given={ink: "#888888", ground: "#999999"})


def test_a_theme_is_a_name_and_never_a_path():
    for name in ("../plain", "plain/../plain", "", "PLAIN", "plain\0"):
        with pytest.raises(themes.UnknownTheme):
            styling.check(theme=name, tokens_given={})
        assert assets.find(theme=name, name="base.css") is None
    for name in ("../theme.toml", "..", "base.css/", "theme.toml", ""):
        assert assets.find(theme="plain", name=name) is None


XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" ' + XLINK + ' viewBox="0 0 4 4"{more}>{body}</svg>'
BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "logo",
    [
        SVG.format(more="", body="<script>alert(1)</script>"),
        SVG.format(more=' onload="alert(1)"', body=""),
        SVG.format(more="", body='<path d="M0 0h4v4z" onclick="alert(1)"/>'),
        SVG.format(more="", body="<foreignObject><p>x</p></foreignObject>"),
        SVG.format(more="", body='<use xlink:href="https://evil.example/x.svg#a"/>'),
        SVG.format(more="", body='<image href="https://evil.example/x.png"/>'),
        SVG.format(more="", body='<a href="javascript:alert(1)"><path d="M0 0h4v4z"/></a>'),
        SVG.format(more="", body='<path d="M0 0" fill="url(https://evil.example/x)"/>'),
        SVG.format(more="", body='<path d="M0 0" fill="\\75rl(//evil.example)"/>'),
        SVG.format(more="", body="<style>*{background:url(//evil.example)}</style>"),
        SVG.format(more=' style="background:url(//evil.example)"', body=""),
        SVG.format(more="", body='<animate attributeName="d" to="M0 0"/>'),
        SVG.format(more="", body='<set attributeName="onload" to="alert(1)"/>'),
        BOMB + SVG.format(more="", body="<title>&b;</title>"),
        '<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + SVG.format(more="", body=""),
        '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
        '<?xml-stylesheet href="https://evil.example/x.css"?>' + SVG.format(more="", body=""),
        SVG.format(more="", body="<title>" + "x" * logos.LARGEST_BYTES + "</title>"),
        "no drawing",
        "",
    ],
)
def test_a_logo_that_could_act_or_load_is_refused(logo: str):
    with pytest.raises(logos.NotALogo) as refused:
        logos.check(logo)
    assert refused.value.field == "logo"


@pytest.mark.parametrize("slug", ["linden", "birke", "airport"])
def test_the_logos_that_ship_are_drawings_and_nothing_else(slug: str):
    logos.check((places.tenants() / slug / "logo.svg").read_text("utf-8"))


def test_no_theme_loads_anything_from_elsewhere():
    for path in places.themes().glob("*/static/*"):
        foreign = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text("utf-8"))
        assert [each for each in foreign if "www.w3.org" not in each] == [], path


def test_no_template_holds_style_or_script_of_its_own():
    # A report that is taken along as a file has its looks in it; it is never shown as a page of ours.
    taken_along = {"isolation_report.html"}
    for path in places.themes().rglob("*.html"):
        page = path.read_text("utf-8")
        if path.name in taken_along:
            assert page.count("<style>") == 1, path
            page = page.replace("<style>", "")
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe|<script(?![^>]*\ssrc=)", page) == [], path


def test_wordings_stay_text_whatever_they_hold():
    look = looks.nobodys()
    page = rendering.render(
        "legal.html", look=look, lang="de", title="{{ 7 * 7 }}", wording="## <script>\n\n- a\n- <b>", imprint=None
    )
    assert "{{ 7 * 7 }}" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert [block.kind for block in prose.blocks("## A\nb\n\n- c\n- d")] == ["heading", "paragraph", "list"]


def test_a_fault_of_a_token_can_be_said_in_both_languages():
    from leumund.kit import language

    for theme, given in (("nowhere", {}), ("plain", {"color-brand": "red", "evil": "x", "radius": "x", "font": "x"})):
        try:
            styling.check(theme=theme, tokens_given=given)
        except (Refused, Refusals) as refused:
            faults = refused.faults if isinstance(refused, Refusals) else (refused,)
            assert all(language.text(fault.key, lang, **fault.values) for fault in faults for lang in ("de", "en"))
        else:
            pytest.fail("was not refused")
