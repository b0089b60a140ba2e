"""What can be tapped in a mail that puts a question: each mark of its scale, and what the two ends are called."""

from collections.abc import Sequence

import msgspec

from leumund.kit import language
from leumund.messages.sending import Marks
from leumund.messages.tables import Message


class Taps(msgspec.Struct, frozen=True):
    """The marks; ``low`` and ``high`` are empty where nobody says what the ends are called.

    ``more`` says whether other questions follow.
    """

    marks: Sequence[int] = ()
    low: str = ""
    high: str = ""
    more: bool = False


def taps(message: Message, lang: str) -> Taps:
    """Of the question ``message`` puts; none where it is not answered by a mark, of which nobody knows what follows."""
    written: str | None = message.marks
    if written is None:
        return Taps(more=True)
    kept = msgspec.json.decode(written, type=Marks)
    return Taps(range(kept.first, kept.last + 1), _end(kept, "low", lang), _end(kept, "high", lang), kept.more)


def _end(marks: Marks, end: str, lang: str) -> str:
    """What an end is called unless the survey says so; of a scale of one's own nobody else knows."""
    said: str = getattr(marks, end)
    return said if said or marks.kind == "scale" else language.text(f"surveys.{marks.kind}.{end}", lang)
