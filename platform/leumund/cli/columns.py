"""``--column FIELD=COLUMN``: what a file's column means, where its header does not tell."""

from collections.abc import Sequence

from leumund.cli import opening

HELP = "FIELD=COLUMN, where the header cannot be guessed."


def told(options: Sequence[str] | None, *, fields: Sequence[str]) -> dict[str, str]:
    """The column of each field that was named; stops at what names none of ``fields``."""
    return dict(_pair(text, fields) for text in options or [])


def _pair(text: str, fields: Sequence[str]) -> tuple[str, str]:
    field, equals, name = text.partition("=")
    if not equals or field not in fields:
        opening.stop(f"--column {text}: write FIELD=COLUMN with one of {', '.join(fields)}")
    return field, name
