"""The language a caller asks for: Accept-Language with its weights, English where it names neither of ours."""

from leumund.kit.language import LANGUAGES

_LONGEST = 500


def asked_for(header: str) -> str:
    """``de`` or ``en``; what cannot be read weighs nothing."""
    weights: dict[str, float] = {}
    for part in header[:_LONGEST].split(","):
        name, _, weight = part.partition(";")
        spoken = name.strip().lower().split("-")[0]
        weights.setdefault("en" if spoken == "*" else spoken, _weight(weight))
    wished = [one for one in LANGUAGES if weights.get(one, 0.0) > 0]
    return max(wished, key=lambda one: weights[one], default="en")


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
