"""Break-glass as people meet it: Olga asks, Anna answers with her telephone, and every look is counted."""

from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from leumund.audit import listing
from leumund.kit import clock, ground, knocking, language, sight, tokens
from leumund.operating import closing, office
from leumund.operating.sessions import Operator
from leumund.support import answers, reading
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.web.operator import entering
from tests.isolation import supporting
from tests.isolation.supporting import REASON
from tests.journeys import desks, staffing
from tests.journeys.guests import Guest, Postbox
from tests.journeys.staffing import Colleague
from tests.rooms import whole


class Desks(NamedTuple):
    """Olga's browser at the platform, and Anna's at her company."""

    tenant: Tenant
    olga: Operator
    office: Guest
    anna: Colleague
    console: Guest

    @property
    def here(self) -> str:
        return f"/operator/companies/{self.tenant.slug}/support"


Seat = Callable[..., Any]


@pytest.fixture
async def seat(deployment: Deployment, door: Any, company: Tenant) -> AsyncIterator[Seat]:
    """A device somebody is signed in on: ``seat(colleague)``, ``seat(operator)``."""
    guests: list[Guest] = []

    def visit(tenant: Tenant, **headers: str) -> Guest:
        guests.append(Guest(door, tenant, **headers))
        return guests[-1]

    async def sit(who: Colleague | Operator) -> Guest:
        if isinstance(who, Operator):
            guests.append(await supporting.at_office(deployment, door, who))
            return guests[-1]
        return await staffing.signed_in(deployment, visit, company, who)

    yield sit
    for guest in guests:
        await guest.close()


@pytest.fixture(scope="module")
async def olga(deployment: Deployment) -> Operator:
    return await supporting.operator(deployment)


@pytest.fixture
async def both(deployment: Deployment, company: Tenant, seat: Seat, olga: Operator) -> Desks:
    async with deployment.scopes.inside(company):
        await whole.company(at=clock.now())
    anna = await staffing.enrolled(deployment, company)
    return Desks(company, olga, await seat(olga), anna, await seat(anna))


async def ask(both: Desks, *rooms: str, hours: str = "2") -> str:
    """Olga sends the form; the id of what she asked."""
    ticked = dict.fromkeys(rooms or sight.ROOMS, "yes")
    await both.office.send(both.here, reason=REASON, hours=hours, **ticked)
    assert both.office.answer.status_code == 303, both.office.page
    await both.console.open("/console/support")
    return desks.re.findall(r"/console/support/([0-9a-f-]{36})", both.console.page)[0]


async def grant(both: Desks, request: str, **instead: str) -> int:
    """Anna opens the request and grants all of it with the code her telephone shows."""
    await both.console.open(f"/console/support/{request}")
    rooms = {room for room in sight.ROOMS if f'name="{room}"' in both.console.page}
    await both.console.submit("/grant", ticked=rooms, **{"code": both.anna.code(), "hours": "1"} | instead)
    return both.console.answer.status_code


async def looks(deployment: Deployment, tenant: Tenant) -> int:
    """How many entries of looks are in the company's log."""
    async with deployment.scopes.reading(tenant):
        rows = (await listing.page(limit=200)).rows
    return sum(row.action.startswith("support.read_") for row in rows)


# The main way


async def test_from_the_request_to_a_look_that_the_owner_sees(deployment: Deployment, both: Desks):
    referral = await desks.recommended(deployment, both.tenant, cents=1000)
    await both.office.open(both.here)
    await both.office.submit(both.here, ticked={"customers"}, reason=REASON, hours="2")
    assert both.office.answer.status_code == 200, "the form as it stands is one that can be sent"
    await both.office.submit("/withdrawal")
    request = await ask(both)
    mails = (await Postbox.emptied(deployment, both.tenant)).to(both.anna.email)
    assert any("/console/support" in str(mail.get_body(("plain",))) for mail in mails), "the owner is written to"
    await both.console.open("/console")
    assert language.plural("console.support.notice.waiting", "de", 1) in both.console.page
    assert await grant(both, request) == 200
    await both.console.open("/console")
    assert language.plural("console.support.notice.open", "de", 1) in both.console.page
    for room in sight.ROOMS:
        answer = await both.office.open(f"{both.here}/{request}/{room}")
        assert answer.status_code == 200, room
        assert answer.headers["cache-control"] == "no-store"
    assert await looks(deployment, both.tenant) == len(sight.ROOMS)
    await both.console.open(f"/console/support/{request}")
    for room in sight.ROOMS:
        assert language.text(f"console.audit.action.support.read_{room}", "de") in both.console.page
    await both.console.open("/console/audit")
    assert both.olga.email in both.console.page
    assert referral


