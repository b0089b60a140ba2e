"""Who works for the operator, as the operator's file lists them: TOML, a ``[[subprocessor]]`` each.

Its fields are those of a processor: ``name``, ``address``, ``country``, ``what_for.de``, ``what_for.en`` and, outside
the EEA, ``safeguards``. Whoever changes the file tells the companies by ``leumund processors tell``.
"""

from pathlib import Path

import msgspec

from leumund.company import processing
from leumund.company.processing import Described
from leumund.kit.faults import Refused
from leumund.kit.language import LANGUAGES

_ROLE = "processor"


class BadList(Exception):
    """The file is not such a list; its words say where."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    subprocessor: list[dict[str, object]] = []


def read(path: Path | None) -> list[Described]:
    """Everybody in the file, by name; nobody where there is none. Raises BadList."""
    if path is None:
        return []
    try:
        told = msgspec.toml.decode(path.read_bytes(), type=_File)
        listed = [msgspec.convert({"role": _ROLE, **each}, Described) for each in told.subprocessor]
        for each in listed:
            processing.check(described=each, languages=LANGUAGES)
    except (OSError, msgspec.MsgspecError) as fault:
        raise BadList(f"{path}: {fault}") from fault
    except Refused as fault:
        raise BadList(f"{path}: {fault.field} is missing or wrong") from fault
    return sorted(listed, key=lambda each: each.name.casefold())
