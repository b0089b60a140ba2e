"""What staff see: people found, figures that agree, pages that ask little, and nobody else's rows."""

import re
from collections.abc import Awaitable, Callable
from html import unescape
from urllib.parse import quote
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from leumund.customers.intake.reading import FIELDS
from leumund.customers.records.registering import Record
from leumund.kit import clock, dates, ground, language
from leumund.messages.kinds import KINDS
from leumund.rewards import listing
from leumund.surveys.answers import importing
from leumund.surveys.answers.importing import PastAnswer
from leumund.surveys.figures import measuring
from leumund.tenancy.directory import Tenant
from leumund.web.console.customers import customers
from tests import opened
from tests.journeys import guests, regulars
from tests.journeys.desks import come, recommended, said
from tests.rooms import whole

PERSON = re.compile(r'href="/console/customers/([0-9a-f-]{36})"')
NEXT = re.compile(r'href="([^"]+)" rel="next"')
CHART = re.compile(r'(?:src|srcset)="(/console/charts/[^"]+)"')


async def test_search_finds_by_words_of_a_name_whole_addresses_and_how_numbers_begin(deployment, birke, desk):
    await come(
        deployment,
        birke,
        Record(email="anna@people.example", given_name="Anna", family_name="Ahorn", external_id="K-4711"),
        Record(email="bert@people.example", given_name="Bert", family_name="Buche", external_id="K-4712"),
    )
    guest = await desk()
    for text in ("anna", "AHORN", "ahorn  Anna", "Anna@people.example", "k-4711"):
        await guest.open("/console/customers?q=" + quote(text))
        assert "Anna Ahorn" in guest.page, text
        assert "Bert Buche" not in guest.page, text
    for part in ("horn", "Aho", "anna@people", "anna bert"):
        await guest.open("/console/customers?q=" + quote(part))
        assert "Anna Ahorn" not in guest.page, part
        assert "Nichts gefunden" in guest.page
    assert "Gesucht werden ganze Wörter" in guest.page


@pytest.mark.parametrize("wildcard", ["%", "_nna", "a%", "\\"])
async def test_wildcards_stand_for_themselves(deployment, birke, desk, wildcard):
    await come(deployment, birke, Record(email="anna@people.example", given_name="Anna", external_id="1"))
    guest = await desk()
    for page in ("customers", "referrals", "rewards"):
        answer = await guest.open(f"/console/{page}?q={quote(wildcard)}")
        assert answer.status_code == 200
        assert "Nichts gefunden" in guest.page
    await come(deployment, birke, Record(email="hundred@people.example", family_name="100% sicher"))
    await guest.open("/console/customers?q=" + quote("100%"))
    assert "100% sicher" in guest.page


async def test_the_stage_filter_parts_leads_from_customers(deployment, birke, desk):
    await recommended(deployment, birke, cents=100)
    async with deployment.scopes.inside(birke):
        code = await whole.advocate("anna@people.example", at=clock.now())
        await whole.friend(code, "clara@people.example", at=clock.now())
    guest = await desk()
    await guest.open("/console/customers?stage=lead")
    assert "c…@p…" in guest.page
    assert "a…@p…" not in guest.page
    await guest.open("/console/customers?stage=customer")
    assert "c…@p…" not in guest.page
    assert "b…@p…" in guest.page


async def test_paging_visits_every_row_once_while_rows_come_in(deployment, birke, desk):
    wanted = set(await come(deployment, birke, *[Record(external_id=f"old-{n}") for n in range(120)]))
    guest, address, seen = await desk(), "/console/customers", []
    while address:
        await guest.open(address)
        seen += [UUID(each) for each in PERSON.findall(guest.page)]
        further = NEXT.search(guest.page)
        address = unescape(further[1]) if further else ""
        await come(deployment, birke, Record(external_id=f"new-{uuid4()}"))
    assert len(seen) == len(set(seen)) == 120
    assert set(seen) == wanted


async def test_a_cursor_that_no_list_has_said_is_refused(desk):
    guest = await desk()
    for page in ("customers", "surveys", "referrals", "rewards"):
        assert (await guest.open(f"/console/{page}?after=nonsense")).status_code == 422


async def test_names_are_shown_as_text_whatever_they_look_like(deployment, birke, desk):
    names = ["<script>alert(1)</script>", '"><img src=x>', "=HYPERLINK(1)", "{{ 7 * 7 }}"]
    people = await come(deployment, birke, *[Record(external_id=f"x-{n}", given_name=n) for n in names])
    guest = await desk()
    addresses = ["/console/customers", *(f"/console/customers/{person}" for person in people)]
    pages = [(await guest.open(address)).text for address in addresses]
    assert all("<script>alert" not in page and "<img src=x" not in page for page in pages)
    assert all(name in said(pages[0]) or name in unescape(pages[0]) for name in names)


