"""Whose host it is is asked before anything else, and what goes wrong shows that host and no other."""

from typing import Any

import pytest

from tests.isolation import matrix, routes, tally
from tests.isolation.callers import asked
from tests.isolation.two_companies import Side


async def test_every_route_asks_first_whose_host_it_is(door: Any):
    """An address that is somebody's everywhere is nobody's where there is nobody: static files, errors and all."""
    nothing = await asked(door, "/", host="nobody.leumund.example")
    for route in routes.of(door):
        path = matrix.anywhere(route)
        for host in ("nobody.leumund.example", "", "localhost"):
            answer = await asked(door, path, host=host, method=route.method)
            assert (answer.status_code, answer.content) == (404, nothing.content), f"{route.key} at {host!r}"
            tally.note("routes without a host")


async def test_a_company_has_no_operators_pages_and_the_operator_no_companies(door: Any, ours: Side):
    here, there = ours.tenant.host, "leumund.example"
    apart = {"/console": there, "/portal": there, "/imprint": there, "/operator": here, "/operator/login": here}
    for path, host in apart.items():
        assert (await asked(door, path, host=host)).status_code == 404
        tally.note("routes at the wrong host")


@pytest.mark.parametrize("kind", ["websocket", "mail"])
async def test_what_is_no_http_is_answered_by_nobody(door: Any, ours: Side, kind: str):
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect"}

    headers = [(b"host", ours.tenant.host.encode())]
    await door({"type": kind, "path": "/console", "headers": headers, "query_string": b""}, receive, send)
    assert ours.marker not in str(sent)
    assert sent[0].get("status") == 404
    tally.note("routes without a host")


@pytest.mark.parametrize("path", ["/none", "/console/none", "/api/v1/none", "/portal/none", "/theme/none/none"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_page_that_is_none_shows_the_host_it_is_none_of(
    door: Any, ours: Side, theirs: Side, path: str, method: str
):
    answer = await asked(door, path, host=ours.tenant.host, method=method, extra={"sec-fetch-site": "same-origin"})
    assert answer.status_code in (404, 405)
    assert not [secret for secret in theirs.secrets() if secret in answer.text + str(answer.headers)]
    assert "Traceback" not in answer.text
    tally.note("error pages")


async def test_a_fault_of_ours_shows_the_host_it_happened_at_and_nothing_of_it(
    door: Any, ours: Side, theirs: Side, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise ZeroDivisionError(theirs.marker)

    monkeypatch.setattr("leumund.kit.tokens.read", broken)
    for path in ("/s/none", "/confirm/none", "/join/none"):
        answer = await asked(door, path, host=ours.tenant.host)
        assert answer.status_code == 500
        assert ours.marker in answer.text
        assert theirs.marker not in answer.text
        assert "ZeroDivisionError" not in answer.text
        tally.note("error pages")
