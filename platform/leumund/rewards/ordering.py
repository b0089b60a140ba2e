"""What an order is called, however it was written: blanks around it and letters nobody sees make no other order of it.

Capitals do: there are shops whose numbers differ by nothing else.
"""

from unicodedata import category, normalize

from leumund.kit.faults import Refused

_UNSEEN = frozenset({"Cf", "Cc"})


class NoOrderName(Refused):
    """Nothing to call an order by."""


def name(text: str, *, field: str = "order_id") -> str:
    """``text`` as an order is told from others by it. Raises NoOrderName."""
    plain = part(text)
    if not plain:
        raise NoOrderName("errors.rewards.no_order_name", field=field)
    return plain


def part(text: str) -> str:
    """What a part of an order is called, which may be nothing."""
    spaced = " ".join(normalize("NFC", text).split())
    return "".join(letter for letter in spaced if category(letter) not in _UNSEEN).strip()
