"""Bad input, said so that a person can mend it: a text by key, next to its field."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil


class Refused(Exception):
    """The input cannot be taken; ``key`` names the sentence in the catalogues, ``field`` where it belongs."""

    def __init__(self, key: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.values = values


class Refusals(Exception):
    """Several faults of one input, all told at once."""

    def __init__(self, faults: Sequence[Refused]) -> None:
        assert faults, "no faults, no refusal"
        super().__init__(", ".join(fault.key for fault in faults))
        self.faults = tuple(faults)


class Overtaken(Refused):
    """Things have moved on since whoever asks saw them: somebody was faster."""


class TooSoon(Refused):
    """Done too often by now; ``wait_seconds`` says for how long, and the sentence says it in ``minutes``."""

    def __init__(self, key: str, *, wait: timedelta) -> None:
        self.wait_seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(key, minutes=ceil(self.wait_seconds / 60))


class Unknown(Refused):
    """There is no such thing here; another company's and a never-made one answer alike."""
