"""A survey's figures are shown with their intervals, few answers nowhere, and are taken along for a reason alone."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import openpyxl
import pytest

from leumund.audit import listing
from leumund.surveys.figures import ruling
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import answered, staffing
from tests.journeys.answered import FORMULA
from tests.journeys.desks import said
from tests.journeys.guests import OURS, Guest

RESULTS = "/console/surveys/results/nps"
# A day on which twenty days of answers lie in one year.
JUNE = datetime(2026, 6, 25, 12, 0, tzinfo=UTC)


async def test_a_survey_shows_its_figures_in_both_languages(deployment, birke, desk):
    await answered.survey(deployment, birke, at=JUNE)
    guest = await desk(role="viewer")
    await guest.open("/console/surveys")
    assert "/console/surveys/results" in guest.page
    await guest.open("/console/surveys/results")
    assert f'href="{RESULTS}"' in guest.page
    assert "Kundenstimme nps −4,4" in said(guest.page)
    await guest.open(RESULTS)
    page = said(guest.page)
    # 40 promoters and 44 detractors of 90.
    assert "−4,4" in page
    assert "95-%-Intervall" in page
    assert "Loyalitätsindex" in page
    assert "Gewichte: Gesamturteil 1, Weiterempfehlung 1, Wiederwahl 1" in page
    assert {"Apostel", "Söldner", "Geiseln", "Gefährdete"} <= set(page.replace(",", "").split())
    assert "War es leicht?" in page
    assert "eingetragene Marken" in page
    assert "Zahlen mitnehmen" not in page, "a viewer takes nothing along"
    await guest.open(RESULTS + "?lang=en")
    assert "−4.4" in said(guest.page)
    assert "Defectors" in said(guest.page)
    assert "War es leicht? (en)" in said(guest.page)


async def test_another_year_has_no_figures_and_no_survey_has_no_page(deployment, birke, desk):
    await answered.survey(deployment, birke, at=JUNE)
    guest = await desk()
    await guest.open(RESULTS + "?year=2019")
    assert "Noch zu wenige Antworten" in said(guest.page)
    await guest.open(RESULTS + "?year=zwei")
    assert "−4,4" in said(guest.page), "what is no year asks for none"
    for end in ("", "/parts", "/drivers", "/comments", "/loyalty"):
        assert (await guest.open(f"/console/surveys/results/none{end}")).status_code == 404


async def test_a_part_of_few_answers_is_hidden_and_does_not_follow_from_the_rest(deployment, birke, desk):
    await answered.survey(deployment, birke, at=JUNE)
    guest = await desk()
    await guest.open(RESULTS + "/parts?by=branch")
    page = said(guest.page)
    assert "Berlin 100,0" in page
    assert "unter dem Rest" in page
    assert "2 Teile haben zu wenige Antworten" in page, "the smallest that is left goes with the one of four"
    assert "Köln" not in page
    assert FORMULA not in page
    await guest.open(RESULTS + "/parts?by=@language")
    assert "Deutsch" in said(guest.page)


async def test_what_goes_with_recommending_is_never_called_a_cause(deployment, birke, desk):
    await answered.survey(deployment, birke, at=JUNE)
    guest = await desk()
    await guest.open(RESULTS + "/drivers")
    page = said(guest.page)
    assert "War es leicht?" in page
    assert "Was davon die Ursache ist, sagen diese Zahlen nicht." in page
    assert "neuesten 90 Antworten" in page


@pytest.mark.parametrize(
    ("query", "glad", "torn"),
    [
        ("q=FREUNDLICH", 40, 0),
        ("q=lange+wartezeit", 0, 40),
        ("q=lange+freundlich", 0, 0),
        ("q=freund", 0, 0),
        ("class=detractor", 0, 40),
        ("class=promoter&language=de", 20, 0),
        ("language=xx", 40, 10),
    ],
)
async def test_comments_are_searched_by_whole_words_class_and_language(
    deployment, birke, desk, query: str, glad: int, torn: int
):
    await answered.survey(deployment, birke, at=JUNE)
    guest = await desk()
    await guest.open(f"{RESULTS}/comments?{query}")
    page = said(guest.page)
    shown = page.count("Sehr freundlich."), page.count("Lange Wartezeit!")
    # A page holds fifty.
    assert shown == (glad, torn) if query != "language=xx" else sum(shown) == 50


async def test_a_rule_of_the_loyalty_index_is_refused_at_its_field_and_else_holds(deployment, birke, desk):
    await answered.survey(deployment, birke, at=JUNE)
    guest = await desk(role="marketing")
    await guest.open(RESULTS + "/loyalty")
    await guest.submit("/loyalty", overall="101", loyal_from="80")
    assert guest.answer.status_code == 422
    assert 'id="overall-wrong"' in guest.page
    assert 'value="80"' in guest.page, "what was right still stands there"
    await guest.submit("/loyalty", overall="3")
    assert guest.answer.status_code == 200
    assert "Gewichte: Gesamturteil 3" in said(guest.page)
    async with deployment.scopes.reading(birke):
        assert (await ruling.rule(key="nps")).loyal_from == 80
        newest = (await listing.page()).rows[0]
    assert (newest.action, newest.detail["overall"]) == ("surveys.loyalty_ruled", 3)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_figures_are_taken_along_inert_noted_and_without_what_is_hidden(
    deployment: Deployment, birke: Tenant, visit: Callable[..., Guest], form: str
):
    await answered.survey(deployment, birke, at=JUNE)
    olivia = await staffing.enrolled(deployment, birke, role="marketing")
    guest = await staffing.signed_in(deployment, visit, birke, olivia)
    asked = {"reason": "review", "form": form, "year": "2026", "code": olivia.code()}
    answer = await guest.client.post(RESULTS + "/export", data=asked, headers=OURS)
    assert answer.status_code == 200
    if form == "csv":
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert rows[1][:4] == ["nps", "", "", "90"]
    parts = {row[2] for row in rows if row[0] == "part" and row[1] == "Branch"}
    assert parts == {"Berlin", "Hamburg"}
    assert not [cell for row in rows for cell in row if FORMULA in cell]
    async with deployment.scopes.reading(birke):
        newest = (await listing.page()).rows[0]
    assert (newest.action, newest.detail) == (
        "surveys.figures_exported",
        {"survey": "nps", "year": 2026, "reason": "review"},
    )


@pytest.mark.parametrize("missing", ["reason", "code", "form"])
async def test_a_borrowed_browser_takes_no_figures_along(
    deployment: Deployment, birke: Tenant, visit: Callable[..., Guest], missing: str
):
    await answered.survey(deployment, birke, at=JUNE)
    mallory = await staffing.enrolled(deployment, birke)
    guest = await staffing.signed_in(deployment, visit, birke, mallory)
    asked = {"reason": "review", "form": "csv", "code": mallory.code()}
    asked |= {missing: mallory.wrong_code() if missing == "code" else ""}
    answer = await guest.client.post(RESULTS + "/export", data=asked, headers=OURS)
    assert (answer.status_code, f'id="{missing}-wrong"' in answer.text) == (422, True)
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("role", ["support", "accounting"])
async def test_who_may_see_no_surveys_sees_no_figures(birke, desk, role: str):
    guest = await desk(role=role)
    for address in (RESULTS, RESULTS + "/comments", "/console/charts/surveys/nps/course.svg"):
        assert (await guest.open(address)).status_code == 403
    assert (await guest.client.post(RESULTS + "/export", data={}, headers=OURS)).status_code == 403


async def test_each_chart_is_drawn_in_each_language(deployment, birke, desk):
    await answered.survey(deployment, birke, at=JUNE)
    guest = await desk(role="viewer")
    told = {"course": "NPS im Verlauf", "types": "Gefährdete", "parts": "Hamburg", "drivers": "War es leicht?"}
    for name, words in told.items():
        drawn = await guest.open(f"/console/charts/surveys/nps/{name}.svg?lang=de&by=branch&shade=dark&shape=broad")
        assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
        assert words in drawn.text
    assert FORMULA not in (await guest.open("/console/charts/surveys/nps/parts.svg?by=branch")).text


async def test_a_survey_nobody_answered_says_so_on_every_page(birke, desk):
    guest = await desk()
    for end, words in {
        "": "Noch zu wenige Antworten",
        "/parts": "Noch nichts zu vergleichen",
        "/drivers": "Noch nichts zu sagen",
        "/comments": "Noch hat niemand etwas geschrieben",
    }.items():
        await guest.open(RESULTS + end)
        assert (guest.answer.status_code, words in said(guest.page)) == (200, True), end
    for name in ("course", "parts", "drivers"):
        assert (await guest.open(f"/console/charts/surveys/nps/{name}.svg")).status_code == 200
    assert (await guest.open("/console/charts/surveys/nps/types.svg")).status_code == 404
