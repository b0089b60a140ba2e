"""From a handful of tokens to every colour a page uses, each readable where it stands, by light and by dark."""

from collections.abc import Mapping

from leumund.kit import colours

_WRONG_RED = "#b3261e"
_DONE_GREEN = "#1d7a46"


def light(tokens: Mapping[str, str]) -> dict[str, str]:
    """Colours by custom property name, for daylight."""
    return _palette(
        branded=(tokens["color-brand"], tokens["color-brand-ink"]),
        accent=tokens["color-accent"],
        ground=(tokens["color-paper"], tokens["color-ink"]),
        raised=colours.mix(tokens["color-paper"], "#ffffff", share=0.75),
        soft=colours.mix(tokens["color-paper"], tokens["color-brand"], share=0.08),
    ) | {"color-field": tokens["color-brand"], "color-field-ink": tokens["color-brand-ink"]}


def dark(tokens: Mapping[str, str]) -> dict[str, str]:
    """Colours by custom property name, for the night; the text on the brand's dark colour is found, not asked for."""
    paper, ink, brand = tokens["color-dark-paper"], tokens["color-dark-ink"], tokens["color-dark-brand"]
    return _palette(
        branded=(brand, colours.ink_on(brand, wanted=paper)),
        accent=tokens["color-accent"],
        ground=(paper, ink),
        raised=colours.mix(paper, ink, share=0.06),
        soft=colours.mix(paper, brand, share=0.17),
    ) | {
        # Large fields wear the brand by day; by night they would glare.
        "color-field": (field := colours.mix(paper, brand, share=0.2)),
        "color-field-ink": colours.readable(ink, on=[field], toward=colours.ink_on(field), ratio=4.5),
    }


def _palette(
    *, branded: tuple[str, str], accent: str, ground: tuple[str, str], raised: str, soft: str
) -> dict[str, str]:
    (paper, ink), (brand, brand_ink) = ground, branded
    grounds = (paper, raised, soft)
    return {
        "color-paper": paper,
        "color-ink": ink,
        "color-raised": raised,
        "color-soft": soft,
        "color-brand": brand,
        "color-brand-ink": brand_ink,
        "color-brand-deep": colours.readable(
            colours.mix(brand, ink, share=0.14), on=[brand_ink], toward=brand, ratio=4.5
        ),
        "color-accent": accent,
        "color-accent-ink": colours.ink_on(accent, wanted=ink),
        # Links and large figures carry the brand, and must be read on every ground.
        "color-link": colours.readable(brand, on=grounds, toward=ink, ratio=4.5),
        "color-muted": colours.readable(colours.mix(ink, paper, share=0.34), on=grounds, toward=ink, ratio=4.5),
        "color-line": colours.mix(paper, ink, share=0.14),
        # The edge of a control must be seen at 3:1 (WCAG 2.2, 1.4.11); a decorative line need not.
        "color-edge": colours.readable(colours.mix(paper, ink, share=0.4), on=grounds, toward=ink, ratio=3),
        "color-wrong": colours.readable(_WRONG_RED, on=grounds, toward=ink, ratio=4.5),
        "color-done": colours.readable(_DONE_GREEN, on=grounds, toward=ink, ratio=4.5),
    }
