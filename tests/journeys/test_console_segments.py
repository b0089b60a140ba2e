"""Segments in the console: built without scripts, counted, kept, looked at, taken along, by whoever may."""

import io
from datetime import timedelta
from uuid import UUID

import pytest
from openpyxl import load_workbook

from leumund.kit import clock, ground
from leumund.occasions.defining import Trigger
from leumund.scoring import keeping as scores
from leumund.segmenting import classing, computing, refreshing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import staffing
from tests.journeys.desks import said
from tests.journeys.guests import Guest
from tests.rooms import occasioned, segmented

HERE = "/console/segments"
NEW = f"{HERE}/new"
PURPOSE = "Einladung zum Sommerfest"


@pytest.fixture
async def people(deployment: Deployment, birke: Tenant) -> dict[str, UUID]:
    """Six who speak German and bought, one of whom agreed to nothing, and two who speak English."""
    found = {}
    async with deployment.scopes.inside(birke):
        at = clock.now() - timedelta(hours=1)
        await segmented.offer_profiling(at=at)
        for name in ("anna", "bert", "clara", "dora", "emil", "frieda", "gus", "hal"):
            tongue, profiled = "en" if name in ("gus", "hal") else "de", name != "frieda"
            found[name] = await segmented.person(name, at=at, language=tongue, profiled=profiled)
        for number, name in enumerate(("anna", "bert", "clara", "dora", "emil", "frieda")):
            await segmented.bought(found[name], 90_000 if name == "anna" else 1_000 + number, at=at)
    return found


def german(**more: str) -> dict[str, str]:
    """The form of a segment of who speaks German."""
    return {
        "name": "Deutschsprachige",
        "purpose": PURPOSE,
        "version": "",
        "join": "all",
        "group_0_join": "all",
        "row_0_0_fact": "language",
        "row_0_0_among": "de",
        **more,
    }


BOUGHT = {"row_0_1_fact": "purchases", "row_0_1_op": "least", "row_0_1_number": "1"}


async def created(guest: Guest, form: dict[str, str]) -> str:
    """The page of a segment that was kept."""
    answer = await guest.send(NEW, **(form | {"do": "save"}))
    assert answer.status_code == 303, said(answer.text)
    return str(answer.headers["location"]).partition("?")[0]


async def worked_out(deployment: Deployment, tenant: Tenant, page: str) -> None:
    """What the worker does with the job that was left."""
    async with deployment.scopes.inside(tenant):
        await computing.compute(segment=UUID(page.rpartition("/")[2]), at=clock.now())


async def test_a_segment_is_built_by_buttons_alone(desk, people):
    guest = await desk(role="marketing")
    page = (await guest.open(NEW)).text
    assert 'name="row_0_0_fact"' not in page
    form = {"name": "Käufer", "purpose": "", "join": "all", "group_0_join": "all"}
    page = (await guest.send(NEW, **(form | {"fact_0": "language", "do": "add_0"}))).text
    assert 'name="row_0_0_among"' in page
    form |= {"row_0_0_fact": "language", "row_0_0_among": "de"}
    page = (await guest.send(NEW, **(form | {"do": "group"}))).text
    assert 'name="group_1_join"' in page
    assert 'value="de"' in page, "what was typed is carried along"
    form |= {"group_1_join": "any"}
    page = (await guest.send(NEW, **(form | {"fact_1": "class", "do": "add_1"}))).text
    assert 'name="row_1_0_among_A"' in page
    page = (await guest.send(NEW, **(form | {"do": "drop_0_0"}))).text
    assert 'name="row_0_0_fact"' not in page
    page = (await guest.send(NEW, **(form | {"do": "ungroup_1"}))).text
    assert 'name="group_1_join"' not in page


