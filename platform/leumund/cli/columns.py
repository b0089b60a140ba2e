"""``--column FIELD=COLUMN``: what a file's column means, where its header does not tell."""

from collections.abc import Sequence

from leumund.cli import opening

HELP = "FIELD=COLUMN, where the header cannot be guessed."


def told(options: Sequence[str] | None, *, fields: Sequence[str]) -> dict[str, str]:
    """The column of each field that was named; stops at what names none of ``fields``."""
    return dict(_pair(text, fields) for text in options or [])


def named(options: Sequence[str] | None, *, option: str) -> dict[str, str]:
    """``NAME=COLUMN``, whatever the names; stops at what is no pair."""
    pairs = [text.partition("=") for text in options or []]
    for name, equals, column in pairs:
        if not (name and equals and column):
            opening.stop(f"{option} {name}{equals}{column}: write NAME=COLUMN")
    return {name: column for name, _, column in pairs}


def _pair(text: str, fields: Sequence[str]) -> tuple[str, str]:
    field, equals, name = text.partition("=")
    if not equals or field not in fields:
        opening.stop(f"--column {text}: write FIELD=COLUMN with one of {', '.join(fields)}")
    return field, name
