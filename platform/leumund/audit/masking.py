"""Mask values of people: a log tells that something changed and not what it was, and a page whom it is about."""

from collections.abc import Callable, Mapping

Change = tuple[object, object]
_FEWEST_DIGITS = 7


def email(value: str) -> str:
    """``anna@linden.example`` becomes ``a…@l…``."""
    local, _, host = value.partition("@")
    return f"{local[:1]}…@{host[:1]}…"


def phone(value: str) -> str:
    """The last two digits of a number; nothing of one that is too short to hide in."""
    digits = [each for each in value if each.isdecimal()]
    return "…" + ("".join(digits[-2:]) if len(digits) >= _FEWEST_DIGITS else "")


def name(value: str) -> str:
    """Initials: ``Anna Maria`` becomes ``A… M…``."""
    return " ".join(f"{word[0]}…" for word in value.split())


def hidden(_: str) -> str:
    """Nothing but that there was something."""
    return "…"


_MASKS: Mapping[str, Callable[[str], str]] = {
    "email": email,
    "phone": phone,
    "name": name,
    "given_name": name,
    "family_name": name,
    "birth_date": hidden,
    "external_id": hidden,
    "reason": hidden,
    "comment": hidden,
    # What a company answers in its records: each names people.
    "officer": hidden,
    "representative": hidden,
    "joint_controllers": hidden,
}


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, Change]:
    """Old and new of every field of ``after`` that differs from ``before``, as they are; ``masked`` makes them fit."""
    return {field: (before.get(field), new) for field, new in after.items() if before.get(field) != new}


def masked(given: Mapping[str, Change]) -> dict[str, list[object]]:
    """``given`` as the log may keep it: what names or reaches a person is masked by the field's name."""
    return {field: [shown(field, value) for value in change] for field, change in given.items()}


def shown(field: str, value: object) -> object:
    """``value`` as it may stand where it is not needed in full, by what ``field`` holds; others stay as they are."""
    mask = _MASKS.get(field)
    return mask(str(value)) if mask and value else value
