"""What of an answer is kept in its row, and how it is read back: marks in the open, words under seal."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from leumund.customers.notation import folding
from leumund.kit import sealing
from leumund.kit.personal import PersonKey
from leumund.kit.sealing import Column
from leumund.surveys.questions.filling import Filled
from leumund.surveys.questions.kinds import COMMENT as COMMENT_KEY

COMMENT = Column("survey_answer", "comment_sealed")
WORDS = Column("survey_answer", "words_sealed")


class Kept(NamedTuple):
    """Columns of ``survey_answer``."""

    marks: str
    comment_sealed: bytes | None
    words_sealed: bytes | None
    found_by: list[int]


def kept(filled: Filled, row: UUID, *, key: PersonKey | None) -> Kept:
    """``filled`` as the answer ``row`` keeps it, words under ``key`` or the company's."""
    rest = {question: said for question, said in filled.words.items() if question != COMMENT_KEY}
    return Kept(
        marks=msgspec.json.encode(filled.marks).decode(),
        comment_sealed=COMMENT.keep(filled.words.get(COMMENT_KEY), row, key=key),
        words_sealed=WORDS.keep(msgspec.json.encode(rest).decode() if rest else None, row, key=key),
        found_by=found_by(filled.words.values()),
    )


def found_by(texts: Iterable[str]) -> list[int]:
    """What the words of ``texts`` leave for a search to find."""
    return sorted({by_word(word) for text in texts for word in folding.spellings(text)})


def by_word(word: str) -> int:
    """What one word, as folding has it, leaves."""
    return sealing.keyed_number("word of an answer", word)


def read(row: Mapping[str, Any], answer: UUID, *, key: PersonKey | None) -> Filled:
    """What ``answer`` holds by its row; words under a lost key are none."""
    comment = COMMENT.tell(row["comment_sealed"], answer, key=key)
    rest = WORDS.tell(row["words_sealed"], answer, key=key)
    words = msgspec.json.decode(rest, type=dict[str, str]) if rest else {}
    return Filled(marks=msgspec.json.decode(row["marks"]), words=words | ({COMMENT_KEY: comment} if comment else {}))
