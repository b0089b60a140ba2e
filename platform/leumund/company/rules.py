"""How a company is written in one line, and which of its languages it speaks to whom."""

from collections.abc import Mapping, Sequence

_ADDRESS = ("street", "postal_code", "city", "country")


def controller(legal_name: str, imprint: Mapping[str, str]) -> str:
    """Name and postal address as one line: who a consent is given to, and who stands under a mail."""
    street, postal_code, city, country = (imprint.get(part, "").strip() for part in _ADDRESS)
    return ", ".join(part for part in (legal_name.strip(), street, f"{postal_code} {city}".strip(), country) if part)


def language_for(wished: str | None, *, spoken: Sequence[str]) -> str:
    """``wished`` where the company speaks it, else its first language."""
    return wished if wished and wished in spoken else spoken[0]
