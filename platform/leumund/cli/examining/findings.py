"""What a check says of what it looked at."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple

from leumund.kit.settings import Settings
from leumund.tenancy.database.server import Server


class Health(Enum):
    """How a check ended; only FAIL makes the command end with 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


class Finding(NamedTuple):
    """One line of the answer: what is so, and how to mend it where it is not well."""

    health: Health
    words: str


class Ill(Exception):
    """A check's own plain words for what is wrong."""


Check = Callable[[Server, Settings], Awaitable[list[Finding]]]