async def test_unknown_ids_and_other_companies_ids_get_the_same_page(
    deployment, birke, desk, open_company: Callable[[str], Awaitable[Tenant]]
):
    linden = await open_company("linden")
    async with deployment.scopes.inside(linden):
        await whole.company(at=clock.now())
    (mallory,) = await come(deployment, linden, Record(email="mallory@people.example"))
    theirs = await recommended(deployment, linden, cents=900_000)
    guest = await desk()
    for area, foreign in (("customers", mallory), ("referrals", theirs)):
        answers = [await guest.open(f"/console/{area}/{some}") for some in (foreign, uuid4(), "no-id")]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert answers[0].text == answers[1].text == answers[2].text
    headers = {"sec-fetch-site": "same-origin"}
    for some in (theirs, uuid4(), "no-id"):
        for deed in ("approval", "refusal"):
            address = f"/console/referrals/{some}/{deed}"
            refused = await guest.client.post(address, data={"reason": "x"}, headers=headers)
            assert refused.status_code == 404
    async with deployment.scopes.reading(linden):
        assert (await ground.fetch("SELECT state FROM referral WHERE id = $1", theirs))[0]["state"] == "in_review"


async def test_figures_are_those_of_the_room_in_the_readers_language(deployment, birke, desk):
    at = clock.now()
    async with deployment.scopes.inside(birke):
        await importing.import_answers(
            answers=[
                PastAnswer(ref=str(n), external_id=None, score=n % 11, language="de", answered_at=at)
                for n in range(1234)
            ],
            actor="system:test",
            at=at,
        )
        nps = await measuring.nps()
    assert nps.nps is not None
    guest = await desk()
    for page in ("/console", "/console/surveys"):
        await guest.open(page)
        assert "1.234" in said(guest.page)
        assert f"{nps.nps:.1f}".replace(".", ",").replace("-", "−") in said(guest.page)
        assert "95-%-Intervall" in guest.page
        assert "eingetragene Marken" in guest.page
        await guest.open(page + "?lang=en")
        assert "1,234" in said(guest.page)
        assert f"{nps.nps:.1f}".replace("-", "−") in said(guest.page)
        assert "95% interval" in guest.page


async def test_charts_come_with_a_policy_of_their_own_in_each_shade_and_shape(deployment, birke, desk):
    guest = await desk(role="viewer")
    await guest.open("/console")
    assert "style-src 'self';" in guest.answer.headers["content-security-policy"]
    charts = {unescape(each) for each in CHART.findall(guest.page)}
    assert len(charts) == 8
    drawn = [await guest.open(chart) for chart in sorted(charts)]
    assert {each.headers["content-type"] for each in drawn} == {"image/svg+xml"}
    for each in drawn:
        policy = each.headers["content-security-policy"]
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert "<script" not in each.text
    assert len({each.text for each in drawn}) == 8


async def test_charts_are_for_those_who_are_signed_in(visit, birke):
    answer = await visit(birke).client.get("/console/charts/nps.svg")
    assert answer.status_code == 303


async def test_answers_are_filtered_by_class_and_comment(deployment, birke, desk):
    at = clock.now()
    given = [(10, "Sehr gern!"), (7, "Ganz gut."), (2, "<b>Nie</b> wieder."), (9, "")]
    async with deployment.scopes.inside(birke):
        await importing.import_answers(
            answers=[
                PastAnswer(ref=str(n), external_id=None, score=score, comment=text, language="de", answered_at=at)
                for n, (score, text) in enumerate(given)
            ],
            actor="system:test",
            at=at,
        )
    guest = await desk()
    await guest.open("/console/surveys")
    assert "&lt;b&gt;Nie&lt;/b&gt; wieder." in guest.page
    assert guest.page.count("<blockquote") == 3
    await guest.open("/console/surveys?class=promoter")
    assert "Sehr gern!" in guest.page
    assert "Ganz gut." not in guest.page
    await guest.open("/console/surveys?class=promoter&said=yes")
    assert guest.page.count('class="score"') == 1
    await guest.open("/console/surveys?class=nonsense")
    assert guest.page.count('class="score"') == 4


async def test_a_viewer_sees_everything_and_decides_nothing(deployment, birke, desk):
    referral = await recommended(deployment, birke, cents=900_000)
    guest = await desk(role="viewer")
    pages = ["", "/customers", "/surveys", "/referrals", f"/referrals/{referral}", "/rewards", "/program"]
    for page in pages:
        assert (await guest.open("/console" + page)).status_code == 200
        assert re.findall(r'<form method="post" action="([^"]+)"', guest.page.replace("/console/logout", "")) == []
        assert "Hauptbuch" not in guest.page
    assert (await guest.open("/console/customers/import")).status_code == 403
    headers = {"sec-fetch-site": "same-origin"}
    deeds = ["surveys/waves/new", f"surveys/waves/{uuid4()}/release", "surveys/waves/limits"]
    deeds += [f"referrals/{referral}/approval", f"referrals/{referral}/refusal"]
    imports = ["customers/import", "customers/import/check", "customers/import/report"]
    for deed in deeds + imports:
        answer = await guest.client.post("/console/" + deed, data={"reason": "nein"}, headers=headers)
        assert answer.status_code == 403, deed
    async with deployment.scopes.reading(birke):
        assert (await ground.fetch("SELECT state FROM referral"))[0]["state"] == "in_review"
        assert (await ground.fetch("SELECT count(*) AS n FROM survey_invitation"))[0]["n"] == 0


