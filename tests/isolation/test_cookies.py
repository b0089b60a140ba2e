"""A cookie opens its own host, and is nothing at any other."""

from typing import Any

import pytest

from leumund.kit import tokens
from tests.isolation import callers, tally
from tests.isolation.callers import asked
from tests.isolation.two_companies import Side


@pytest.mark.parametrize("name", [callers.CONSOLE, callers.PORTAL, callers.OPERATOR])
async def test_a_cookie_is_of_its_host_and_of_no_other(door: Any, ours: Side, theirs: Side, name: str):
    """Browsers keep a ``__Host-`` cookie to one host; whoever brings it along all the same is nobody."""
    token = ours.sessions["advocate" if name == callers.PORTAL else "owner"]
    path = {"__Host-portal": "/portal", "__Host-console": "/console", "__Host-operator": "/operator"}[name]
    for host in (theirs.tenant.host, "leumund.example"):
        brought = await asked(door, path, host=host, extra={"cookie": f"{name}={token}"})
        made_up = await asked(door, path, host=host, extra={"cookie": f"{name}={tokens.fresh()}"})
        assert (brought.status_code, brought.text) == (made_up.status_code, made_up.text)
        assert brought.status_code in (303, 404)
        tally.note("cookies")


async def test_every_cookie_we_set_is_kept_to_its_host(door: Any, ours: Side):
    enter = await asked(
        door,
        f"/portal/enter/{ours.signed['portal']}",
        host=ours.tenant.host,
        method="POST",
        data={},
        extra={"sec-fetch-site": "same-origin"},
    )
    signed_in = await asked(
        door,
        "/console/login",
        host=ours.tenant.host,
        method="POST",
        data=ours.owner.shown(code=ours.owner.code(steps_ahead=1)),
        extra={"sec-fetch-site": "same-origin"},
    )
    for answer in (enter, signed_in):
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert "domain=" not in cookie.lower()
        for part in ("Path=/", "Secure", "HttpOnly", "SameSite=strict"):
            assert part.lower() in cookie.lower()
        tally.note("cookies")
