"""A certificate as a page of paper: German and English on one, for whoever files it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from leumund.kit import language, printing
from leumund.kit.sheets import Facts, Prose, Section, Sheet

_COUNTED = ("tables", "rows", "jobs", "keys", "hosts", "domains")


def pdf(certificate: Mapping[str, Any], *, sha256: str) -> bytes:
    """The page of ``certificate`` as its JSON says it; ``sha256`` is of that JSON's bytes."""
    spoken = [_part(lang, certificate) for lang in language.LANGUAGES]
    sheet = Sheet(
        title=_both("certificate.title"),
        language=language.LANGUAGES[0],
        issuer="Leumund",
        at=datetime.fromisoformat(certificate["erased_at"]),
        sections=[*spoken, Section(_both("certificate.rows"), [_rows(certificate["rows"])])],
        foot=f"{_both('certificate.hash')}: {sha256}",
    )
    return printing.pdf(sheet)


def _part(lang: str, certificate: Mapping[str, Any]) -> Section:
    """All there is to say, in one language."""
    lead = language.text("certificate.lead", lang)
    return Section(language.text("certificate.title", lang), [Prose([lead]), Facts([*facts(lang, certificate)])], lang)


def _rows(rows: Mapping[str, int]) -> Prose:
    """Every table that had rows, and how many had none, in running text, so that all of it is one page."""
    filled = [f"{name} {count}" for name, count in rows.items() if count]
    return Prose([", ".join([*filled, f"{len(rows) - len(filled)} × 0"])])


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
    if twin := certificate.get("twin"):
        rows = language.plural("certificate.count.rows", lang, sum(twin["rows"].values()))
        yield say("twin"), say("twin.gone", slug=twin["slug"], schema=twin["schema"], rows=rows)
    yield say("remains"), say("remains.log")
    yield "", say("remains.backups", masters=", ".join(certificate["masters"]))


def _both(key: str) -> str:
    return " / ".join(language.text(key, lang) for lang in language.LANGUAGES)


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M UTC")
