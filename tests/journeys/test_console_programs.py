"""A company sets its programs up in the console: step by step, several of them, and each steered while it runs."""

import re
from collections.abc import Awaitable, Callable

import pytest

from leumund.kit import clock
from leumund.programs import offering
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys.desks import recommended, said
from tests.journeys.guests import Guest

Desk = Callable[..., Awaitable[Guest]]
HERE = "/console/program/nachbarn-gruessen"


@pytest.fixture
async def begun(desk: Desk) -> Guest:
    """Somebody of marketing who has begun a program."""
    guest = await desk(role="marketing")
    await guest.open("/console/program")
    await guest.submit("/console/program", name="Nachbarn grüßen", like="both")
    assert guest.answer.url.path == f"{HERE}/draft/basics"
    return guest


async def worded(guest: Guest) -> None:
    await guest.open(f"{HERE}/draft/words")
    await guest.submit("/draft/words", headline_de="Nachbarn grüßen", headline_en="Greet your neighbours")


async def test_a_program_is_set_up_step_by_step_and_lives_beside_the_other(
    deployment: Deployment, birke: Tenant, begun: Guest
):
    await begun.submit("/draft/basics", budget_cents="1.250,50", begins_at="2026-01-01T09:00", ends_at="")
    assert begun.answer.url.path == f"{HERE}/draft/people"
    await begun.submit("/draft/people", minimum_age="18", countries="Deutschland, at", new_customers_only="yes")
    assert begun.answer.url.path == f"{HERE}/draft/rewards"
    await begun.open(f"{HERE}/draft/rewards/new")
    tier = {"side": "advocate", "kind": "cash", "trigger": "purchase", "worth": "percent", "percent": "7,5"}
    await begun.submit("/rewards/new", **tier, most_cents="50", times="months", recurring_months="12", counts="any")
    assert "7,5 % des Bestellwerts höchstens 50 € für jeden Einkauf 12 Monate lang nach der Anmeldung" in said(
        begun.page
    )
    await begun.open(f"{HERE}/draft/limits")
    await begun.submit("/draft/limits", hold_days="30", cents_person_tax_year="256", rewards_program_ever="100")
    assert begun.answer.url.path == f"{HERE}/draft/words"
    await worded(begun)
    assert begun.answer.url.path == f"{HERE}/publication"
    assert "Höchstens 256 € je Person und Kalenderjahr." in said(begun.page)
    await begun.submit("/publication")
    assert "Veröffentlicht. Ab jetzt gilt die neue Fassung." in said(begun.page)
    async with deployment.scopes.reading(birke):
        running = {offer.key: offer for offer in await offering.running(at=clock.now())}
    made = running["nachbarn-gruessen"]
    assert set(running) > {"nachbarn-gruessen"}
    assert (made.budget_cents, made.version.hold_days, made.version.minimum_age) == (125_050, 30, 18)
    assert made.version.countries == ["AT", "DE"]
    rule = next(rule for rule in made.rules if rule.percent_bp)
    assert (rule.percent_bp, rule.most_cents, rule.recurring_months, rule.most_times) == (750, 5000, 12, None)
    await begun.open("/console/program")
    assert "1.250,50 € von 1.250,50 € frei" in said(begun.page)


async def test_what_cannot_be_read_is_told_beside_its_field_and_stays_typed(begun: Guest):
    await begun.submit("/draft/basics", budget_cents="viel", begins_at="morgen")
    assert begun.answer.status_code == 422
    assert re.findall(r'id="(\w+)-wrong"', begun.page) == ["budget_cents", "begins_at"]
    assert 'value="viel"' in begun.page
    await begun.open(f"{HERE}/draft/rewards/new")
    await begun.submit("/rewards/new", worth="percent", percent="101", side="friend")
    assert re.findall(r'id="(\w+)-wrong"', begun.page) == ["percent"]


async def test_nothing_is_published_before_everything_is_right(deployment: Deployment, birke: Tenant, begun: Guest):
    await begun.open(f"{HERE}/publication")
    assert "In dieser Sprache fehlt die Überschrift." in said(begun.page)
    assert "Fassung 1 veröffentlichen" not in begun.page
    seen = re.search(r'name="seen" value="([^"]*)"', begun.page)
    assert seen is not None
    await begun.send(f"{HERE}/publication", seen=seen[1])
    assert begun.answer.status_code == 422
    async with deployment.scopes.reading(birke):
        assert await offering.find(key="nachbarn-gruessen") is None


