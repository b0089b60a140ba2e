"""Read the settings of this process from its environment, each checked at start and named when it is wrong."""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from leumund.kit.settings import PREFIX, Settings

_OF_TESTS = "LEUMUND_TEST_"


class BadSettings(Exception):
    """One line for each variable that is wrong."""


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises BadSettings with a line for every fault."""
    lines = list(_strange(environment))
    try:
        settings = Settings()
    except ValidationError as faults:
        lines += [_line(fault) for fault in faults.errors()]
    if lines:
        raise BadSettings("\n".join(lines))
    return settings


def _strange(environment: Mapping[str, str]) -> Iterator[str]:
    """A name that is nearly right is worse than none: what it should have set stays as it was, in silence."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(environment):
        if name.startswith(PREFIX) and not name.startswith(_OF_TESTS) and name not in known:
            meant = get_close_matches(name, known, n=1)
            yield f"{name}: is no setting{f', is {meant[0]} meant?' if meant else ''}"


def _line(fault: ErrorDetails) -> str:
    if not fault["loc"]:
        return fault["msg"].removeprefix("Value error, ")
    limits = fault.get("ctx", {})
    plain = {
        "missing": "is not set",
        "int_parsing": "is a whole number",
        "literal_error": f"is {limits.get('expected')}",
        "greater_than_equal": f"is {limits.get('ge')} or more",
        "less_than_equal": f"is {limits.get('le')} at most",
    }
    said = plain.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    return f"{PREFIX}{str(fault['loc'][0]).upper()}: {said}"
