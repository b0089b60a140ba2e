"""Texts and logo of a folder: what may be published and shown, and what is named instead."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import tomlkit

from leumund.kit import places
from tests.rules import test_folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Linden's folder, for one test."""
    return Path(shutil.copytree(places.tenants() / "linden", tmp_path / "linden"))


def _without(text: str) -> Callable[[str], str]:
    return lambda whole: whole.replace(text, "")


@pytest.mark.parametrize(
    ("file", "change", "key"),
    [
        ("texts/terms.de.md", _without("# "), "file"),
        ("texts/terms.de.md", lambda text: "# \n\n" + text, "file"),
        ("texts/terms.de.md", lambda text: text.split("\n")[0], "file"),
        ("texts/terms.de.md", lambda text: text + "\0", "file"),
        ("texts/terms.de.md", lambda text: "# " + "T" * 300 + "\n\n" + text, "file"),
        ("texts/terms.de.md", lambda text: text + "\n\nHiermit willige ich ein, Werbung zu erhalten.", "consent"),
        ("texts/terms.de.md", lambda text: text * 100, "file"),
        ("texts/notice.en.md", lambda text: text.replace("withdraw", "w").replace("Withdraw", "w"), "withdrawal"),
        ("texts/notice.en.md", lambda text: text.replace("omplain", "").replace("supervisory", ""), "complaint"),
        ("texts/consent-survey.de.md", _without("{company}"), "controller"),
        ("texts/consent-survey.de.md", lambda text: text + "\nAuch Dritte dürfen das.", "third_parties"),
        ("texts/consent-survey.de.md", lambda text: text.replace("widerrufen", "enden"), "withdrawal"),
        ("logo.svg", lambda text: text.replace("<path", '<script>alert(1)</script><path onload="x"', 1), "logo"),
        ("logo.svg", lambda text: text + " " * 12_000, "logo"),
    ],
)
def test_a_text_or_logo_that_may_not_be_shown_is_named(folder: Path, file: str, change: Callable[[str], str], key: str):
    (folder / file).write_text(change((folder / file).read_text("utf-8")), "utf-8")
    assert [(name, at) for name, at, _ in test_folders.faults(folder)] == [(file, key)]


def test_a_text_nobody_asks_for_is_named(folder: Path):
    (folder / "texts" / "consent-survy.de.md").write_text("# Umfragen\n\nJa.\n")
    assert test_folders.faults(folder) == [
        ("texts/consent-survy.de.md", "file", "belongs to no language or consent of company.toml"),
    ]


def test_a_text_that_is_no_file_is_named(folder: Path):
    (folder / "texts" / "terms.de.md").unlink()
    (folder / "texts" / "terms.de.md").mkdir()
    assert test_folders.faults(folder) == [("texts/terms.de.md", "file", "cannot be read: Is a directory")]


def test_a_purpose_never_becomes_a_path(folder: Path):
    company = test_folders.linden()
    company["consents"]["../../../etc/passwd"] = {"channels": ["email"]}
    (folder / "company.toml").write_text(tomlkit.dumps(company), "utf-8")
    assert [(file, key) for file, key, _ in test_folders.faults(folder)] == [
        ("company.toml", "consents.../../../etc/passwd")
    ]
