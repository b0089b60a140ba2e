"""How a company is written in one line, and which of its languages it speaks to whom."""

from collections.abc import Mapping, Sequence

# The European Economic Area, within which data needs no further safeguard (GDPR Art. 44).
_EEA = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
        *("IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
# What a test company's legal name ends in, whatever language it is read in: it is who a consent is given to.
_TRIED_OUT = "(Testbetrieb)"
_ADDRESS = ("street", "postal_code", "city", "country")


def controller(legal_name: str, imprint: Mapping[str, str]) -> str:
    """Name and postal address as one line: who a consent is given to, and who stands under a mail."""
    street, postal_code, city, country = (imprint.get(part, "").strip() for part in _ADDRESS)
    return ", ".join(part for part in (legal_name.strip(), street, f"{postal_code} {city}".strip(), country) if part)


def legal_name(name: str, *, is_twin: bool) -> str:
    """``name`` as a company bears it: a test company says that it is one, and no other does."""
    plain = name.strip()
    while plain.endswith(_TRIED_OUT):
        plain = plain.removesuffix(_TRIED_OUT).rstrip()
    return f"{plain} {_TRIED_OUT}" if is_twin else plain


def language_for(wished: str | None, *, spoken: Sequence[str]) -> str:
    """``wished`` where the company speaks it, else its first language."""
    return wished if wished and wished in spoken else spoken[0]


def in_eea(country: str) -> bool:
    """Whether an ISO 3166-1 ``country`` is in the EEA."""
    return country in _EEA
