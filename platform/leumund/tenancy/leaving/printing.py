"""A certificate as a page of paper: German and English on one, for whoever files it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import matplotlib
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from leumund.kit import language

# Names are written in any script; the font that comes with the charts' library has most of them.
_FONTS = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
_INK, _FAINT = (24, 28, 33), (96, 104, 112)
_COUNTED = ("tables", "rows", "jobs", "keys", "hosts", "domains")
_LABEL_MM, _MARGIN_MM, _COLUMNS = 46, 18, 3


def pdf(certificate: Mapping[str, Any], *, sha256: str) -> bytes:
    """The page of ``certificate`` as its JSON says it; ``sha256`` is of that JSON's bytes."""
    page = _Page(datetime.fromisoformat(certificate["erased_at"]))
    for lang in language.LANGUAGES:
        page.part(lang, certificate)
    page.rows(certificate["rows"])
    page.small(_both("certificate.hash"), sha256)
    return bytes(page.output())


class _Page(FPDF):
    def __init__(self, at: datetime) -> None:
        super().__init__(format="A4")
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        for style, name in _FONTS.items():
            self.add_font("text", style, fonts / name)
        self.set_creation_date(at)
        self.set_title(_both("certificate.title"))
        self.set_lang("de")
        self.set_margin(_MARGIN_MM)
        self.add_page()

    def part(self, lang: str, certificate: Mapping[str, Any]) -> None:
        """All there is to say, in one language."""
        self._line(language.text("certificate.title", lang), size=17, style="B", height=9)
        self._line(language.text("certificate.lead", lang), size=8.5, colour=_FAINT, height=4.5)
        self.ln(2)
        for label, words in facts(lang, certificate):
            self._fact(label, words)
        self.ln(6)

    def rows(self, rows: Mapping[str, int]) -> None:
        """Every table with its rows, in columns."""
        self._line(_both("certificate.rows"), size=8.5, style="B", height=5)
        width, entries = self.epw / _COLUMNS, list(rows.items())
        lines = -(-len(entries) // _COLUMNS)
        self.set_font("text", "", 7)
        for line in range(lines):
            for name, count in entries[line::lines]:
                self.cell(width * 0.72, 3.6, name)
                self.cell(width * 0.18, 3.6, str(count), align="R")
                self.cell(width * 0.10, 3.6)
            self.ln(3.6)
        self.ln(3)

    def small(self, label: str, words: str) -> None:
        """A line nobody reads and somebody compares."""
        self._line(label, size=7, colour=_FAINT, height=4)
        self._line(words, size=7.5, height=4)

    def _fact(self, label: str, words: str) -> None:
        self.set_font("text", "", 8.5)
        self.set_text_color(*_FAINT)
        self.cell(_LABEL_MM, 5, label)
        self.set_text_color(*_INK)
        self.multi_cell(0, 5, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _line(
        self, words: str, *, size: float, height: float, style: str = "", colour: tuple[int, int, int] = _INK
    ) -> None:
        self.set_font("text", style, size)
        self.set_text_color(*colour)
        self.multi_cell(0, height, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def facts(lang: str, certificate: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is certified, label by label, in one language."""

    def say(key: str, **values: object) -> str:
        return language.text(f"certificate.{key}", lang, **values)

    yield say("company"), certificate["company"]
    yield say("slug"), certificate["slug"]
    yield say("schema"), certificate["schema"]
    if certificate["taken_offline_at"]:
        part, _, who = certificate["asked_by"].partition(":")
        yield say("taken_offline"), f"{_moment(certificate['taken_offline_at'])}, {say(f'asked_by.{part}', who=who)}"
    yield say("erased"), _moment(certificate["erased_at"])
    if certificate["archive_sha256"]:
        yield say("archive"), say("archived", sha256=certificate["archive_sha256"])
    elif certificate["unarchived_reason"]:
        yield say("archive"), say("unarchived", reason=certificate["unarchived_reason"])
    counts = {**certificate, "rows": sum(certificate["rows"].values())}
    yield (
        say("counts"),
        ", ".join(language.plural(f"certificate.count.{name}", lang, counts[name]) for name in _COUNTED),
    )
    yield say("remains"), say("remains.log")
    yield "", say("remains.backups", masters=", ".join(certificate["masters"]))


def _both(key: str) -> str:
    return " / ".join(language.text(key, lang) for lang in language.LANGUAGES)


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M UTC")
