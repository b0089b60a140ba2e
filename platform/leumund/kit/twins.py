"""What a test company does not have: whatever would lead out of the house."""

from leumund.kit import ground
from leumund.kit.faults import Refused

# How codes and files begin there, so that none is taken for one that is worth something.
MARK = "TEST-"


class NotInTwin(Refused):
    """Things are tried out here, and this would be for real."""


def mark() -> str:
    """What the names of files begin with that a program elsewhere would take for real; nothing in a live company."""
    return MARK if ground.current().is_twin else ""


def refuse(*, field: str | None = None) -> None:
    """Nothing in a company that does business. Raises NotInTwin in a test company."""
    if ground.current().is_twin:
        raise NotInTwin("errors.twin.not_here", field=field)
