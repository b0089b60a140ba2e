"""What leaves the console as a file about people: for a reason to choose and with a fresh code, so that it is noted.

A borrowed browser takes nothing along, and whoever may says what for (requirements A52).
"""

from collections.abc import Iterable, Mapping, Sequence

from litestar import Response

from leumund.kit import language, spreadsheets, workbooks
from leumund.web import answering, forms

# A few to choose from, since the log outlives people: what is typed could name one.
REASONS = ("person", "authority", "claim", "incident", "review")
FORMS = ("xlsx", "csv")


def reason(sent: Mapping[str, str], *, among: Sequence[str] = REASONS) -> str:
    """The one ``among`` a few that was sent. Raises NotChosen."""
    return forms.chosen(sent, "reason", among, fault="errors.audit.reason")


def reasons(lang: str, *, among: Sequence[str] = REASONS) -> list[tuple[str, str]]:
    """What the form offers; nothing is chosen beforehand."""
    return [(each, language.text(f"console.audit.reason.{each or 'choose'}", lang)) for each in ("", *among)]


def form(sent: Mapping[str, str]) -> str:
    """The one of FORMS that was sent. Raises NotChosen."""
    return forms.chosen(sent, "form", FORMS, fault="errors.audit.form")


def table(
    rows: Iterable[Sequence[object]], *, head: Sequence[str], form: str, name: str, lang: str
) -> Response[bytes] | Response[str]:
    """``rows`` under ``head`` as a file in one of FORMS, to take along as ``name``."""
    if form == "xlsx":
        return answering.file(workbooks.xlsx_of(head, rows), name=f"{name}.xlsx")
    return answering.file(spreadsheets.csv_of(head, rows, language=lang), name=f"{name}.csv")
