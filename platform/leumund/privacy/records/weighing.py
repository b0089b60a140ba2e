"""Weigh up legitimate interests (Art. 6(1)(f) GDPR): for each, why the interests of nobody concerned outweigh it."""

from leumund.kit import language
from leumund.kit.sheets import Prose, Section, Table
from leumund.privacy import register


def weighed() -> list[str]:
    """The classes of the register that rest on a legitimate interest, in its order."""
    return [name for name, told in register.read().classes.items() if told.basis == "legitimate_interest"]


def section(*, lang: str) -> Section:
    """What was weighed up for each, and how anybody objects."""

    def said(name: str) -> str:
        return language.text(f"records.weighing.{name}", lang)

    rows = [
        (
            language.text(f"data.class.{name}", lang),
            language.text(f"data.class.{name}.why", lang),
            language.text(f"data.class.{name}.weighed", lang),
        )
        for name in weighed()
    ]
    return Section(
        said("title"), [Table([said("data"), said("interest"), said("outcome")], rows), Prose([said("objection")])]
    )
