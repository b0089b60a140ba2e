"""Callers who say of themselves whatever they like."""

from collections.abc import Mapping
from typing import Any

import httpx


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
    """One request with exactly this Host header."""
    headers = [(b"host", host.encode("latin-1"))]
    headers += [(name.encode(), value.encode("latin-1")) for name, value in (extra or {}).items()]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=door), base_url="https://any.example") as client:
        request = client.build_request(method, path, data=data, content=content)
        kept = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
        request.headers = httpx.Headers([*kept, *headers])
        return await client.send(request)