async def test_a_customers_record_is_a_look_of_its_own_and_named_to_the_owner(deployment: Deployment, both: Desks):
    (anna,) = await desks.come(
        deployment, both.tenant, desks.Record(email="anna@people.example", given_name="Anna", family_name="Ahorn")
    )
    request = await ask(both, "customers")
    await grant(both, request)
    await both.office.open(f"{both.here}/{request}/customers?q=ahorn")
    assert "Anna Ahorn" in both.office.page
    await both.office.open(f"{both.here}/{request}/customers/{anna}")
    assert "anna@people.example" in both.office.page
    await both.console.open(f"/console/support/{request}")
    assert f"/console/customers/{anna}" in both.console.page
    assert "Anna Ahorn" in both.console.page
    async with deployment.scopes.reading(both.tenant):
        told = str([entry.detail for entry in (await listing.page(limit=200)).rows])
    assert str(anna) in told
    assert "horn" not in told, "whom somebody searched for is in no log"


async def test_names_and_addresses_stand_in_the_room_of_customers_alone(deployment: Deployment, both: Desks):
    await desks.recommended(deployment, both.tenant, cents=1000)
    request = await ask(both)
    await grant(both, request)
    for room in sight.ROOMS:
        assert (await both.office.open(f"{both.here}/{request}/{room}")).status_code == 200
        assert ("@people.example" in both.office.page) == (room == "customers"), room


async def test_a_look_counts_even_where_the_page_then_fails(
    deployment: Deployment, both: Desks, monkeypatch: pytest.MonkeyPatch
):
    request = await ask(both)
    await grant(both, request)
    await both.office.open(f"{both.here}/{request}/customers/{uuid4()}")
    assert both.office.answer.status_code == 404
    assert await looks(deployment, both.tenant) == 1
    await both.office.open(f"{both.here}/{request}/rewards?after=nonsense")
    assert both.office.answer.status_code == 422
    assert await looks(deployment, both.tenant) == 2

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("in the middle of a page")

    monkeypatch.setattr(reading.finding, "search", broken)
    await both.office.open(f"{both.here}/{request}/customers")
    assert both.office.answer.status_code == 500
    assert await looks(deployment, both.tenant) == 3


# Who does not see


async def test_no_other_operator_and_no_other_company_is_opened_by_it(
    deployment: Deployment, both: Desks, seat: Seat, brands: dict[str, Tenant]
):
    request = await ask(both)
    await grant(both, request)
    mallory = await seat(await supporting.operator(deployment, name="mallory"))
    for address in (f"{both.here}/{request}", f"/operator/companies/{brands['linden'].slug}/support/{request}"):
        who = mallory if address.startswith(both.here) else both.office
        for room in (*sight.ROOMS, f"customers/{uuid4()}"):
            assert (await who.open(f"{address}/{room}")).status_code == 404
    await mallory.send(f"{both.here}/{request}/withdrawal")
    assert mallory.answer.status_code == 404
    assert await looks(deployment, both.tenant) == 0
    assert (await both.office.open(f"{both.here}/{request}/customers")).status_code == 200


async def test_whoever_writes_the_operators_tables_looks_as_nobody_else(deployment: Deployment, both: Desks, door: Any):
    """Mallory, an operator with the password of the operators' database role, sees that Olga was granted something."""
    request = await ask(both)
    await grant(both, request)
    page = f"{both.here}/{request}/customers"
    mallory = await supporting.operator(deployment, name="mallory")
    guest = await supporting.at_office(deployment, door, mallory)
    own = guest.client.cookies[entering.NAME]
    connection = await servers.connect_as(deployment.server, deployment.settings, deployment.server.operator_role)
    made = "INSERT INTO platform.operator_session (operator, token_hash, created_at, seen_at) VALUES ($1, $2, $3, $3)"
    mine = await connection.fetchval(
        "DELETE FROM platform.operator_session WHERE operator = $1 RETURNING token_hash", mallory.id
    )
    at, name_olga = clock.now(), f"{both.olga.id.hex}.{tokens.fresh()}"
    for token, kept in ((own, mine), ("known", tokens.digest("known")), (name_olga, tokens.digest(name_olga))):
        await connection.execute(made, both.olga.id, kept, at)
        guest.client.cookies.set(entering.NAME, token, domain=supporting.PLATFORM.host, path="/")
        assert (await guest.open(page)).url.path == "/operator/login"
    await connection.close()
    await guest.close()
    assert (await both.office.open(page)).status_code == 200, "as Olga it is read"


