"""A survey as data: its questions in their order, each with its words in every language."""

import msgspec

from leumund.surveys.questions.kinds import SHAPES, Kind, Shape

# One choice, several, a mark: what an answer to one question is where it is not words.
Mark = int | str | list[str]
Marks = dict[str, Mark]


class Wording(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question in one language; ``low`` and ``high`` name the ends of a scale, ``choices`` each choice by its key."""

    question: str
    help: str = ""
    low: str = ""
    high: str = ""
    choices: dict[str, str] = {}


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That an earlier question got one of ``marks``, or of ``choices``."""

    question: str
    marks: list[int] = []
    choices: list[str] = []

    def holds(self, mark: Mark | None) -> bool:
        """Whether ``mark`` is what is asked for; no answer is not."""
        if isinstance(mark, int):
            return mark in self.marks
        chosen = mark if isinstance(mark, list) else [mark]
        return any(each in self.choices for each in chosen)


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question; asked where all of ``when`` hold.

    ``driver`` is a rating that may go with recommending; ``sensitive`` tells of what Art. 9 GDPR protects, and is used
    for nothing but being read.
    """

    key: str
    kind: Kind
    texts: dict[str, Wording]
    required: bool = False
    low: int | None = None
    high: int | None = None
    choices: list[str] = []
    when: list[Condition] = []
    driver: bool = False
    sensitive: bool = False

    @property
    def shape(self) -> Shape:
        return SHAPES[self.kind]

    @property
    def marks(self) -> range:
        """The marks it can be given; empty where it is not answered by one."""
        low, high = self.shape.low, self.shape.high
        if self.kind == "scale":
            low, high = self.low, self.high
        return range(low, high + 1) if low is not None and high is not None else range(0)

    def text(self, language: str) -> Wording:
        """In ``language``, else in the first it has."""
        return self.texts.get(language) or next(iter(self.texts.values()))


class Definition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole survey; ``titles`` are what it is called and ``intro`` what stands above its questions, by language."""

    titles: dict[str, str]
    questions: list[Question]
    intro: dict[str, str] = {}

    @property
    def leading(self) -> Question:
        """The first question: what a mail asks."""
        return self.questions[0]

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    def title(self, language: str) -> str:
        """In ``language``, else in the first it has."""
        return self.titles.get(language) or next(iter(self.titles.values()))


def read(kept: str) -> Definition:
    """A definition as ``write`` wrote it."""
    return msgspec.json.decode(kept, type=Definition)


def write(definition: Definition) -> str:
    """As JSON."""
    return msgspec.json.encode(definition).decode()
