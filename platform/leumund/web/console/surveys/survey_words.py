"""How a survey's facts, choices and marks are called on a page."""

from leumund.kit import language
from leumund.surveys.figures import breakdowns, crossing, expanding
from leumund.surveys.questions.defining import Question
from leumund.web.saying import Saying

_OURS = {expanding.CHANNEL: "channel", expanding.LANGUAGE: "language", crossing.SEGMENT: "segment"}


def fact(name: str, lang: str) -> str:
    """``Terminal`` for what the company calls terminal; ours by our own words."""
    if name in _OURS:
        return language.text(f"figures.fact.{_OURS[name]}", lang)
    return name.replace("_", " ").capitalize()


def part(fact_name: str, value: str, say: Saying) -> str:
    """One value of a fact."""
    if value == breakdowns.UNTOLD:
        return language.text("figures.untold", say.lang)
    if fact_name == expanding.CHANNEL:
        return language.text(f"figures.channel.{value}", say.lang)
    return say.tongue(value) if fact_name == expanding.LANGUAGE else value


def choice(question: Question, value: str, lang: str) -> str:
    """A choice in its words, a mark as it is."""
    return question.text(lang).choices.get(value, value)
