"""Whoever asks one company for what is another's gets the answer that nobody's gets, and changes nothing there."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import pytest
from litestar import Request, Response, get
from litestar.params import FromPath

from leumund.kit import clock, ground, tokens
from leumund.operating import creating, office, sessions
from leumund.staff import rules
from leumund.tenancy.arriving import Arrivals
from leumund.tenancy.deployment import Deployment
from leumund.web import entering as web_entering
from leumund.web import routing as web
from leumund.web.console import entering
from tests.isolation import callers, changes, matrix, routes, shapes, two_companies
from tests.isolation.conftest import OpenCompany
from tests.isolation.matrix import Matrix
from tests.isolation.places import PLACES
from tests.isolation.routes import OPERATOR, Route
from tests.isolation.shapes import Pair
from tests.isolation.two_companies import Side

# Neither is asked for by its id: the wish to leave is the only one, and an attempt is known by a hash.
EMPTY = {"leaving_request", "staff_attempt"}
PASSWORD = "vier Wolken tragen Kastanien"


@pytest.fixture(scope="module")
async def ours(deployment: Deployment, open_company: OpenCompany) -> Side:
    """A company of these tests' own, whose pages fill with what is asked for here."""
    return await two_companies.furnish(deployment, open_company, "mallory")


@pytest.fixture(scope="session")
async def pairs(deployment: Deployment, theirs: Side) -> Mapping[str, list[Pair]]:
    return await shapes.of(deployment, theirs)


@pytest.fixture(scope="session")
async def operator_cookie(deployment: Deployment) -> str:
    """Olga, signed in at the base domain."""
    await creating.create_operator(deployment, email="olga@matrix.example", password=PASSWORD, at=clock.now())
    async with office.inside(deployment) as desk:
        olga = await desk.connection.fetchval("SELECT id FROM operator WHERE email = 'olga@matrix.example'")
        return f"{callers.OPERATOR}={await sessions.begin(desk, operator=olga, at=clock.now())}"


@pytest.fixture
async def unchanged(owner: asyncpg.Connection, theirs: Side) -> AsyncIterator[None]:
    """Nothing of theirs is another after the test than it was before."""
    before = await changes.sums(owner, theirs.tenant)
    yield
    assert await changes.sums(owner, theirs.tenant) == before


def of_companies(door: Any) -> list[Route]:
    """What is at home at companies; of what has no place the test of places tells."""
    return [route for route in routes.of(door) if route.app != OPERATOR and route.key in PLACES]


def of_operators(door: Any) -> list[Route]:
    """What is at home at the base domain."""
    return [route for route in routes.of(door) if route.app == OPERATOR and route.key in PLACES]


async def test_every_route_has_its_place(door: Any):
    assert matrix.homeless(routes.of(door)) == []


async def test_every_table_with_ids_has_a_row_to_be_asked_for(deployment: Deployment, theirs: Side):
    """A new kind of object of which nobody has one would be asked for by nobody."""
    async with deployment.scopes.reading(theirs.tenant):
        named = {each["name"] for each in await ground.fetch(two_companies.WITH_IDS)}
    assert named - set(theirs.ids) == EMPTY


async def test_what_changes_something_is_tried_with_every_kind_of_row(door: Any, pairs: Mapping[str, list[Pair]]):
    """Not each place with each, but each place with what its name means, and each kind of row in many places."""
    known = [cell for route in of_companies(door) for cell in matrix.cells(route)]
    asking = [cell for cell in known if cell.shape == "uuid" and cell.route.method == "POST"]
    tried = Counter(pair.table for cell in asking for pair in matrix.put_into(cell, pairs["uuid"]))
    assert set(tried) == {pair.table for pair in pairs["uuid"]}
    assert min(tried.values()) > len(asking) / 10
    pays = next(cell for cell in asking if cell.name == "payout")
    assert "payout" in {pair.table for pair in matrix.put_into(pays, pairs["uuid"])}


@pytest.mark.parametrize("key", [key for key, place in PLACES.items() if re.match("GET /[^/]", key) and place.own])
async def test_ones_own_is_answered_otherwise_so_that_the_attack_could_succeed(
    door: Any, ours: Side, theirs: Side, pairs: Mapping[str, list[Pair]], key: str
):
    # Before the attack, in which our own advocate leaves the program.
    route = next(route for route in routes.of(door) if route.key == key)
    (name, own), (cell, *_) = next(iter(PLACES[key].own.items())), matrix.cells(route)
    assert cell.name == name
    tried, who = Matrix(door, ours, theirs, pairs), callers.of(ours)["key" if route.app == routes.API else "owner"]
    mine = await tried.ask(tried.call(cell, ours.own(own)), route, who)
    nobodys = await tried.ask(tried.call(cell, pairs[cell.shape][0].nobodys), route, who)
    # A share link leads on.
    assert (mine.status_code, nobodys.status_code) == (302 if key == "GET /r/{code}" else 200, 404)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("caller", [*callers.KNOWN, "nobody"])