async def test_a_count_says_how_many_why_and_who_is_not_looked_at(desk, people, deployment, birke):
    guest = await desk(role="marketing")
    words = said((await guest.send(NEW, **(german(**BOUGHT) | {"do": "count"}))).text)
    assert "5 von 7 gehören dazu." in words
    assert "Ohne Einwilligung: weniger als 5" in words
    async with deployment.scopes.reading(birke):
        assert await ground.fetch("SELECT FROM segment") == []


async def test_what_is_wrong_stands_at_its_field(desk, people):
    guest = await desk(role="marketing")
    form = german(name="", purpose="Werbung", row_0_0_among="deutsch", **BOUGHT | {"row_0_1_number": "viele"})
    answer = await guest.send(NEW, **(form | {"do": "save"}))
    assert answer.status_code == 422
    for field in ("name", "purpose", "row_0_0_among", "row_0_1_number"):
        assert f'id="{field}-wrong"' in answer.text, field
    empty = {"name": "Alle", "purpose": PURPOSE, "join": "all", "group_0_join": "all", "do": "save"}
    assert 'id="group_0_join-wrong"' in (await guest.send(NEW, **empty)).text


async def test_a_segment_says_whom_it_means_and_who_is_in_it(desk, people, deployment, birke):
    guest = await desk(role="marketing")
    page = await created(guest, german(**BOUGHT))
    assert "noch nicht berechnet" in said((await guest.open(page)).text).lower()
    assert (await guest.send(f"{page}/computing")).status_code == 303
    await worked_out(deployment, birke, page)
    words = said((await guest.open(page)).text)
    assert PURPOSE in words
    assert "Sprache: Deutsch" in words
    assert "Anzahl Käufe: mindestens 1" in words
    assert "Anna" in words
    assert "Frieda" not in words, "she did not agree to be evaluated"
    assert "anna@people.example" not in words
    assert "Käufe der letzten zwölf Monate" in words
    assert "weniger als 5" not in words
    listed = said((await guest.open(HERE)).text)
    assert "Deutschsprachige nur mit Einwilligung" in listed


async def test_a_changed_segment_is_another_version_and_an_old_form_is_told_so(desk, people):
    guest = await desk(role="marketing")
    page = await created(guest, german())
    shown = (await guest.open(f"{page}/definition")).text
    assert 'name="version" value="1"' in shown
    assert 'value="de"' in shown
    changed = german(version="1", row_0_0_among="en, de", do="save")
    assert (await guest.send(f"{page}/definition", **changed)).status_code == 303
    again = await guest.send(f"{page}/definition", **changed)
    assert again.status_code == 409
    assert "inzwischen geändert" in said(again.text)


async def test_a_segment_of_a_few_shows_no_figures(desk, people, deployment, birke):
    guest = await desk(role="marketing")
    page = await created(guest, german(row_0_0_among="en"))
    await worked_out(deployment, birke, page)
    words = said((await guest.open(page)).text)
    assert "weniger als 5" in words
    assert "keine Zahlen" in words
    assert "Land" not in words.split("In Zahlen")[1].split("Wer darin ist")[0]


@pytest.mark.parametrize("role", ["owner", "marketing"])
async def test_a_file_is_taken_for_a_reason_with_a_fresh_code_and_noted(deployment, visit, birke, people, role: str):
    colleague = await staffing.enrolled(deployment, birke, role=role, name="Olivia")
    guest = await staffing.signed_in(deployment, visit, birke, colleague)
    page = await created(guest, german())
    answer = await guest.send(f"{page}/export", form="csv", reason="", code=colleague.code())
    assert (answer.status_code, 'id="reason-wrong"' in answer.text) == (422, True)
    form = {"form": "csv", "reason": "messages"}
    answer = await guest.send(f"{page}/export", **(form | {"code": colleague.wrong_code()}))
    assert (answer.status_code, 'id="code-wrong"' in answer.text) == (422, True)
    answer = await guest.send(f"{page}/export", **(form | {"code": colleague.code(steps_ahead=1)}))
    assert answer.headers["content-type"].startswith("text/csv")
    assert "Anna" in answer.text
    assert ("anna@people.example" in answer.text) == (role == "owner"), "who reads contacts nowhere else has none here"
    async with deployment.scopes.reading(birke):
        (noted,) = await ground.fetch("SELECT actor, detail FROM audit_entry WHERE action = 'segment.exported'")
    assert noted["actor"] == f"staff:{colleague.member}"
    assert '"people": 6' in noted["detail"]


