"""A wave is planned, read, released by typing how many it asks, watched and stopped; and limits are set."""

import re
from datetime import timedelta

import pytest

from leumund.customers.records.registering import Record
from leumund.kit import clock, ground
from leumund.surveys.asking import inviting, planning
from leumund.surveys.asking.planning import Plan
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.studio import publishing
from tests import allowing
from tests.journeys import desks
from tests.journeys.desks import come
from tests.journeys.test_console_questions import queries

HOME = "/console/surveys/waves"


async def willing(deployment, birke, *names: str):
    """Customers, of whom those in ``names`` allow to be asked, and Bert does not."""
    people = await come(deployment, birke, *[Record(email=f"{name}@people.example") for name in (*names, "bert")])
    consent = {"channel": "email", "source": "import", "basis": "asked at the counter"}
    async with deployment.scopes.inside(birke):
        for name, person in zip(names, people, strict=False):
            email = f"{name}@people.example"
            await allowing.given(customer=person, purpose="survey", email=email, at=clock.now(), **consent)
    return people


async def count(deployment, birke, table: str) -> int:
    async with deployment.scopes.reading(birke):
        return (await ground.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"]


async def test_a_wave_is_read_before_it_is_released_and_asks_whom_it_said(deployment, birke, desk):
    await willing(deployment, birke, "anna", "clara")
    guest = await desk()
    wave = await desks.planned(guest)
    assert "2 Personen würden jetzt gefragt." in guest.page
    assert re.search(r"keine Einwilligung</th><td[^>]*>1<", guest.page)
    assert (await guest.submit("/release", typed="3")).status_code == 422
    async with deployment.scopes.reading(birke):
        assert (await ground.fetch("SELECT released_at FROM survey_wave"))[0]["released_at"] is None
    assert (await guest.submit("/release", typed="2")).status_code == 200
    assert "Die Welle ist freigegeben." in guest.page
    async with deployment.scopes.inside(birke):
        (row,) = await ground.fetch("SELECT id FROM survey_wave")
        for _ in range(2):
            await inviting.go_on(wave=row["id"], at=clock.now())
    await guest.open(wave)
    assert re.search(r"eingeladen</dt><dd>2<", guest.page)
    assert "zu wenige" in guest.page, "of two nobody says a rate"
    await guest.submit("/stop")
    assert "Die Welle ist gestoppt." in guest.page
    assert await count(deployment, birke, "survey_invitation") == 2


async def test_a_wave_released_meanwhile_is_not_released_again(deployment, birke, desk):
    await willing(deployment, birke, "anna")
    guest = await desk()
    wave = await desks.planned(guest)
    async with deployment.scopes.inside(birke):
        (row,) = await ground.fetch("SELECT id FROM survey_wave")
        await planning.release(wave=row["id"], actor="system:test", at=clock.now())
    assert (await guest.send(f"{wave}/release", typed="1")).status_code == 409
    assert (await guest.send(f"{wave}/discard")).status_code == 409


async def test_a_draft_is_discarded(deployment, birke, desk):
    guest = await desk()
    await desks.planned(guest)
    assert "Noch ist niemand bei Ihnen Kunde." in guest.page
    await guest.submit("/discard")
    assert "Der Entwurf ist verworfen." in guest.page
    assert "Noch keine Welle" in guest.page
    assert await count(deployment, birke, "survey_wave") == 0


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"sample": "size", "sample_number": "viele"}, "sample_number"),
        ({"sample": "percent", "sample_number": "100"}, "sample_number"),
        ({"starts_at": "gestern"}, "starts_at"),
        ({"starts_at": "2020-01-01T10:00"}, "starts_at"),
        ({"lasts_days": "0"}, "lasts_days"),
        ({"reminders": "1"}, "reminders"),
        ({"key": "umfrage-die-es-nicht-gibt"}, "key"),
        ({"control_percent": "51"}, "control_percent"),
        ({"control_percent": "halb"}, "control_percent"),
    ],
)
async def test_a_plan_that_cannot_be_is_told_beside_its_field(deployment, birke, desk, chosen, field):
    guest = await desk()
    await guest.open(f"{HOME}/new")
    filled = {"key": "nps", "channel": "email", "reminders": "0", "sample": "", "sample_number": ""} | chosen
    assert (await guest.submit("/waves/new", ticked={"language_de", "quiet"}, **filled)).status_code == 422
    assert f'id="{field}-wrong"' in guest.page
    for name, value in chosen.items():
        if name.startswith("sample_"):
            assert f'value="{value}"' in guest.page, "what was typed still stands there"


async def test_a_wave_that_compares_says_so_and_what_came_of_it(deployment, birke, desk):
    await willing(deployment, birke, "anna", "clara")
    guest = await desk()
    wave = await desks.planned(guest, control_percent="20", goal="recommended")
    assert "20 %" in desks.said(guest.page)
    assert "Empfehlung innerhalb von 60 Tagen" in desks.said(guest.page)
    async with deployment.scopes.inside(birke):
        (row,) = await ground.fetch("SELECT id FROM survey_wave")
        await planning.release(wave=row["id"], actor="system:test", at=clock.now())
    await guest.open(wave)
    assert "Hilft es? Noch zu wenige" in desks.said(guest.page)


