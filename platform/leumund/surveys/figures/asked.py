"""What a survey asked in all its versions: figures go over them all, so a question that is gone has its words still."""

from collections.abc import Sequence

import msgspec

from leumund.kit import ground
from leumund.surveys.questions import defining
from leumund.surveys.questions.defining import Question
from leumund.surveys.studio.publishing import NoSurvey

_VERSIONS = "SELECT definition, named FROM survey WHERE key = $1 ORDER BY version DESC"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A survey: its ``titles`` by language, and each question in its newest words, those of today first.

    ``named`` is whether it is known who answered. What Art. 9 GDPR protects is not among the questions.
    """

    key: str
    titles: dict[str, str]
    named: bool
    questions: Sequence[Question]

    def title(self, language: str) -> str:
        """In ``language``, else in the first it has."""
        return self.titles.get(language) or next(iter(self.titles.values()))

    @property
    def drivers(self) -> list[Question]:
        """The ratings that may go with recommending."""
        return [question for question in self.questions if question.driver and question.marks]


async def asked(*, key: str) -> Asked:
    """One query. Raises NoSurvey."""
    rows = await ground.fetch(_VERSIONS, key)
    if not rows:
        raise NoSurvey(key)
    definitions = [defining.read(row["definition"]) for row in rows]
    newest = {
        question.key: question for definition in reversed(definitions) for question in reversed(definition.questions)
    }
    ordered = dict.fromkeys(question.key for definition in definitions for question in definition.questions)
    return Asked(
        key=key,
        titles=definitions[0].titles,
        named=rows[0]["named"],
        questions=[newest[key] for key in ordered if not newest[key].sensitive],
    )
