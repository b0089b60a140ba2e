"""What is wrong with a folder: in which file, at which key, and why; all of it at once."""

from collections.abc import Sequence

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One thing to mend."""

    file: str
    key: str
    reason: str


class Faulty(Exception):
    """The folder cannot be applied; nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        assert faults, "a folder without faults is applied"
        super().__init__("; ".join(f"{fault.file}: {fault.key}: {fault.reason}" for fault in faults))
        self.faults = tuple(faults)
