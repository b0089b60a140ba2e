"""Callers who say of themselves whatever they like."""

from collections.abc import Mapping
from secrets import token_bytes
from typing import Any

import httpx

from leumund.staff import rules
from tests.isolation.two_companies import Side

CONSOLE, PORTAL, OPERATOR = "__Host-console", "__Host-portal", "__Host-operator"


# Whoever has a right of some kind at a company; a new role is one of them by itself.
KNOWN = (*rules.ROLES, "advocate", "key")


def of(side: Side) -> dict[str, dict[str, str]]:
    """What everybody who has a right at ``side`` sends along to show it, and nobody."""
    return {
        **{role: {"cookie": f"{CONSOLE}={side.sessions[role]}"} for role in rules.ROLES},
        "advocate": {"cookie": f"{PORTAL}={side.sessions['advocate']}"},
        "key": {"authorization": f"Bearer {side.api_key}"},
        "nobody": {},
    }


async def asked(
    door: Any,
    path: str,
    *,
    host: str,
    method: str = "GET",
    extra: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> httpx.Response:
    """One request with exactly this Host header, from a place in the net nobody called from before."""
    request = httpx.Request(method, f"https://any.example{path}", data=data, content=content)
    kept = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
    headers = [(b"host", host.encode("latin-1"))]
    headers += [(name.encode(), value.encode("latin-1")) for name, value in (extra or {}).items()]
    request.headers = httpx.Headers([*kept, *headers])
    home = "10." + ".".join(str(part) for part in token_bytes(3))
    answer = await httpx.ASGITransport(app=door, client=(home, 4242)).handle_async_request(request)
    await answer.aread()
    return answer


def everybody(side: Side) -> dict[str, str]:
    """All that opens anything at ``side``, shown at once."""
    who = of(side)
    return {"cookie": f"{who['owner']['cookie']}; {who['advocate']['cookie']}", **who["key"]}