async def test_a_start_is_meant_by_the_companys_clocks(deployment, birke, desk):
    guest = await desk()
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT10:30")
    await desks.planned(guest, starts_at=tomorrow)
    async with deployment.scopes.reading(birke):
        (row,) = await ground.fetch(
            "SELECT to_char(starts_at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD\"T\"HH24:MI') AS at FROM survey_wave"
        )
    assert row["at"] == tomorrow


async def test_limits_and_quiet_hours_are_set_and_told_where_they_are_wrong(deployment, birke, desk):
    guest = await desk()
    await guest.open(f"{HOME}/limits")
    assert 'value="90"' in guest.page
    assert (
        await guest.submit("/limits", ticked={"sundays", "holidays"}, rest_days="10", from_hour="25")
    ).status_code == 422
    assert 'id="rest_days-wrong"' in guest.page
    assert 'id="from_hour-wrong"' in guest.page
    await guest.submit("/limits", ticked={"sundays"}, rest_days="120", from_hour="21", region="BY")
    assert "Gespeichert." in guest.page
    assert 'value="120"' in guest.page
    assert '<option value="BY" selected>' in guest.page


async def test_a_viewer_reads_waves_and_plans_none(deployment, birke, desk):
    async with deployment.scopes.inside(birke):
        plan = Plan(key="nps", languages=["de"])
        wave = await planning.plan(plan=plan, actor="system:test", at=clock.now())
    guest = await desk(role="viewer")
    for path in (HOME, f"{HOME}/{wave}", f"{HOME}/limits"):
        assert (await guest.open(path)).status_code == 200
        assert "Welle freigeben" not in guest.page
    assert (await guest.open(f"{HOME}/new")).status_code == 403
    for deed in ("release", "discard", "stop"):
        assert (await guest.send(f"{HOME}/{wave}/{deed}", typed="0")).status_code == 403
    assert await count(deployment, birke, "survey_wave") == 1


async def test_a_wave_in_english_speaks_english(deployment, birke, desk):
    await willing(deployment, birke, "anna")
    guest = await desk()
    await desks.planned(guest)
    await guest.open(f"{guest.answer.url.path}?lang=en")
    assert "1 person would be asked now." in guest.page
    assert "no consent" in guest.page


async def test_a_page_of_waves_asks_as_few_questions_however_many_there_are(deployment, birke, desk):
    guest = await desk()
    before = await queries(deployment, birke, guest, HOME)
    async with deployment.scopes.inside(birke):
        for _ in range(5):
            await planning.plan(plan=Plan(key="nps", languages=["de"]), actor="system:test", at=clock.now())
    assert await queries(deployment, birke, guest, HOME) == before


async def test_a_wave_is_worded_looked_at_and_tried_out_before_it_goes(deployment, birke, desk):
    guest = await desk()
    wave = await desks.planned(guest)
    words = f"{wave}/words/de"
    assert f'href="{words}"' in guest.page
    await guest.open(words)
    await guest.submit("/words/de", subject="Ihr Umzug", wording="Bitte geben Sie uns eine 10. {{ question }}")
    assert guest.answer.status_code == 422
    assert 'id="wording-wrong"' in guest.page
    assert 'value="Ihr Umzug"' in guest.page, "what was right still stands there"
    await guest.open(words)
    await guest.submit("/words/de", subject="Ihr Umzug", wording="Sie sind umgezogen. {{ question }}")
    assert "mit eigenen Worten" in guest.page
    assert "Sie sind umgezogen." in (await guest.open(f"{words}/preview?part=text")).text
    told = {"subject": "Anders", "wording": "Ganz anders. {{ question }}"}
    assert "Ganz anders." in (await guest.send(f"{words}/preview", **told)).text
    await guest.send(f"{words}/test", **told)
    async with deployment.scopes.reading(birke):
        (mail,) = await ground.fetch("SELECT kind, test, customer FROM message")
    assert (mail["kind"], mail["test"], mail["customer"]) == ("survey_invitation", True, None)
    await guest.open(wave)
    assert "Deutsch eigene" in desks.said(guest.page)
    await guest.open(words)
    await guest.submit("/restoration")
    assert "wieder mit den Worten aller Einladungen" in guest.page
    assert (await guest.open(f"{wave}/words/fr")).status_code == 404


async def test_what_a_wave_is_worded_from_promises_one_question_only_where_it_is_one(deployment, birke, desk):
    guest, at = await desk(), clock.now()
    csat, ces = (
        Question(key=kind, kind=kind, texts={lang: Wording(question="Wie war es?") for lang in ("de", "en")})
        for kind in ("csat", "ces")
    )
    async with deployment.scopes.inside(birke):
        for key, questions in (("eine", [csat]), ("zwei", [csat, ces])):
            definition = Definition(titles={"de": key, "en": key}, questions=questions)
            await publishing.publish(key=key, definition=definition, at=at)
    for key, is_one in (("eine", True), ("zwei", False)):
        async with deployment.scopes.inside(birke):
            wave = await planning.plan(plan=Plan(key=key, languages=["de"]), actor="system:test", at=at)
        for path in (f"{HOME}/{wave}/words/de", f"{HOME}/{wave}/words/de/preview?part=text"):
            assert ("eine einzige Frage" in (await guest.open(path)).text) is is_one, path
