"""What staff write down and write to people: under the key of whom it is about, with which it is erased everywhere."""

from leumund.kit.faults import Refused
from leumund.kit.sealing import Column

NOTE = Column("case_note", "words_sealed")
LONGEST = 4_000


class TooLong(Refused):
    """More than anybody reads."""


class Missing(Refused):
    """Nothing was said where something has to be."""


def checked(text: str, *, field: str, needed: bool = True) -> str:
    """``text`` as it is kept: lines and all, without what only looks like text. Raises TooLong, Missing."""
    plain = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(plain) > LONGEST:
        raise TooLong("errors.care.too_long", field=field, most=LONGEST)
    if needed and not plain:
        raise Missing("errors.care.no_words", field=field)
    return plain