async def test_nobody_gets_in_without_a_session(visit, birke):
    for page in ("customers", "customers/import", "surveys", "referrals", "rewards", "program"):
        answer = await visit(birke).client.get("/console/" + page)
        assert answer.status_code == 303, page


async def test_rewards_are_listed_summed_and_searched(deployment, birke, desk):
    await recommended(deployment, birke, cents=90_000)
    guest = await desk()
    await guest.open("/console/rewards")
    assert "75,00 €" in said(guest.page)
    assert "2 Prämien" in said(guest.page)
    await guest.open("/console/rewards?q=bert&state=pending")
    assert "b…@p…" in guest.page
    assert "a…@p…" not in guest.page
    await guest.open("/console/rewards?state=paid")
    assert "Nichts gefunden" in guest.page


async def test_the_program_shows_what_is_left_of_its_budget(deployment, birke, desk):
    await recommended(deployment, birke, cents=90_000)
    guest = await desk()
    await guest.open("/console/program")
    assert "0,00 € vergeben, 75,00 € zurückgehalten, 9.925,00 € von 10.000,00 € frei" in said(guest.page)
    await guest.open("/console/program?lang=en")
    assert "€9,925.00 of €10,000.00 left" in said(guest.page)


async def test_the_list_says_since_when_somebody_is_a_customer_else_when_they_were_added(deployment, birke, desk):
    await come(
        deployment,
        birke,
        Record(email="anna@people.example", given_name="Anna", customer_since_date="2019-05-03"),
        Record(email="bert@people.example", given_name="Bert"),
    )
    guest = await desk()
    await guest.open("/console/customers")
    bert, anna = re.findall(r'data-label="Bei uns seit"><[^>]+>([^<]+)<', guest.page)
    assert bert.startswith("hinzugefügt am "), "newest first, by when they were added"
    (row,) = await regulars.rows(deployment, birke, "SELECT max(created_at) AS added_at FROM customer")
    assert bert.endswith(dates.day(row["added_at"].astimezone(ZoneInfo(whole.PROFILE.time_zone)), "de"))
    assert anna == "3. Mai 2019"


async def test_a_consent_says_that_it_is_given_and_for_which_channel(deployment, birke, desk):
    clara = await guests.surveyed(deployment, birke)
    guest = await desk()
    await guest.open(f"/console/customers/{clara.customer}")
    badges = re.findall(r'<span class="badge [a-z]*">((?:nicht )?erteilt[^<]*)</span>', guest.page)
    assert badges.count("erteilt: E-Mail") == 1
    assert set(badges) == {"erteilt: E-Mail", "nicht erteilt"}


async def test_one_customer_is_told_whole_and_consents_only_to_those_who_may(deployment, birke, desk):
    await recommended(deployment, birke, cents=90_000)
    async with deployment.scopes.inside(birke):
        request = await whole.accept(
            await whole.advocate("anna@people.example", at=clock.now()),
            "clara@people.example",
            at=clock.now(),
            consents={"recommendation": True},
        )
        assert request is not None
        ids = {name: await opened.customer(f"{name}@people.example") for name in ("anna", "clara")}
    guest, viewer = await desk(), await desk(role="viewer")
    await guest.open(f"/console/customers/{ids['anna']}")
    assert "Hat Bert Beispiel empfohlen" in guest.page
    assert "50,00 €" in said(guest.page)
    assert "Bitte um Bestätigung" in guest.page
    await guest.open(f"/console/customers/{ids['clara']}")
    assert "Ja, recommendation." in guest.page
    assert "Linden Energie GmbH" in guest.page
    assert (await viewer.open(f"/console/customers/{ids['clara']}")).status_code == 200
    assert "Ja, recommendation." not in viewer.page


def test_everything_a_page_may_have_to_name_has_its_word():
    wanted = [f"console.field.{name}" for name in FIELDS]
    wanted += [f"console.mail.{name}" for name in KINDS]
    wanted += [f"console.state.referral.{name}" for name in listing.REFERRAL_STATES]
    wanted += [f"console.state.reward.{name}" for name in listing.REWARD_STATES]
    wanted += [f"console.state.stage.{name}" for name in customers.STAGES]
    texts = language.catalogue("de").texts
    assert [key for key in wanted if key not in texts] == []


async def test_the_foot_says_by_which_clocks_moments_are_told(deployment, birke, desk):
    async with deployment.scopes.inside(birke):
        await ground.execute("UPDATE company_profile SET time_zone = 'Asia/Kolkata'")
    guest = await desk()
    await guest.open("/console/customers")
    assert "Zeiten in der Zeitzone Asia/Kolkata." in said(guest.page)
    await guest.open("/console/customers?lang=en")
    assert "Times are in the time zone Asia/Kolkata." in said(guest.page)
