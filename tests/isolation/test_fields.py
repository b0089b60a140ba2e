"""Whatever a route takes has a place in the matrix, said by its signature, by its model, or by what it asks for."""

import re
from typing import Annotated, Any

import pytest
from litestar import Request, Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from leumund.tenancy.arriving import Arrivals
from leumund.tenancy.deployment import Deployment
from leumund.web import forms
from leumund.web import routing as web
from tests.isolation import callers, fields
from tests.isolation.fields import FORM, JSON, QUERY, Field
from tests.isolation.fleets import ROOT
from tests.isolation.places import EVERYWHERE, PLACES, Place
from tests.isolation.two_companies import Side

_PAGES = ROOT / "platform" / "leumund" / "web"
# A field asked for by a name that is written down there, whoever asks for it.
_ASKED = re.compile(
    r"""\b(?:sent|tapped)(?:\.get\(|\[)"(\w+)"|"""
    r"""query_params\.get\("(\w+)"|(?:ticked|whole|secret|asked)\((?:sent|request), "(\w+)"\)"""
)


async def test_what_signatures_and_models_take_has_its_place(door: Any):
    declared = fields.declared(door)
    assert fields.homeless(declared) == []
    assert Field("POST /api/v1/customers", JSON, "consents.0.purpose") in declared
    assert Field("GET /api/v1/rewards", QUERY, "state") in declared


def test_what_a_page_asks_for_by_a_written_name_has_a_place_somewhere():
    """Whether or not any test comes by."""
    texts = [path.read_text() for path in _PAGES.rglob("*.py")]
    written = {name for text in texts for found in _ASKED.findall(text) for name in found if name}
    assert len(written) > 20
    known = {name for place in PLACES.values() for kind in (QUERY, FORM) for name in place.names(kind)}
    assert written - known - EVERYWHERE == set()


async def test_a_field_or_a_query_without_a_place_is_found(
    deployment: Deployment, ours: Side, monkeypatch: pytest.MonkeyPatch
):
    """The negative control: pages that take more than their places say."""

    class Body(Struct):
        customer: str
        deep: list[dict[str, str] | None] = []

    @post("/console/leak")
    async def ask(request: Request[Any, Any, Any]) -> Response[str]:
        sent = await forms.filled(request)
        return Response(sent.get("known", "") + sent.get("customer", "") + request.query_params.get("row", ""))

    @get("/console/leak")
    async def sign(row: Annotated[str, QueryParameter()] = "") -> Response[str]:
        return Response(row)

    @post("/console/leak/json")
    async def read(data: JSONBody[Body]) -> Response[str]:
        return Response(data.customer)

    leaking = Arrivals(
        companies=web.companies([*web.company_routes(), ask, sign, read]),
        operator=web.operator(),
        deployment=lambda: deployment,
    )
    monkeypatch.setitem(PLACES, "POST /console/leak", Place(form={"known": "word"}))
    monkeypatch.setitem(PLACES, "GET /console/leak", Place())
    monkeypatch.setitem(PLACES, "POST /console/leak/json", Place())
    before = fields.asked()
    same = {"sec-fetch-site": "same-origin"}
    await callers.asked(leaking, "/console/leak", host=ours.tenant.host, method="POST", data={"known": "x"}, extra=same)
    heard = fields.asked() - before
    fields.forget(heard)
    assert [line.split(", ")[0] for line in fields.homeless(heard)] == [
        "POST /console/leak takes customer in its form",
        "POST /console/leak takes row in its query",
    ]
    said = {field for field in fields.declared(leaking) if "leak" in field.key}
    assert [line.split(", ")[0] for line in fields.homeless(said)] == [
        "GET /console/leak takes row in its query",
        "POST /console/leak/json takes customer in its json",
        "POST /console/leak/json takes deep.0 in its json",
    ]