async def test_a_change_is_a_new_version_and_says_what_it_changes(begun: Guest):
    await worded(begun)
    await begun.submit("/publication")
    await begun.open(f"{HERE}/draft/rewards/advocate")
    await begun.submit("/rewards/advocate", cents="40")
    await begun.open(f"{HERE}/publication")
    assert "Was sich gegenüber Fassung 1 ändert" in begun.page
    assert re.search(r"<ins>[^<]*40", begun.page)
    await begun.submit("/publication")
    await begun.open(f"{HERE}/versions/2")
    assert re.search(r"<del>[^<]*25", begun.page)
    assert (await begun.open(f"{HERE}/versions/3")).status_code == 404
    await begun.open(f"{HERE}/versions/1")
    assert "25 € als Gutschrift" in said(begun.page), "what was promised can always be read again"


async def test_whoever_was_overtaken_is_told_and_changes_nothing(begun: Guest, desk: Desk):
    other = await desk(role="owner")
    await other.open(f"{HERE}/draft/limits")
    await worded(begun)
    await other.submit("/draft/limits", hold_days="99")
    assert other.answer.status_code == 409
    assert "Jemand anderes hat das Programm inzwischen geändert" in said(other.page)
    await begun.open(f"{HERE}/draft/limits")
    assert 'value="14"' in begun.page


async def test_a_program_is_paused_resumed_funded_and_ended_with_its_name_typed(begun: Guest):
    await worded(begun)
    await begun.submit("/publication")
    await begun.submit(f"{HERE}/state")
    assert "Das Programm pausiert." in said(begun.page)
    await begun.submit(f"{HERE}/state")
    assert "Das Programm läuft wieder." in said(begun.page)
    await begun.open(f"{HERE}/frame")
    await begun.submit("/frame", budget_cents="99", ends_at="2020-01-01T00:00", begins_at="2021-01-01T00:00")
    assert "Das Ende liegt vor dem Beginn." in begun.page
    await begun.submit("/frame", budget_cents="99", ends_at="", begins_at="")
    assert "Budget 5.000,00 € → 99,00 €" in said(begun.page)
    await begun.open(f"{HERE}/ending")
    await begun.submit("/ending", typed="etwas")
    assert begun.answer.status_code == 422
    await begun.submit("/ending", typed="nachbarn-gruessen")
    assert "Das Programm ist beendet." in said(begun.page)
    assert f'action="{HERE}/state"' not in begun.page


async def test_a_budget_below_what_is_spent_is_refused(deployment: Deployment, birke: Tenant, desk: Desk):
    await recommended(deployment, birke, cents=90_000)
    async with deployment.scopes.reading(birke):
        key = (await offering.current(at=clock.now())).key
    guest = await desk(role="owner")
    await guest.open(f"/console/program/{key}/frame")
    await guest.submit("/frame", budget_cents="74,99")
    assert "So viel ist schon vergeben." in guest.page


async def test_a_draft_is_let_go_and_was_never_there(begun: Guest):
    await begun.open(f"{HERE}/publication")
    await begun.submit("/draft/discarding")
    assert "Der Entwurf ist verworfen." in said(begun.page)
    assert (await begun.open(HERE)).status_code == 404


async def test_whoever_may_only_look_changes_nothing(begun: Guest, desk: Desk):
    viewer = await desk(role="viewer")
    await viewer.open("/console/program")
    assert 'action="/console/program"' not in viewer.page
    assert (await viewer.open(f"{HERE}/draft/words")).status_code == 403
    await viewer.send("/console/program", name="Meins", like="both")
    assert viewer.answer.status_code == 403


async def test_two_programs_of_one_name_are_told_apart(begun: Guest):
    await begun.open("/console/program")
    await begun.submit("/console/program", name="Nachbarn grüßen", like="blank")
    assert begun.answer.url.path == f"{HERE}-2/draft/basics"


async def test_a_draft_is_tried_on_what_happened(deployment: Deployment, birke: Tenant, begun: Guest):
    await recommended(deployment, birke, cents=90_000)
    await begun.open(f"{HERE}/trial")
    page = said(begun.page)
    assert "Was dieser Entwurf für vergangene Empfehlungen gezahlt hätte" in page
    assert "50,00 €" in page
    assert begun.answer.status_code == 200
    await begun.open(f"{HERE}/trial?from=2001-01-01&until=2001-12-31")
    assert "In dieser Zeit gab es keine Empfehlungen" in said(begun.page)
    await begun.open(f"{HERE}/trial?from=gestern&until=0001-01-01")
    assert begun.answer.status_code == 200
    taken = await begun.open(f"{HERE}/trial/file")
    assert taken.headers["content-type"].startswith("text/csv")
    assert taken.content.decode("utf-8-sig").startswith("Monat;Für wen;Art;Prämien;Summe;Währung")
