"""Write the conditions people accept from what a version says: who gets what for what, and how it ends; pure.

They stand beside the company's own terms, which say who it is. A version keeps them as they were written when it was
published, so that what somebody accepted can always be read again, whatever later wordings would be.
"""

from collections.abc import Iterator

from leumund.kit import language as languages
from leumund.programs import telling
from leumund.programs.offers import Content
from leumund.programs.telling import Speech

SIDES = ("advocate", "friend")
# What a company adds in words of its own, among the texts of its program.
OWN = "conditions"


def written(content: Content, speech: Speech) -> str:
    """The conditions as headings and lists, as texts that are accepted are written."""
    own = content.texts.get(speech.language, {}).get(OWN, "").strip()
    parts = [
        _part("gives", _gives(content, speech), speech),
        _part("who", _who(content, speech), speech),
        _part("hold", _hold(content, speech), speech),
        _part("fair", [_said(each, speech) for each in ("claims", "human", "change", "end", "data")], speech),
        _part("own", [], speech) + f"\n\n{own}" if own else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _part(name: str, lines: list[str], speech: Speech) -> str:
    heading = f"## {_said(f'title.{name}', speech)}"
    return "\n\n".join([heading, "\n".join(f"- {line}" for line in lines)]) if lines else heading


def _gives(content: Content, speech: Speech) -> list[str]:
    lines = []
    for side in SIDES:
        rules = telling.rules_of(content.rules, side)
        lines += [_said(f"side.{side}", speech, reward=telling.whole(rule, speech, fully=True)) for rule in rules]
        if not rules:
            lines.append(_said(f"nothing.{side}", speech))
    return lines


def _who(content: Content, speech: Speech) -> list[str]:
    lines = [_said("segment" if content.audience else "everybody", speech)]
    if content.minimum_age:
        lines.append(_said("age", speech, age=content.minimum_age))
    if content.countries:
        names = ", ".join(languages.country(each, speech.language) for each in sorted(content.countries))
        lines.append(_said("countries", speech, countries=names))
    lines.append(_said("new" if content.new_customers_only else "known", speech))
    lines.append(_said("not_oneself", speech))
    return lines + ([_said("once", speech)] if content.once_per_relation else [])


def _hold(content: Content, speech: Speech) -> list[str]:
    return list(_holds(content, speech))


def _holds(content: Content, speech: Speech) -> Iterator[str]:
    yield languages.plural("programs.terms.held", speech.language, content.hold_days)
    yield _said("returned", speech)
    if content.attribution_days:
        yield languages.plural("programs.terms.counts_for", speech.language, content.attribution_days)
    for cap in sorted(content.caps, key=lambda each: (each.scope, each.per)):
        said = telling.cap(cap, speech)
        yield f"{said[:1].upper()}{said[1:]}."


def _said(name: str, speech: Speech, **values: object) -> str:
    return languages.text(f"programs.terms.{name}", speech.language, **values)