async def test_the_room_that_was_not_granted_is_no_page(deployment: Deployment, both: Desks):
    request = await ask(both, "surveys", "rewards")
    await both.console.open(f"/console/support/{request}")
    await both.console.submit("/grant", surveys="yes", code=both.anna.code(), hours="1")
    assert both.console.answer.status_code == 200
    answers_by_room = {
        room: await both.office.open(f"{both.here}/{request}/{room}") for room in (*sight.ROOMS, "staff")
    }
    assert [room for room, answer in answers_by_room.items() if answer.status_code == 200] == ["surveys"]
    assert {answer.status_code for answer in answers_by_room.values()} == {200, 404}


async def test_the_owner_ends_it_at_once(deployment: Deployment, both: Desks):
    request = await ask(both)
    await grant(both, request)
    assert (await both.office.open(f"{both.here}/{request}/customers")).status_code == 200
    await both.console.submit("/end")
    assert (await both.office.open(f"{both.here}/{request}/customers")).status_code == 404
    assert await looks(deployment, both.tenant) == 1


async def test_olga_hands_it_back_before_its_time_and_nobody_else_does(deployment: Deployment, both: Desks, seat: Seat):
    request = await ask(both)
    await grant(both, request)
    mallory = await seat(await supporting.operator(deployment, name="mallory"))
    assert (await mallory.send(f"{both.here}/{request}/end")).status_code == 404
    assert (await both.office.open(f"{both.here}/{request}/customers")).status_code == 200
    await both.office.open(both.here)
    await both.office.submit("/end")
    assert language.text("console.support.state.ended", "en") in both.office.page
    assert (await both.office.open(f"{both.here}/{request}/customers")).status_code == 404
    assert (await both.office.send(f"{both.here}/{request}/end")).status_code == 303, "ended is ended"
    assert await looks(deployment, both.tenant) == 1
    await both.console.open(f"/console/support/{request}")
    assert both.console.page.count(language.text("console.audit.action.support.handed_back", "de")) == 1
    await both.office.open("/operator/log")
    assert both.office.page.count(language.text("operator.action.support.handed_back", "en")) == 1


async def test_it_ends_by_itself(deployment: Deployment, both: Desks):
    request = await ask(both)
    await grant(both, request)
    owner = await servers.connect_owner(deployment.server)
    await owner.execute(
        f"UPDATE {both.tenant.schema_name}.support_access SET answered_at = answered_at - interval '1 hour', "
        "ends_at = ends_at - interval '1 hour'"
    )
    await owner.close()
    assert (await both.office.open(f"{both.here}/{request}/customers")).status_code == 404
    await both.console.open(f"/console/support/{request}")
    assert language.text("console.support.state.over", "de") in both.console.page


async def test_where_the_owner_cannot_come_to_end_it_nobody_looks(deployment: Deployment, both: Desks):
    request = await ask(both)
    await grant(both, request)
    for close in (True, False):
        async with office.inside(deployment) as desk:
            turn = closing.close if close else closing.reopen
            await turn(desk, slug=both.tenant.slug, actor=both.olga.actor, at=clock.now())
        answer = await both.office.open(f"{both.here}/{request}/customers")
        assert answer.status_code == (404 if close else 200)
    await both.office.open(both.here)


# Who grants


async def test_only_an_owner_grants_refuses_and_ends(deployment: Deployment, both: Desks, seat: Seat):
    request = await ask(both)
    for role in ("viewer", "privacy_officer"):
        who = await staffing.enrolled(deployment, both.tenant, role=role)
        guest = await seat(who)
        seen = await guest.open(f"/console/support/{request}")
        assert seen.status_code == (200 if role == "privacy_officer" else 403)
        for deed in ("grant", "refusal", "end"):
            fields = {"customers": "yes", "hours": "1", "code": who.code()}
            assert (await guest.send(f"/console/support/{request}/{deed}", **fields)).status_code == 403
    assert await grant(both, request) == 200


