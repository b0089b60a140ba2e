"""Read a text as a court would: what may not stand in it, and what must.

Pure rules over the wording as it is published. A machine finds what is plainly wrong or missing; that a text is right,
somebody who knows the law has to say.
"""

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from leumund.consent.judging import notice_parts, phrases, reading_ease
from leumund.consent.texts import rendering
from leumund.consent.texts.purposes import MOST_DAYS, Purpose
from leumund.kit.faults import Refused

# What a notice takes from what is really configured.
LIVE_PLACES = ("purposes", "consents", "processors", "recipients", "transfers", "periods")
_SHOWN_LETTERS = 80


class Objection(Refused):
    """What is wrong with a text: ``rule`` in a word, a sentence by key, and the field in which it is mended."""

    def __init__(self, rule: str, *, field: str = "template", **values: object) -> None:
        super().__init__(f"errors.texts.{rule}", field=field, **values)
        self.rule = rule


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it would be published, and the company it speaks for.

    ``operator`` is whoever operates this, and ``template`` what the wording was rendered from, where they are known.
    """

    kind: str
    language: str
    title: str
    wording: str
    controller: str
    operator: str = ""
    template: str = ""
    purpose: Purpose | None = None


def objections(text: Written) -> list[Objection]:
    """All that is wrong with ``text``, none where it may be published."""
    rules = [*_OF_ALL, *_OF_KIND[text.kind]]
    return [objection for rule in rules for objection in rule(text)]


def _controller(text: Written) -> Iterator[Objection]:
    if text.controller not in text.wording:
        yield Objection("controller", company=text.controller)


def _third_parties(text: Written) -> Iterator[Objection]:
    for found in _all(phrases.THIRD_PARTIES, text.wording):
        yield Objection("third_parties", found=found)


def _passing_on(text: Written) -> Iterator[Objection]:
    """Terms and notices may speak of others; that they get the data for themselves nobody may agree to in passing."""
    for sentence in reading_ease.sentences(text.wording):
        others, passed = phrases.THIRD_PARTIES.search(sentence), phrases.PASSING_ON.search(sentence)
        if others and passed and not phrases.NEGATION.search(sentence):
            yield Objection("third_parties", found=others[0])


def _operator(text: Written) -> Iterator[Objection]:
    """A consent does not know the operator; other texts may name it, and never with a purpose of its own (A43)."""
    for sentence in reading_ease.sentences(text.wording):
        named = phrases.OPERATOR.search(sentence) or (text.operator and text.operator in sentence)
        its_own = phrases.OWN_PURPOSES.search(sentence) and not phrases.NEGATION.search(sentence)
        if named and (text.kind == "consent" or its_own):
            yield Objection("operator", found=_shown(sentence))


def _vague(text: Written) -> Iterator[Objection]:
    about = text.purpose.about if text.purpose else ""
    for found in _all(phrases.VAGUE, about):
        yield Objection("vague", field="about", found=found)
    title = _all(phrases.VAGUE, text.title)
    for found in title:
        yield Objection("vague", field="title", found=found)
    for found in _all(phrases.VAGUE, text.wording.replace(about, "") if about else text.wording):
        if found not in title:
            yield Objection("vague", found=found)


def _hidden_consent(text: Written) -> Iterator[Objection]:
    for found in _all(phrases.HIDDEN_CONSENT, text.wording):
        yield Objection("consent", found=found)


def _by_using(text: Written) -> Iterator[Objection]:
    for sentence in reading_ease.sentences(text.wording):
        if phrases.BY_USING.search(sentence) and not phrases.NEGATION.search(sentence):
            yield Objection("by_using" if text.kind == "consent" else "consent", found=_shown(sentence))


def _coupling(text: Written) -> Iterator[Objection]:
    """Taking part never costs an advertising consent (GDPR Art. 7(4))."""
    for sentence in reading_ease.sentences(text.wording):
        needed = (phrases.TAKING_PART, phrases.NEEDS, phrases.ADVERTISING)
        demanded = all(each.search(sentence) for each in needed) and not phrases.NEGATION.search(sentence)
        if demanded or (phrases.TAKING_PART.search(sentence) and phrases.COUPLED.search(sentence)):
            yield Objection("coupling", found=_shown(sentence))


def _pre_ticked(text: Written) -> Iterator[Objection]:
    for found in _all(phrases.PRE_TICKED, text.wording):
        yield Objection("pre_ticked", found=found)


def _voluntary(text: Written) -> Iterator[Objection]:
    if not phrases.VOLUNTARY.search(text.wording):
        yield Objection("voluntary")


def _withdrawal(text: Written) -> Iterator[Objection]:
    if not phrases.WITHDRAWAL.search(text.wording):
        yield Objection("withdrawal")


def _facts(text: Written) -> Iterator[Objection]:
    """What the data says of a purpose, its words say too: whoever agrees has read it."""
    if text.purpose is None:
        return
    for channel in text.purpose.channels:
        if not phrases.CHANNEL[channel].search(text.wording):
            yield Objection(f"channel.{channel}", field="channels")
    if text.purpose.about not in text.wording:
        yield Objection("about", field="about", about=_shown(text.purpose.about))
    if not 0 <= text.purpose.frequency_days <= MOST_DAYS:
        yield Objection("days", field="frequency_days", most=MOST_DAYS)
    often = rendering.frequency(text.purpose, text.language)
    if text.purpose.frequency_days > 0 and often not in text.wording:
        yield Objection("frequency", field="frequency_days", frequency=often)
    if text.purpose.profiling != bool(phrases.PROFILING.search(text.wording)):
        yield Objection("profiling" if text.purpose.profiling else "no_profiling", field="profiling")


def _notice_parts(text: Written) -> Iterator[Objection]:
    """Art. 13(1)(a) to (f) and (2)(a) to (f), each by name."""
    for part, words in notice_parts.PARTS.items():
        if not words.search(text.wording):
            yield Objection(part)


def _live(text: Written) -> Iterator[Objection]:
    """A list that was typed would be out of date one day, and nobody would notice."""
    for place in LIVE_PLACES:
        if text.template and f"{{{place}}}" not in text.template:
            yield Objection("live", place=place)


def _readable(text: Written) -> Iterator[Objection]:
    hardness, limit = round(reading_ease.lix(text.wording)), reading_ease.LIMITS[text.language]
    if hardness > limit:
        yield Objection("hard_to_read", lix=hardness, limit=limit)
    for sentence in reading_ease.endless(text.wording):
        yield Objection("endless", found=_shown(sentence), most=reading_ease.LONGEST_SENTENCE_WORDS)


def _all(words: re.Pattern[str], said: str) -> list[str]:
    """Each of ``words`` that is said, once, in its order."""
    return [*{found[0].lower(): found[0] for found in words.finditer(said)}.values()]


def _shown(sentence: str) -> str:
    return sentence if len(sentence) <= _SHOWN_LETTERS else f"{sentence[:_SHOWN_LETTERS]}…"


Rule = Callable[[Written], Iterator[Objection]]
_OF_ALL: Sequence[Rule] = (_controller, _operator, _vague, _coupling, _pre_ticked, _readable)
_OF_KIND: dict[str, Sequence[Rule]] = {
    "consent": (_third_parties, _by_using, _voluntary, _withdrawal, _facts),
    "terms": (_passing_on, _hidden_consent, _by_using),
    "notice": (_passing_on, _by_using, _notice_parts, _live),
}
