"""A score is shown to staff and to the person with the same reasons, and the person can end or contest it."""

import json
import re
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from leumund.customers.login import visiting
from leumund.customers.records.registering import Record
from leumund.kit import clock, ground, tokens
from leumund.privacy.copies import accessing
from leumund.privacy.forgetting import erasing
from leumund.privacy.rights import asserting
from leumund.scoring import keeping, listing, reading, training
from leumund.surveys.answers import listing as answers
from leumund.surveys.caring import closing, opening
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.bench import scoring_filling
from tests.journeys import desks, regulars, scores
from tests.journeys.guests import Guest
from tests.rooms import caring

Visit = Callable[..., Guest]
SCORE = "SELECT score FROM advocate_score WHERE customer = $1"
CASES = "SELECT kind, state FROM rights_case WHERE customer = $1 ORDER BY received_at"


async def entered(deployment: Deployment, tenant: Tenant, guest: Guest, customer: UUID) -> Guest:
    """In the portal by a mailed link."""
    async with deployment.scopes.inside(tenant):
        login = await visiting.open_login(customer=customer, at=clock.now())
        link = f"/portal/enter/{tokens.sign('portal', login)}"
    await guest.open(link)
    await guest.submit("/portal/enter/")
    return guest


def sum_of(page: str) -> tuple[list[str], list[int], int]:
    """The lines of the sum, their points, and what it says they come to."""
    table = re.search(r'<table class="sum">(.*?)</table>', page, re.S)
    assert table, "the page shows the sum"
    body, foot = table[1].split("<tfoot>")
    points = [int(each.replace("−", "-").replace("+", "")) for each in re.findall(r"<td[^>]*>([^<]+)</td>", body)]
    labels = [desks.said(each) for each in re.findall(r'<th scope="row">(.*?)</th>', body, re.S)]
    return labels, points, int(desks.said(foot).split()[-1])


async def test_the_person_reads_a_sum_that_adds_up(deployment: Deployment, energy: Tenant, visit: Visit):
    anna = await scores.evaluated(deployment, energy, "Anna", mark=9)
    phone = await entered(deployment, energy, visit(energy), anna)
    await phone.open("/portal/score?lang=de")
    hers = sum_of(phone.page)
    assert hers[1][0] + sum(hers[1][1:]) == hers[2]
    assert "Weiterempfehlung in Umfragen zählt so viel wie 1 neue Antwort" in hers[0]
    assert "Keine Prämie, kein Ausschluss und keine Absage hängt davon ab" in phone.page
    (row,) = await regulars.rows(deployment, energy, SCORE, anna)
    assert row["score"] == hers[2]


async def test_she_objects_and_it_is_gone_at_once(deployment: Deployment, energy: Tenant, visit: Visit):
    anna = await scores.evaluated(deployment, energy, "Anna", mark=10)
    phone = await entered(deployment, energy, visit(energy), anna)
    await phone.open("/portal/score")
    await phone.submit("/portal/score/objection")
    assert "Ihr Wert ist gelöscht" in phone.page
    assert "weil Sie der Auswertung widersprochen haben" in phone.page
    assert await regulars.rows(deployment, energy, SCORE, anna) == []
    async with deployment.scopes.inside(energy):
        await keeping.score(people=[anna], at=clock.now())
        assert await reading.of(customer=anna) is None


@pytest.mark.parametrize(("wish", "kind"), [("correction", "rectification"), ("review", "review")])
async def test_she_has_a_human_look_at_it(deployment: Deployment, energy: Tenant, visit: Visit, wish: str, kind: str):
    anna = await scores.evaluated(deployment, energy, "Anna", mark=9)
    phone = await entered(deployment, energy, visit(energy), anna)
    await phone.open("/portal/score")
    await phone.submit("/portal/score/doubt", wish=wish, words="Ich habe längst wieder gekauft.")
    assert "antwortet Ihnen innerhalb eines Monats" in phone.page
    assert [(row["kind"], row["state"]) for row in await regulars.rows(deployment, energy, CASES, anna)] == [
        (kind, "identified")
    ]
    # Her score stands until somebody has looked.
    assert len(await regulars.rows(deployment, energy, SCORE, anna)) == 1


async def test_a_correction_says_what_is_wrong(deployment: Deployment, energy: Tenant, visit: Visit):
    anna = await scores.evaluated(deployment, energy, "Anna", mark=9)
    phone = await entered(deployment, energy, visit(energy), anna)
    await phone.open("/portal/score")
    await phone.submit("/portal/score/doubt", wish="correction", words="  ")
    assert "Bitte schreiben Sie, was nicht stimmt." in phone.page
    assert await regulars.rows(deployment, energy, CASES, anna) == []


async def test_whoever_did_not_agree_reads_that_there_is_no_score(deployment: Deployment, energy: Tenant, visit: Visit):
    bert = (await regulars.advocate(deployment, energy, name="Bert")).customer
    phone = await entered(deployment, energy, visit(energy), bert)
    await phone.open("/portal/score?lang=de")
    assert "weil Sie nicht in die Auswertung eingewilligt haben" in phone.page
    assert '<table class="sum">' not in phone.page


