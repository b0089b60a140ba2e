"""Name a day, a week or a month the way each language does."""

from datetime import date

from babel.dates import format_skeleton

from leumund.kit import language

_SKELETONS = {"day": "MMMd", "week": "MMMd", "month": "yMMM"}
_WHOLE = {"day": "yMMMd", "week": "yMMMd", "month": "yMMMM"}


def short(first_date: date, *, step: str, lang: str) -> str:
    """``8. Mai`` for a day or a week that begins then, ``Mai 2017`` for a month."""
    return str(format_skeleton(_SKELETONS[step], first_date, locale=lang))


def whole(first_date: date, *, step: str, lang: str) -> str:
    """The same with its year; a week says that it is one."""
    named = str(format_skeleton(_WHOLE[step], first_date, locale=lang))
    return language.text("insight.week", lang, date=named) if step == "week" else named
