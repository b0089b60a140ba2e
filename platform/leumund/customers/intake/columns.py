"""Which column of a file means which field: told, or guessed by its header."""

from collections.abc import Mapping, Sequence

from leumund.kit.faults import Refused

# Each field with the headers people write over it, beside its own name.
Fields = Mapping[str, Sequence[str]]


class NoSuchColumn(Refused):
    """The mapping names a column the file does not have, or lacks one that is needed."""


def guess(headers: Sequence[str], *, fields: Fields) -> dict[str, str]:
    """Which of ``headers`` means which field, where one can tell."""
    plain = {_plain(header): header for header in reversed(headers)}
    guesses = {}
    for field, names in fields.items():
        if found := next((plain[name] for name in (_plain(field), *names) if name in plain), None):
            guesses[field] = found
    return guesses


def places(headers: Sequence[str], *, mapping: Mapping[str, str], fields: Fields) -> dict[str, int]:
    """Where each field stands: ``mapping`` gives its column, guessed where it does not; an empty one leaves it out.

    Raises NoSuchColumn.
    """
    wished = {field: column for field, column in (guess(headers, fields=fields) | dict(mapping)).items() if column}
    for field, column in wished.items():
        if column not in headers:
            raise NoSuchColumn("errors.customers.no_such_column", field=field, column=column)
    return {field: headers.index(column) for field, column in wished.items()}


def _plain(header: str) -> str:
    return header.strip().casefold().replace("_", " ")
