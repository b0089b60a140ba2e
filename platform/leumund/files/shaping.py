"""Read a TOML table into its Struct and name every fault, not only the first.

msgspec stops at the first value that does not fit, so tables are taken apart and each key is converted by itself.
"""

import re
from collections.abc import Iterator
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from leumund.files.faults import Fault
from leumund.files.parts import Part, Text

FILE = "company.toml"
# A line break in a name could become a header of a mail, and PostgreSQL keeps no NUL.
_NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_IN_A_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def faults_of(value: object, wanted: Any, key: str = "") -> Iterator[Fault]:
    """Everything in ``value`` that is not ``wanted``, a Part or a type made of such."""
    wanted = _part_of(wanted)
    if isinstance(wanted, type) and issubclass(wanted, Part):
        yield from _faults_of_part(value, wanted, key)
    elif get_origin(wanted) is dict and isinstance(value, dict):
        for name, item in value.items():
            yield from faults_of(item, get_args(wanted)[1], _joined(key, name))
    elif get_origin(wanted) is list and isinstance(value, list):
        for place, item in enumerate(value, 1):
            yield from faults_of(item, get_args(wanted)[0], f"{key}[{place}]")
    elif reason := _reason(value, wanted):
        yield Fault(FILE, key, reason)


def _part_of(wanted: Any) -> Any:
    """The table of one that may be left out, else ``wanted`` itself: TOML has no null."""
    parts = [each for each in get_args(wanted) if isinstance(each, type) and issubclass(each, Part)]
    return parts[0] if get_origin(wanted) is UnionType and parts else wanted


def is_unwritable(text: str) -> bool:
    """Whether ``text`` holds what no page, mail or database can keep."""
    return bool(_NOT_IN_A_TEXT.search(text))


def _reason(value: object, wanted: Any) -> str | None:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as fault:
        return str(fault).split(" - at ")[0]
    if not isinstance(value, str):
        return None
    if value and not value.strip():
        return "is blank"
    unwritable = is_unwritable(value) if wanted == Text else _NOT_IN_A_LINE.search(value)
    return "holds a control character or a line break" if unwritable else None


def _faults_of_part(value: object, wanted: type[Part], key: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(FILE, key, "must be a table")
        return
    hints = get_type_hints(wanted, include_extras=True)
    for name in sorted(value.keys() - hints.keys()):
        yield Fault(FILE, _joined(key, name), "is no key we know")
    for field in msgspec.structs.fields(wanted):
        if field.name in value:
            yield from faults_of(value[field.name], hints[field.name], _joined(key, field.name))
        elif field.required:
            yield Fault(FILE, _joined(key, field.name), "is missing")


def _joined(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
