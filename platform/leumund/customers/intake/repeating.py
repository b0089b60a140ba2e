"""Take each person of a file once, whichever of their names a row has."""

from leumund.customers.records.finding import Person
from leumund.customers.records.registering import Record
from leumund.kit.faults import Refused


class RepeatedInFile(Refused):
    """The file names this person twice; the first row counts."""


class Seen:
    """Who the file has named so far, by every name they had or were given."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {"external_id": set(), "email": set()}

    def take(self, record: Record, found: Person | None) -> None:
        """Raises RepeatedInFile."""
        for field, names in self._names.items():
            if (value := getattr(record, field)) is not None and value in names:
                raise RepeatedInFile("errors.customers.repeated_in_file", field=field, value=value)
        for field, names in self._names.items():
            names.update(name for each in (record, found) if each and (name := getattr(each, field)) is not None)