async def test_a_code_is_needed_that_is_right_and_new(deployment: Deployment, both: Desks):
    first, second = await ask(both), await ask(both)
    for code in ("", both.anna.wrong_code()):
        assert await grant(both, first, code=code) == 422
    code = both.anna.code()
    assert await grant(both, first, code=code) == 200
    assert await grant(both, second, code=code) == 422, "used already"
    assert language.text("errors.staff.code", "de") in both.console.page
    assert await grant(both, second, code=both.anna.code(steps_ahead=1)) == 200


async def test_guessing_codes_is_slowed_down(deployment: Deployment, both: Desks):
    request = await ask(both)
    for _ in range(knocking.FREE_ATTEMPTS + 1):
        assert await grant(both, request, code=both.anna.wrong_code()) == 422
    async with deployment.scopes.inside(both.tenant):
        # A machine slow enough to sit the wait out is as fast as all others now.
        await ground.execute("UPDATE staff_member SET failed_at = failed_at + interval '1 hour'")
    assert await grant(both, request) == 422, "the right code too has to wait"
    async with deployment.scopes.reading(both.tenant):
        assert await answers.every() == []
        refused = [row.action for row in (await listing.page(limit=200)).rows].count("staff.code_refused")
    assert refused == knocking.FREE_ATTEMPTS + 2


async def test_a_request_to_another_company_is_unknown_here(
    deployment: Deployment, both: Desks, open_company: Callable[[str], Any]
):
    other = await open_company("birke")
    theirs = await supporting.asked(deployment, other, both.olga)
    fields = {"customers": "yes", "hours": "1", "code": both.anna.code()}
    for request in (theirs.id, uuid4()):
        assert (await both.console.open(f"/console/support/{request}")).status_code == 404
        for deed in ("grant", "refusal", "end"):
            assert (await both.console.send(f"/console/support/{request}/{deed}", **fields)).status_code == 404
    assert str(theirs.id) not in (await both.console.open("/console/support")).text
    request = await ask(both)
    assert (await both.console.send(f"/console/support/{request}/grant", **fields)).status_code == 303


async def test_what_was_withdrawn_cannot_be_granted(deployment: Deployment, both: Desks):
    request = await ask(both)
    await both.office.open(both.here)
    await both.office.submit("/withdrawal")
    assert (await both.console.open(f"/console/support/{request}")).status_code == 404
    fields = {"customers": "yes", "hours": "1", "code": both.anna.code()}
    assert (await both.console.send(f"/console/support/{request}/grant", **fields)).status_code == 404


async def test_two_answers_at_once_are_one(deployment: Deployment, both: Desks):
    request = await ask(both)
    await both.console.open(f"/console/support/{request}")
    await both.console.submit("/refusal")
    fields = {"customers": "yes", "hours": "1", "code": both.anna.code()}
    await both.console.send(f"/console/support/{request}/grant", **fields)
    assert both.console.answer.status_code == 409
    assert language.text("console.support.state.refused", "de") in both.console.page


# Asking


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": "kurz", "customers": "yes", "hours": "1"}, "reason"),
        ({"reason": REASON, "hours": "1"}, "rooms"),
        ({"reason": REASON, "customers": "yes", "hours": "9"}, "hours"),
        ({"reason": REASON, "customers": "yes", "hours": "-1"}, "hours"),
    ],
)
async def test_nobody_asks_without_a_reason_a_room_and_an_end(both: Desks, fields: dict[str, str], field: str):
    assert (await both.office.send(both.here, **fields)).status_code == 422
    assert f'id="{field}-wrong"' in both.office.page
    await both.console.open("/console/support")
    assert both.olga.email not in both.console.page


async def test_owners_are_not_flooded(deployment: Deployment, both: Desks):
    fields = {"reason": REASON, "customers": "yes", "hours": "1"}
    asked = [(await both.office.send(both.here, **fields)).status_code for _ in range(11)]
    assert asked == [303] * 10 + [422]
    async with deployment.scopes.reading(both.tenant):
        rows = (await listing.page(limit=200)).rows
    assert [row.action for row in rows].count("support.requested") == 10, "what was not asked is told to nobody"
