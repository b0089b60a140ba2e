"""What people wrote and what they were told: under the key of whom it is about, or the company's while nobody knows."""

from uuid import UUID

from leumund.kit import personal
from leumund.kit.faults import Refused
from leumund.kit.personal import PersonKey
from leumund.kit.sealing import Column

WORDS, PROOF, EXTENSION, ANSWER = (
    Column("rights_case", f"{name}_sealed") for name in ("words", "proof", "extension", "answer")
)
ASKED = Column("rights_proof", "words_sealed")
LONGEST = 4_000


class TooLong(Refused):
    """More than anybody reads."""


class Missing(Refused):
    """Nothing was said where something has to be."""


def checked(text: str, *, field: str, needed: bool = False) -> str:
    """``text`` as it is kept: lines and all, without what only looks like text. Raises TooLong, Missing."""
    plain = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(plain) > LONGEST:
        raise TooLong("errors.rights.too_long", field=field, most=LONGEST)
    if needed and not plain:
        raise Missing("errors.rights.no_words", field=field)
    return plain


async def key_of(customer: UUID | None) -> PersonKey | None:
    """What to seal with for ``customer``; None, which is the company's key, for nobody known. Raises personal.Gone."""
    return None if customer is None else await personal.key(person=customer)