async def test_a_case_about_a_score_leads_staff_to_it(
    deployment: Deployment, birke: Tenant, visit: Visit, desk: Callable[..., Awaitable[Guest]]
):
    anna = await scores.evaluated(deployment, birke, "Anna", mark=9)
    async with deployment.scopes.inside(birke):
        person = asserting.Person(customer=anna, language="de")
        await asserting.doubt_score(person=person, wish="review", words="Bitte ansehen.", at=clock.now())
        (case,) = await ground.fetch("SELECT id FROM rights_case WHERE customer = $1", anna)
        assert await erasing.blockers(customer=anna) == [], "nothing is to be settled by it"
    guest = await desk(role="privacy_officer")
    await guest.open(f"/console/cases/{case['id']}")
    assert f'href="/console/customers/{anna}">Empfehlungswert</a>' in guest.page
    await guest.open(f"/console/customers/{anna}?lang=de")
    phone = await entered(deployment, birke, visit(birke), anna)
    await phone.open("/portal/score?lang=de")
    assert sum_of(guest.page) == sum_of(phone.page), "staff and she read the same"


async def test_an_order_of_invitation_leaves_out_whom_nobody_should_ask(
    deployment: Deployment, birke: Tenant, desk: Callable[..., Awaitable[Guest]]
):
    for name, mark in (("Anna", 9), ("Bert", 10), ("Clara", 7), ("Dora", 3)):
        await scores.evaluated(deployment, birke, name, mark=mark)
    guest = await desk(role="marketing")
    await guest.open("/console/scores?lang=de")
    order = re.findall(r'<th scope="row"><a [^>]+>(\w+) Quendel', guest.page)
    assert order == ["Bert", "Anna", "Clara"], "Dora is no glad customer"
    assert "Keine Prämie, kein Ausschluss und keine Absage hängt davon ab" in guest.page


async def test_nobody_who_is_looked_after_is_in_the_order_until_it_is_settled(deployment: Deployment, birke: Tenant):
    clara = await scores.evaluated(deployment, birke, "Clara", mark=7)
    async with deployment.scopes.inside(birke):
        assert [each.customer for each in (await listing.order()).rows] == [clara]
        (given,) = await answers.answers_of(customer=clara)
        case = await opening.open(answer=given.id, at=clock.now())
        assert case is not None
        assert ((await listing.order()).rows, await listing.counts()) == ([], (1, 0))
        susi = await caring.member("Susi", role="support")
        await closing.close(case=case, outcome="no_answer", note="", by=susi, at=clock.now())
        assert [each.customer for each in (await listing.order()).rows] == [clara]


@pytest.mark.parametrize(("role", "status"), [("marketing", 200), ("owner", 200), ("support", 403), ("viewer", 403)])
async def test_scores_are_seen_by_those_alone_who_invite_or_watch(
    desk: Callable[..., Awaitable[Guest]], role: str, status: int
):
    guest = await desk(role=role)
    for path in ("/console/scores", "/console/scores/model"):
        assert (await guest.open(path)).status_code == status


async def test_without_the_right_a_customers_page_says_nothing_of_a_score(
    deployment: Deployment, birke: Tenant, desk: Callable[..., Awaitable[Guest]]
):
    anna = await scores.evaluated(deployment, birke, "Anna", mark=9)
    guest = await desk(role="support")
    await guest.open(f"/console/customers/{anna}?lang=de")
    assert guest.answer.status_code == 200
    assert "Empfehlungswert" not in guest.page


async def test_a_cursor_nobody_said_is_refused(desk: Callable[..., Awaitable[Guest]]):
    guest = await desk()
    for cursor in ("x", "MTAxfDA=", "4pyT"):
        assert (await guest.open(f"/console/scores?after={cursor}")).status_code == 422


async def test_the_order_goes_on_where_a_page_ends(deployment: Deployment, birke: Tenant):
    people = [await scores.evaluated(deployment, birke, name, mark=9) for name in ("Anna", "Bert", "Clara")]
    seen: list[UUID] = []
    async with deployment.scopes.reading(birke):
        page = await listing.order(limit=2)
        seen += [each.customer for each in page.rows]
        assert page.after is not None
        rest = await listing.order(after=page.after, limit=2)
        seen += [each.customer for each in rest.rows]
        assert rest.after is None
    assert sorted(seen) == sorted(people)


async def test_the_models_page_says_why_a_model_serves(
    deployment: Deployment, birke: Tenant, desk: Callable[..., Awaitable[Guest]]
):
    guest = await desk()
    await guest.open("/console/scores/model?lang=de")
    assert "Noch kein Modell gelernt" in guest.page
    async with deployment.scopes.inside(birke):
        at = clock.now()
        await scores.asked(at=at)
        await scoring_filling.fill(ground.execute, first=1, last=1_500, at=at)
        told = await training.gather(at=at)
        assert told is not None
        await training.settle(training.weigh(told), at=at)
    await guest.open("/console/scores/model?lang=en")
    words = desks.said(guest.page)
    assert "Learned model 2" in words
    assert "better: serves" in words
    assert guest.page.count("<circle") == 10


async def test_the_copy_of_ones_data_tells_the_score_and_how_it_comes_about(deployment: Deployment, birke: Tenant):
    anna = await scores.evaluated(deployment, birke, "Anna", mark=9)
    clara = await desks.come(deployment, birke, Record(email="clara@people.example"))
    async with deployment.scopes.reading(birke):
        told = await accessing.copy(customer=anna, at=clock.now())
        other = await accessing.copy(customer=clara[0], at=clock.now())
    (score,) = json.loads(accessing.as_json(told, language="de"))["scores"]
    assert sum(line["points"] for line in score["sum"]) == score["score"]
    assert "Ausgangswert" in json.dumps(score, ensure_ascii=False)
    headings = [section.heading for section in accessing.sheet(told, language="de").sections]
    assert "Ihr Empfehlungswert: wie er entsteht" in headings
    assert json.loads(accessing.as_json(other, language="de"))["scores"] == []