async def test_a_workbook_runs_nothing_and_leaves_class_c_out_of_what_costs_money(deployment, visit, birke, people):
    async with deployment.scopes.inside(birke):
        await classing.classify(at=clock.now())
        await segmented.person("ida", at=clock.now(), given='=HYPERLINK("x")', language="de")
    colleague = await staffing.enrolled(deployment, birke, role="marketing", name="Olivia")
    guest = await staffing.signed_in(deployment, visit, birke, colleague)
    page = await created(guest, german())
    form = {"form": "xlsx", "reason": "post", "code": colleague.code()}
    answer = await guest.send(f"{page}/export", **form)
    assert answer.status_code == 200
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows())
    by_name = {row[1].value: row for row in rows}
    assert by_name['=HYPERLINK("x")'][1].data_type == "s"
    assert {"Anna", "Frieda"} <= by_name.keys()
    assert "Bert" not in by_name, "a C, and posting costs money"


async def test_classes_are_shown_and_their_rule_is_set(desk, people, deployment, birke):
    async with deployment.scopes.inside(birke):
        await classing.classify(at=clock.now())
        await segmented.bought(people["bert"], 900_000, at=clock.now())
        await classing.classify(at=clock.now())
    guest = await desk(role="marketing")
    words = said((await guest.open(f"{HERE}/classes")).text)
    assert "Klassen in EUR" in words
    assert "Bert" in words
    assert "C → A" in words
    wrong = await guest.send(f"{HERE}/classes", a_percent="90", b_percent="80", months="6")
    assert (wrong.status_code, 'id="b_percent-wrong"' in wrong.text) == (422, True)
    answer = await guest.send(f"{HERE}/classes", a_percent="70", b_percent="90", months="6")
    assert answer.status_code == 303
    words = said((await guest.open(f"{HERE}/classes")).text)
    assert "die ersten 70 Prozent des Umsatzes von 6 Monaten" in words


async def test_a_class_of_a_few_shows_no_figures_and_the_others_do_not_tell_them(desk, people, deployment, birke):
    async with deployment.scopes.inside(birke):
        await classing.classify(at=clock.now())
    guest = await desk(role="viewer")
    words = said((await guest.open(f"{HERE}/classes")).text)
    # Anna alone is A; the five others, who would tell by what is left, are none of five in B or C either.
    assert "A weniger als 5 – –" in words
    assert "900,00" not in words


@pytest.mark.parametrize(
    ("role", "sees", "keeps"),
    [
        ("viewer", True, False),
        ("privacy_officer", True, False),
        ("support", False, False),
        ("accounting", False, False),
    ],
)
async def test_who_may_not_keep_segments_does_not(desk, people, role: str, sees: bool, keeps: bool):
    author, guest = await desk(role="marketing"), await desk(role=role)
    page = await created(author, german())
    assert ((await guest.open(page)).status_code == 200) == sees
    assert ((await guest.open(HERE)).status_code == 200) == sees
    for address in (NEW, f"{page}/definition"):
        assert (await guest.open(address)).status_code == 403
    for address, form in ((f"{page}/computing", {}), (f"{page}/ending", {}), (f"{page}/export", {"reason": "post"})):
        assert (await guest.send(address, **form)).status_code == 403


SCORED = {"row_0_0_fact": "score", "row_0_0_op": "least", "row_0_0_number": "0", "row_0_0_among": ""}


