"""Surveys in a company's folder: whole definitions, each fault by its key, the short form beside them or alone."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from leumund.files import asking, reading
from leumund.files.faults import Faulty
from leumund.kit import places
from leumund.surveys.questions import checking
from leumund.surveys.questions.defining import Condition

HERE = "surveys[1]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Linden's folder, to be written over."""
    return Path(shutil.copytree(places.tenants() / "linden", tmp_path_factory.mktemp("folders") / "linden"))


def linden() -> dict[str, Any]:
    return tomllib.loads((places.tenants() / "linden" / "company.toml").read_text("utf-8"))


def faults(folder: Path, company: dict[str, Any]) -> list[tuple[str, str]]:
    """Key and reason of all that is wrong."""
    (folder / "company.toml").write_text(tomlkit.dumps(company), "utf-8")
    try:
        reading.read(folder)
    except Faulty as fault:
        return [(each.key, each.reason) for each in fault.faults]
    return []


@pytest.mark.parametrize("slug", ["linden", "birke"])
def test_the_surveys_that_ship_are_right_and_are_written_as_they_were_read(slug):
    company = reading.read(places.tenants() / slug).company
    (survey,) = company.surveys
    definition = asking.definition(survey)
    assert checking.objections(definition, languages=company.languages, named=True) == []
    table = tomllib.loads((places.tenants() / slug / "company.toml").read_text("utf-8"))["surveys"][0]
    assert asking.written(survey.key, definition, named=survey.named, closed=survey.closed) == table


def test_a_class_stands_for_its_marks():
    definition = asking.definition(reading.read(places.tenants() / "linden").company.surveys[0])
    asked = definition.question("better")
    assert asked is not None
    assert asked.when == [Condition(question="recommend", marks=list(range(9)))]


def test_the_short_form_may_be_left_out_where_others_are_named(folder):
    company = linden()
    del company["survey"]
    assert faults(folder, company) == []
    del company["surveys"]
    assert faults(folder, company) == [("survey", "is missing; or [[surveys]] say more")]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda survey: survey.update(key="nps"), "surveys"),
        (lambda survey: survey.update(key="Kunden"), f"{HERE}.key"),
        (lambda survey: survey.update(anonymous=True), f"{HERE}.anonymous"),
        (lambda survey: survey["titles"].pop("en"), f"{HERE}.titles.en"),
        (lambda survey: survey["intro"].pop("de"), f"{HERE}.intro.de"),
        (lambda survey: survey.update(questions=[]), f"{HERE}.questions"),
        (lambda survey: survey["questions"][0].update(kind="smiley"), f"{HERE}.questions[1].kind"),
        (lambda survey: survey["questions"][4].update(key="page"), f"{HERE}.questions[5].key"),
        (lambda survey: survey["questions"][0]["texts"].pop("en"), f"{HERE}.questions[1].texts.en.question"),
        (lambda survey: survey["questions"][5]["choices"].append("x"), f"{HERE}.questions[6].texts.de.choices.x"),
        (lambda survey: survey["questions"][7]["when"][0].update(question="later"), f"{HERE}.questions[8].when"),
        (
            lambda survey: survey["questions"][7]["when"][0].update(classes=["fans"]),
            f"{HERE}.questions[8].when[1].classes[1]",
        ),
        (
            lambda survey: survey["questions"][0]["texts"]["de"].update(question="Bitte geben Sie uns 10 Punkte!"),
            f"{HERE}.questions[1].texts.de.question",
        ),
    ],
)
def test_each_fault_of_a_survey_is_named_by_its_key(folder, change, key):
    company = linden()
    change(company["surveys"][0])
    assert key in [named for named, _ in faults(folder, company)]


@pytest.mark.parametrize("part", ["question", "followup"])
def test_the_short_form_asks_nobody_for_praise_either(folder, part):
    company = linden()
    company["survey"]["texts"]["de"][part] = "Bitte geben Sie uns eine 10!"
    assert [key for key, _ in faults(folder, company)] == [f"survey.texts.de.{part}"]
