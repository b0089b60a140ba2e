"""A segment's definition in words, as somebody would say it."""

from typing import NamedTuple

from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.customers.segments.facts import FACTS
from leumund.customers.segments.reading import Kept
from leumund.kit import language
from leumund.segmenting import starting
from leumund.web.saying import Saying


class Told(NamedTuple):
    """A group in words: what joins it, and its parts, which are conditions or groups again."""

    head: str
    parts: "list[str | Told]"


def named(kept: Kept, lang: str) -> tuple[str, str]:
    """Name and purpose; one that ships speaks the reader's language."""
    return starting.named(kept.key, lang) if kept.shipped else (kept.name, kept.purpose)


def told(definition: Definition, say: Saying) -> Told:
    """The whole of it."""
    return _group(definition.root, say)


def condition(each: Condition, say: Saying) -> str:
    """One condition, such as ``Einkäufe: mindestens 3, in den letzten 90 Tagen``."""
    words = [_asked(each, say)]
    if each.days:
        words.append(language.text("segments.within", say.lang, days=say.number(each.days)))
    if each.category:
        words.append(language.text("segments.of_category", say.lang, category=each.category))
    said = f"{language.text(f'segments.fact.{each.fact}', say.lang)}: {', '.join(words)}"
    return language.text("segments.not", say.lang, said=said) if each.negated else said


def _group(group: Group, say: Saying) -> Told:
    head = "none" if group.negated and group.join == "any" else "not_all" if group.negated else group.join
    parts = [_group(each, say) if isinstance(each, Group) else condition(each, say) for each in group.of]
    if len(parts) == 1 and not group.negated and isinstance(parts[0], Told):
        return parts[0]
    return Told(language.text(f"segments.join.{head}", say.lang), parts)


def _asked(each: Condition, say: Saying) -> str:
    fact = FACTS[each.fact]
    if fact.kind == "flag":
        return language.text("segments.op.yes", say.lang)
    if each.op == "in":
        return ", ".join(_value(each.fact, value, say) for value in each.among)
    value = say.money(each.number, each.currency) if fact.kind == "money" else say.number(each.number)
    kind = "days" if fact.kind == "days" else "number"
    return language.text(f"segments.op.{kind}.{each.op}", say.lang, value=value)


def _value(fact: str, value: str, say: Saying) -> str:
    if fact == "language":
        return say.tongue(value)
    if fact == "country":
        return say.country(value)
    return language.text(f"segments.value.{value}", say.lang) if FACTS[fact].choices else value
