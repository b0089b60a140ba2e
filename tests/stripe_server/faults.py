"""How the stand-in fails on command: the next calls that fit get the fault, in the order it was asked for."""

import re
from enum import Enum
from threading import Lock
from typing import NamedTuple


class Fault(Enum):
    """What may go wrong with one call. ``BEFORE`` nothing was done, ``AFTER`` all of it was."""

    ERROR_BEFORE = "500 as the first result of its key, nothing done"
    ERROR_AFTER = "500 as the first result of its key, all done"
    AWAY = "503 at the edge, no key kept"
    RATE_LIMITED = "429 with Retry-After, no key kept"
    TIMEOUT_BEFORE = "no answer, nothing done"
    TIMEOUT_AFTER = "no answer, all done"
    RESET = "done, and the connection is reset in the middle of the answer"
    MALFORMED = "done, and the answer is no JSON"
    SLOW = "done, and the answer drips"
    EVENTS_FIRST = "done, and webhooks arrive before the answer"


class _Wanted(NamedTuple):
    fault: Fault
    method: str
    path: re.Pattern[str]


class Script:
    """Which calls are to fail; ``seen`` is every call there was."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted: list[_Wanted] = []
        self.seen: list[tuple[str, str, str]] = []

    def fail(self, fault: Fault, path: str, *, method: str = "POST", times: int = 1) -> None:
        """Let the next ``times`` calls of ``method`` whose path is ``path`` (a pattern) fail by ``fault``."""
        with self._lock:
            self._wanted += [_Wanted(fault, method, re.compile(path))] * times

    def mend(self) -> None:
        """All is well again."""
        with self._lock:
            self._wanted.clear()

    def take(self, method: str, path: str, key: str) -> Fault | None:
        """What this call is to suffer, if anything; it is noted as seen."""
        with self._lock:
            self.seen.append((method, path, key))
            for wanted in self._wanted:
                if wanted.method == method and wanted.path.fullmatch(path):
                    self._wanted.remove(wanted)
                    return wanted.fault
        return None

    def times(self, method: str, path: str) -> int:
        """How often ``path`` (a pattern) was called."""
        with self._lock:
            return sum(one == method and re.fullmatch(path, other) is not None for one, other, _ in self.seen)