async def test_nobody_at_one_company_learns_of_another(
    door: Any, ours: Side, theirs: Side, pairs: Mapping[str, list[Pair]], caller: str
):
    tried = Matrix(door, ours, theirs, pairs)
    # Whoever of the staff is let in is answered by what answers the owner, who asks for every row there is.
    few = caller in rules.ROLES and caller != "owner"
    assert not (found := await tried.faults(of_companies(door), callers.of(ours)[caller], few=few)), "\n".join(found)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("caller", ["operator", "owner", "nobody"])
async def test_at_the_operators_desk_a_company_is_its_name_and_no_more(
    deployment: Deployment,
    door: Any,
    ours: Side,
    theirs: Side,
    pairs: Mapping[str, list[Pair]],
    operator_cookie: str,
    caller: str,
):
    headers = {**callers.of(ours), "operator": {"cookie": operator_cookie}}[caller]
    # An operator knows which companies there are; a slug is an object to everybody else.
    known = {shape: [] if shape == "slug" and caller == "operator" else each for shape, each in pairs.items()}
    tried = Matrix(door, ours, theirs, known, host=deployment.settings.base_domain)
    assert not (found := await tried.faults(of_operators(door), headers)), "\n".join(found)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("caller", [*callers.KNOWN, "operator"])
async def test_what_somebody_shows_at_the_wrong_company_is_worth_what_is_made_up(
    door: Any, ours: Side, theirs: Side, pairs: Mapping[str, list[Pair]], operator_cookie: str, caller: str
):
    tried = Matrix(door, ours, theirs, pairs)
    shown = {**callers.of(theirs), "operator": {"cookie": operator_cookie}}[caller]
    made_up = {name: value[: -len(made)] + made for name, value in shown.items() for made in [tokens.fresh()]}
    assert not (found := await tried.strangers(of_companies(door), shown, made_up)), "\n".join(found)


async def test_a_lookup_in_the_wrong_company_is_found(
    deployment: Deployment,
    door: Any,
    ours: Side,
    theirs: Side,
    pairs: Mapping[str, list[Pair]],
    monkeypatch: pytest.MonkeyPatch,
):
    """The negative control: one page reads where it must not."""
    monkeypatch.setattr(entering, "reading", lambda _: deployment.scopes.reading(theirs.tenant))
    route = next(route for route in routes.of(door) if route.key == "GET /console/customers/{customer}")
    found = await Matrix(door, ours, theirs, pairs).faults([route], callers.of(ours)["owner"])
    assert "GET /console/customers/{customer} answers 200 to their uuid as customer" in found
    assert f"GET /console/customers/{{customer}} shows {theirs.marker} of theirs" in found


async def test_a_route_that_only_tells_whether_it_is_there_is_found_and_so_is_its_missing_place(
    deployment: Deployment, ours: Side, theirs: Side, pairs: Mapping[str, list[Pair]], monkeypatch: pytest.MonkeyPatch
):
    """The negative control: a new page answers 403 for what is another's and 404 for what is nobody's."""
    there = {str(one) for table in theirs.ids.values() for one in table}

    @get("/console/leak/{customer:str}")
    async def leak(request: Request[Any, Any, Any], customer: FromPath[str]) -> Response[None]:
        return Response(None, status_code=403 if customer in there else 404)

    pages = web.companies([*web.company_routes(), leak])
    broken = Arrivals(companies=pages, operator=web.operator(), deployment=lambda: deployment)
    assert [line for line in matrix.homeless(routes.of(broken)) if "leak" in line] == [
        "GET /console/leak/{customer} has no place in the matrix: give it one in tests/isolation/places.py"
    ]
    monkeypatch.setitem(PLACES, "GET /console/leak/{customer}", PLACES["GET /console/customers/{customer}"])
    route = next(route for route in routes.of(broken) if "leak" in route.path)
    found = await Matrix(broken, ours, theirs, pairs).faults([route], callers.of(ours)["nobody"])
    assert len(found) == len(pairs["uuid"])


async def test_a_row_that_is_changed_is_noticed(deployment: Deployment, owner: asyncpg.Connection, theirs: Side):
    before = await changes.sums(owner, theirs.tenant)
    trying = owner.transaction()
    await trying.start()
    await owner.execute(
        f"UPDATE {theirs.tenant.schema_name}.referral SET reason_sealed = 'x' WHERE reason_sealed IS NULL"
    )
    after = await changes.sums(owner, theirs.tenant)
    await trying.rollback()
    assert [table for table in before if before[table] != after[table]] == ["referral"]
    assert web_entering.reading is entering.reading, "nothing of another test is left"
