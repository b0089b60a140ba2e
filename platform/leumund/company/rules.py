"""How a company is written in one line."""

from collections.abc import Mapping

_ADDRESS = ("street", "postal_code", "city", "country")


def controller(legal_name: str, imprint: Mapping[str, str]) -> str:
    """Name and postal address as one line: who a consent is given to, and who stands under a mail."""
    street, postal_code, city, country = (imprint.get(part, "").strip() for part in _ADDRESS)
    return ", ".join(part for part in (legal_name.strip(), street, f"{postal_code} {city}".strip(), country) if part)
