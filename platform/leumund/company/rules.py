"""How a company is written in one line, and which of its languages it speaks to whom."""

from collections.abc import Mapping, Sequence

# The European Economic Area, within which data needs no further safeguard (GDPR Art. 44).
_EEA = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
        *("IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
_ADDRESS = ("street", "postal_code", "city", "country")


def controller(legal_name: str, imprint: Mapping[str, str]) -> str:
    """Name and postal address as one line: who a consent is given to, and who stands under a mail."""
    street, postal_code, city, country = (imprint.get(part, "").strip() for part in _ADDRESS)
    return ", ".join(part for part in (legal_name.strip(), street, f"{postal_code} {city}".strip(), country) if part)


def language_for(wished: str | None, *, spoken: Sequence[str]) -> str:
    """``wished`` where the company speaks it, else its first language."""
    return wished if wished and wished in spoken else spoken[0]


def in_eea(country: str) -> bool:
    """Whether an ISO 3166-1 ``country`` is in the EEA."""
    return country in _EEA
