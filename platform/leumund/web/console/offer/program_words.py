"""A program in words for whoever runs it: what it promises in all, and what one version changed of the one before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leumund.consent.texts import comparing
from leumund.consent.texts.comparing import Piece
from leumund.kit import language as languages
from leumund.programs import conditions, judging, publishing, telling
from leumund.programs.offers import Content, Offer, Terms, Version
from leumund.programs.telling import Speech
from leumund.programs.versions import Move
from leumund.web.console.offer.program_forms import SIDES
from leumund.web.saying import Saying


def title(terms: Terms, lang: str) -> str:
    """What a program is called where its headline is read, in whichever language it has one."""
    headlines = [terms.texts.get(lang, {}), *terms.texts.values()]
    return next((said["headline"] for said in headlines if said.get("headline")), terms.key)


def summary(terms: Terms | Offer, say: Saying) -> dict[str, Any]:
    """What a program promises: rewards by side, who takes part, and limits, each a line."""
    content = terms.version if isinstance(terms, Offer) else terms
    spoken = telling.of(terms, language=say.lang, zone=say.zone.key)
    return {
        "sides": {side: _rules(content, side, spoken) for side in SIDES},
        "people": _people(content, say),
        "limits": _limits(content, spoken),
        "texts": content.texts,
        "terms": _terms(content, terms, say),
    }


def _terms(content: Content, money: Terms | Offer, say: Saying) -> dict[str, str]:
    """By language the conditions people accept: as they were written, or would be now."""
    kept = content.terms if isinstance(content, Version) else {}
    speeches = [telling.of(money, language=tongue, zone=say.zone.key) for tongue in content.texts]
    return {each.language: kept.get(each.language) or conditions.written(content, each) for each in speeches}


def changes(before: Content | None, after: Content, money: Terms | Offer, say: Saying) -> Mapping[str, list[Piece]]:
    """What differs between two contents in the words of the reader, and of each language in its own."""
    if before is None or not publishing.differences(before, after):
        return {}
    spoken = telling.of(money, language=say.lang, zone=say.zone.key)
    old, new = ("\n".join(_lines(each, spoken, say)) for each in (before, after))
    found = {"": (old, new)} if old != new else {}
    for tongue in sorted({*before.texts, *after.texts}):
        was, now = ("\n".join(_said(each, tongue)) for each in (before, after))
        if was != now:
            found[tongue] = (was, now)
    return {tongue: comparing.excerpt(comparing.differences(*pair)) for tongue, pair in found.items()}


def moved(move: Move, offer: Offer, say: Saying) -> tuple[str, str]:
    """What a setting was and became, as the reader writes it."""
    was, became = (_setting(move.field, value, offer, say) for value in (move.was, move.became))
    return was, became


def _setting(field: str, value: str | None, offer: Offer, say: Saying) -> str:
    if value is None:
        return "–"
    if field.endswith("_cents"):
        return say.money(int(value), offer.currency)
    if field.endswith("_at"):
        return say.moment(datetime.fromisoformat(value))
    return languages.text(f"console.state.program.{value}", say.lang) if field == "state" else value


def _lines(content: Content, spoken: Speech, say: Saying) -> list[str]:
    rules = [
        f"{languages.text(f'programs.side.{side}', say.lang)}: {line}"
        for side in SIDES
        for line in _rules(content, side, spoken)
    ]
    return [*rules, *_people(content, say), *_limits(content, spoken)]


def _rules(content: Content, side: str, spoken: Speech) -> list[str]:
    rules = telling.rules_of(publishing.keyed(content.rules), side)
    return [telling.whole(rule, spoken, fully=True) for rule in rules]


def _people(content: Content, say: Saying) -> list[str]:
    def said(key: str, **values: object) -> str:
        return languages.text(f"programs.people.{key}", say.lang, **values)

    lines = [said("segment" if content.audience else "everybody")]
    if content.minimum_age:
        lines.append(said("age", age=content.minimum_age))
    if content.countries:
        lines.append(said("countries", countries=", ".join(say.country(each) for each in content.countries)))
    lines.append(said("new" if content.new_customers_only else "known"))
    lines.append(said("once" if content.once_per_relation else "again"))
    return lines


def _limits(content: Content, spoken: Speech) -> list[str]:
    lines = [languages.plural("programs.held_all", spoken.language, content.hold_days)]
    if content.attribution_days:
        lines.append(languages.plural("programs.counts_for", spoken.language, content.attribution_days))
    lines.append(languages.text("programs.terms.claims", spoken.language))
    caps = [telling.cap(each, spoken) for each in publishing.plain(content).caps]
    return lines + [f"{said[:1].upper()}{said[1:]}." for said in caps]


def _said(content: Content, tongue: str) -> list[str]:
    texts = content.texts.get(tongue, {})
    return [texts[name] for name in judging.TEXTS if texts.get(name)]
