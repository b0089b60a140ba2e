"""What is typed into any field of any route is a text, and moves nobody to another company."""

from collections.abc import AsyncIterator, Mapping
from itertools import product
from typing import Any

import asyncpg
import pytest

from leumund.kit import ground
from leumund.tenancy.deployment import Deployment
from tests.isolation import callers, changes, matrix, routes, standing, tally, two_companies
from tests.isolation.conftest import OpenCompany
from tests.isolation.matrix import Cell, Matrix
from tests.isolation.places import PLACES
from tests.isolation.two_companies import Side

PAYLOADS = (
    "'; SET search_path TO {schema}; SET ROLE {schema}; SELECT set_config('search_path', '{schema}', false); --",
    "') UNION SELECT legal_name FROM {schema}.company_profile; COMMIT; SET SESSION AUTHORIZATION {schema}; --",
    "$$; UPDATE {schema}.reward SET cents = 1; $$ %' OR '1'='1' ESCAPE '\\",
    '"; TRUNCATE {schema}.referral CASCADE\0; {{0.__class__}} {{{{ 7 * 7 }}}} $1 %s :name ?',
)
# What pages and the API read of them, and what they might one day.
HEADERS = (
    *({name: "{}"} for name in ("accept-language", "user-agent", "referer", "if-none-match", "x-forwarded-for")),
    {"authorization": "Bearer {}"},
    *({"cookie": f"{name}={{}}"} for name in (callers.CONSOLE, callers.PORTAL, callers.OPERATOR)),
)


@pytest.fixture(scope="module")
async def ours(deployment: Deployment, open_company: OpenCompany) -> Side:
    """A company of these tests' own, whose pages fill with what is typed here."""
    return await two_companies.furnish(deployment, open_company, "mallory")


@pytest.fixture
async def unmoved(deployment: Deployment, owner: asyncpg.Connection, ours: Side, theirs: Side) -> AsyncIterator[None]:
    """After the test theirs is as it was, and every connection of ours is at home."""
    before = await changes.sums(owner, theirs.tenant)
    yield
    assert await changes.sums(owner, theirs.tenant) == before
    assert await standing.everywhere(deployment, ours.tenant) == {standing.at_home(ours.tenant)}


def cells(door: Any) -> list[Cell]:
    known = [route for route in routes.of(door) if route.key in PLACES and not PLACES[route.key].ends]
    return [cell for route in known for cell in matrix.cells(route) if cell.kind != "nothing"]


@pytest.mark.usefixtures("unmoved")
@pytest.mark.parametrize("payload", PAYLOADS)
async def test_no_text_moves_anybody(deployment: Deployment, door: Any, ours: Side, theirs: Side, payload: str):
    written = payload.format(schema=theirs.tenant.schema_name)
    here = Matrix(door, ours, theirs, {})
    there = Matrix(door, ours, theirs, {}, host=deployment.settings.base_domain)
    faults = []
    for cell in cells(door):
        tried = there if cell.route.app == routes.OPERATOR else here
        answer = await tried.ask(tried.call(cell, written), cell.route, callers.everybody(ours))
        tally.note("texts that are statements")
        if answer.status_code >= 500 or f"{theirs.marker} GmbH" in answer.text:
            faults.append(f"{cell.route.key} answers {answer.status_code} to {cell.name}={written!r}")
    assert not faults, "\n".join(faults)


@pytest.mark.usefixtures("unmoved")
@pytest.mark.parametrize("payload", PAYLOADS)
async def test_no_header_moves_anybody(door: Any, ours: Side, theirs: Side, payload: str):
    # No server lets one pass that holds a NUL.
    written = payload.format(schema=theirs.tenant.schema_name).replace("\0", "")
    for path, headers in product(("/", "/portal", "/console", "/api/v1/rewards"), HEADERS):
        said = {name: value.format(written) for name, value in headers.items()}
        answer = await callers.asked(door, path, host=ours.tenant.host, extra={**callers.everybody(ours), **said})
        tally.note("texts that are statements")
        assert answer.status_code < 500, f"{path} with {said}"
        assert f"{theirs.marker} GmbH" not in answer.text


async def test_every_field_there_is_is_typed_into(door: Any):
    """What the matrix knows, and ``test_fields.py`` knows whether it knows all."""
    typed = {(cell.route.key, cell.kind, cell.name) for cell in cells(door)}
    known = {
        (key, kind, name)
        for key, place in PLACES.items()
        if not place.ends
        for kind, names in (("path", place.path), *((kind, place.names(kind)) for kind in ("query", "form", "json")))
        for name in names
    }
    assert typed == known
    assert len(typed) > 150


async def test_a_text_that_was_a_statement_would_be_noticed(deployment: Deployment, ours: Side):
    """The negative control: somebody glued a text into a statement, and the connection is looked at."""
    glued = "SELECT ''; SET search_path TO outbox; --"
    async with deployment.scopes.inside(ours.tenant):
        assert await standing.where(deployment, ground.current().connection) == standing.at_home(ours.tenant)
        await ground.execute(glued)
        assert await standing.where(deployment, ground.current().connection) != standing.at_home(ours.tenant)
    assert await standing.everywhere(deployment, ours.tenant) == {standing.at_home(ours.tenant)}, "and none keeps it"


@pytest.mark.parametrize("payload", PAYLOADS[:3])
async def test_even_glued_into_a_statement_it_reaches_nothing(
    deployment: Deployment, ours: Side, theirs: Side, payload: str
):
    """The wall behind the wall: the role may not, whatever a page forgot."""
    written = payload.format(schema=theirs.tenant.schema_name)
    rows: list[Mapping[str, object]] = []
    try:
        async with deployment.scopes.inside(ours.tenant):
            await ground.execute(f"SELECT '{written}")
            rows = await ground.fetch("SELECT legal_name FROM company_profile")
    except (asyncpg.InsufficientPrivilegeError, asyncpg.PostgresSyntaxError, asyncpg.UndefinedTableError):
        pass
    assert all(theirs.marker not in str(row) for row in rows)