async def test_a_segment_by_score_tells_no_score_to_who_may_see_none(desk, people, deployment, birke):
    author, guest = await desk(role="marketing"), await desk(role="viewer")
    async with deployment.scopes.inside(birke):
        await scores.score(people=[people["anna"]], at=clock.now())
    by_score = await created(author, german(name="Gute Fürsprecher", **SCORED))
    by_language = await created(author, german(name="Deutschsprachige"))
    for page in (by_score, by_language):
        await worked_out(deployment, birke, page)
    anna = f"/console/customers/{people['anna']}"
    assert anna in (await author.open(by_score)).text
    assert "Gute Fürsprecher" in said((await author.open(anna)).text)
    assert anna not in (await guest.open(by_score)).text
    assert "Empfehlungswert sehen darf" in said(guest.page)
    assert anna in (await guest.open(by_language)).text
    words = said((await guest.open(anna)).text)
    assert "Deutschsprachige" in words
    assert "Gute Fürsprecher" not in words


RUN = """
INSERT INTO occasion_run (occasion, version, customer, occurrence, control, state, began_at, first_due_at, due_at)
SELECT occasion, id, $2, '2026', false, 'waiting', $3, $3, $3 FROM occasion_version WHERE occasion = $1
"""


async def test_nor_does_an_occasion_that_comes_by_it(desk, people, deployment, birke):
    author, guest = await desk(role="marketing"), await desk(role="viewer")
    segment = (await created(author, german(name="Nach Wert", **SCORED))).rpartition("/")[2]
    async with deployment.scopes.inside(birke):
        wanted = occasioned.definition(Trigger(kind="birthday"), segment=segment)
        occasion = await occasioned.running(wanted, at=clock.now())
        await ground.execute(RUN, occasion, people["anna"], clock.now())
    anna = f"/console/customers/{people['anna']}"
    assert anna in (await author.open(f"/console/occasions/{occasion}")).text
    assert anna not in (await guest.open(f"/console/occasions/{occasion}")).text


async def test_those_that_ship_speak_the_readers_language_and_are_there_by_night_or_at_once(desk, birke, deployment):
    guest = await desk(role="marketing")
    assert "Noch kein Segment" in said((await guest.open(HERE)).text)
    assert (await guest.send(f"{HERE}/starting")).status_code == 303
    assert "Empfehler" in said((await guest.open(HERE)).text)
    english = said((await guest.open(f"{HERE}?lang=en")).text)
    assert "Advocates" in english
    assert "Messages to everybody who takes part" in english


async def test_an_ended_segment_finds_nobody_and_stays_readable(desk, people, deployment, birke):
    guest = await desk(role="marketing")
    page = await created(guest, german())
    await worked_out(deployment, birke, page)
    assert (await guest.send(f"{page}/ending")).status_code == 303
    words = said((await guest.open(page)).text)
    assert "beendet" in words
    assert PURPOSE in words
    assert "Deutschsprachige" not in said((await guest.open(HERE)).text)
    assert (await guest.open(f"{page}/definition")).status_code == 404


async def test_a_customers_page_says_what_their_class_and_interests_follow_from(desk, people, deployment, birke):
    guest = await desk(role="marketing")
    page = await created(guest, german())
    await worked_out(deployment, birke, page)
    async with deployment.scopes.inside(birke):
        for name, kind in (("anna", "gas"), *[("bert", "strom")] * 3):
            for _ in range(3):
                await segmented.bought(people[name], 1_000, categories=[kind], at=clock.now())
        await refreshing.refresh(at=clock.now())
    words = said((await guest.open(f"/console/customers/{people['anna']}")).text)
    assert "Deutschsprachige" in words
    assert "Klasse A in EUR Rang 1 nach Umsatz: 930,00 € in 12 Monaten" in words
    assert "Klasse A reicht bis 80 Prozent, B bis 95." in words
    assert "gas 3 von 3 Käufen; bei allen Kunden 25 %" in words
    frieda = said((await guest.open(f"/console/customers/{people['frieda']}")).text)
    assert "Keine Klasse und keine Interessen" in frieda, "she did not agree to be evaluated"
