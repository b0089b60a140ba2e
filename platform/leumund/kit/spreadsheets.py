"""Rows as a CSV file that a spreadsheet opens as it is, and that does nothing there."""

from collections.abc import Iterable, Sequence

# Those of full width count where people write with them (OWASP, CSV injection).
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Of either language, since the file may be opened in the other one: then a cell would end where it does not.
_SEPARATORS = frozenset(';,\t\r\n"')
_LINE = "\r\n"


def csv_of(head: Sequence[str], rows: Iterable[Iterable[object]], *, language: str) -> str:
    """With the mark by which Excel knows UTF-8, and the separator it expects in the reader's language."""
    separator = ";" if language == "de" else ","
    lines = [separator.join(map(_cell, line)) for line in (head, *rows)]
    return "\ufeff" + _LINE.join([*lines, ""])


def _cell(value: object) -> str:
    text = _inert(str(value))
    return text if _SEPARATORS.isdisjoint(text) else '"' + text.replace('"', '""') + '"'


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def meant(cell: str) -> str:
    """What a cell of ours says that was made inert, so that a file of ours can be mended and brought back."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
