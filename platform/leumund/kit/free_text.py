"""What people write, as it is kept: lines and all, without what no row can hold, and no longer than anybody reads."""

import re

from leumund.kit.faults import Refused

LONGEST = 4_000
# Signs for machines, and half of a surrogate pair: they say nothing, and some of them no row can hold.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class TooLong(Refused):
    """More than anybody reads."""


class Missing(Refused):
    """Nothing was said where something has to be."""


def checked(text: str, *, field: str, needed: bool = False, most: int = LONGEST) -> str:
    """``text`` as it is kept, of at most so many characters. Raises TooLong, Missing."""
    plain = _UNWRITABLE.sub("", text.replace("\r\n", "\n")).strip()
    if len(plain) > most:
        raise TooLong("errors.words.too_long", field=field, most=most)
    if needed and not plain:
        raise Missing("errors.words.missing", field=field)
    return plain
