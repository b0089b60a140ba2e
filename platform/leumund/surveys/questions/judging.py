"""Read the words of a survey: what they may not ask, and what needs somebody to have released it first.

Art. 9 GDPR protects what tells of health, belief, politics and the like; asking for it is refused unless whoever
answers for data protection has released exactly this survey. Asking to be praised makes an answer worthless (UWG
section 5), and a friend's address is not a customer's to give.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

import msgspec

from leumund.kit import letters
from leumund.surveys.questions import wordings
from leumund.surveys.questions.defining import Definition, Question, Wording


class Said(NamedTuple):
    """Words of a survey and where they stand: a ``question`` by its key or none, the ``part`` of it, the language."""

    question: str
    part: str
    language: str
    words: str

    @property
    def seen(self) -> str:
        """The words as people read them, in whatever letters they were typed."""
        return letters.visible(self.words)


class Found(NamedTuple):
    """A ``category`` of Art. 9 in a ``question`` or, where that is empty, above them all; the word that asks for it."""

    question: str
    category: str
    word: str


def said(definition: Definition) -> Iterator[Said]:
    """All words of a survey."""
    for part, words in (("titles", definition.titles), ("intro", definition.intro)):
        for language, text in words.items():
            yield Said("", part, language, text)
    for question in definition.questions:
        for language, wording in question.texts.items():
            yield from (Said(question.key, part, language, text) for part, text in _parts(wording).items())


def _parts(wording: Wording) -> Mapping[str, str]:
    plain = {part: str(getattr(wording, part)) for part in ("question", "help", "low", "high")}
    return plain | {f"choices.{key}": label for key, label in wording.choices.items()}


def protected(definition: Definition) -> list[Found]:
    """What asks for what Art. 9 protects, each category once.

    Titles and intro are read like questions: they may well name what is not asked, or ask what a question only takes
    up. Which it is, tells whoever releases it.
    """
    found: dict[tuple[str, str], Found] = {}
    for one in said(definition):
        seen = one.seen
        for category, words in wordings.PROTECTED.items():
            if match := words.search(seen):
                found.setdefault((one.question, category), Found(one.question, category, match[0]))
    return list(found.values())


def marked(definition: Definition) -> Definition:
    """``definition`` with exactly those questions ``sensitive`` that ask for what is protected; none of them drives."""
    keys = {found.question for found in protected(definition)}
    return msgspec.structs.replace(
        definition, questions=[_marked(question, question.key in keys) for question in definition.questions]
    )


def _marked(question: Question, sensitive: bool) -> Question:
    return msgspec.structs.replace(question, sensitive=sensitive, driver=question.driver and not sensitive)


def digest(definition: Definition, *, named: bool) -> str:
    """What a release is bound to: the SHA-256 of the whole survey as it is published, and of whom it asks, in hex.

    What may be asked of nobody known may not be asked of everybody by name.
    """
    return sha256(msgspec.json.encode([marked(definition), named], order="deterministic")).hexdigest()
