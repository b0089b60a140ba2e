"""The Host header alone decides which company is served, and everything else that claims to is passed over."""

import gc
import tracemalloc
from typing import Any

import httpx
import pytest

from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation.callers import asked

UNKNOWN = "nobody.leumund.example"


@pytest.mark.parametrize("spelling", ["{}", "{}:443", "{}.", "{}.:8443"])
async def test_a_company_is_served_at_its_host_however_that_is_spelt(door: Any, energy: Tenant, spelling: str):
    for host in (energy.host, energy.host.upper()):
        answer = await asked(door, "/imprint", host=spelling.format(host))
        assert answer.status_code == 200
        assert "Linden" in answer.text


@pytest.mark.parametrize(
    "host",
    [
        UNKNOWN,
        "",
        "www.{}",
        "{}.evil.example",
        "evil{}",
        "{}@evil.example",
        "{}/evil.example",
        "{} ",
        "{},evil.example",
        "{}:65536",
        "{}:99999999",
        "leumund.example:99999999",
        "{}\tevil",
        "[::1]",
        "127.0.0.1",
        "localhost",
        "l\xefnden.leumund.example",
        "x" * 5_000,
    ],
)
async def test_every_other_host_gets_one_and_the_same_nothing(door: Any, energy: Tenant, host: str):
    nothing = await asked(door, "/imprint", host=UNKNOWN)
    assert nothing.status_code == 404
    given = host.format(energy.host)
    for path in ("/", "/imprint", "/console", "/operator", "/api/v1/conversions", "/theme/tokens.css"):
        answer = await asked(door, path, host=given)
        if given.strip().lower() == energy.host:
            continue
        assert (answer.status_code, answer.content, answer.headers) == (404, nothing.content, nothing.headers)


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-host", "forwarded", "x-original-host", "x-forwarded-server"])
async def test_what_a_proxy_may_say_of_the_host_is_not_heard(door: Any, brands: dict[str, Tenant], header: str):
    value = f"host={brands['birke'].host}" if header == "forwarded" else brands["birke"].host
    answer = await asked(door, "/imprint", host=brands["linden"].host, extra={header: value})
    assert "Linden" in answer.text
    assert "Birke" not in answer.text
    assert (await asked(door, "/imprint", host=UNKNOWN, extra={header: value})).status_code == 404


async def test_names_longer_than_any_host_are_not_remembered(door: Any):
    """That nobody has a name is remembered, for the database's sake; but no stranger fills the memory with names."""
    hosts = [f"{n}{'x' * 300_000}" for n in range(20)]

    async def kept(remembered: dict[str, None] | None) -> int:
        tracemalloc.start()
        try:
            for host in hosts:
                assert (await asked(door, "/imprint", host=host)).status_code == 404
                if remembered is not None:
                    remembered[host + "."] = None
            gc.collect()
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

    assert await kept(None) < 2_000_000
    assert await kept({}) > 2_000_000, "the negative control"


async def test_two_host_headers_are_believed_by_nobody(door: Any, brands: dict[str, Tenant]):
    transport = httpx.ASGITransport(app=door)
    request = httpx.Request(
        "GET",
        "https://irrelevant.example/imprint",
        headers=[("host", brands["linden"].host), ("host", brands["birke"].host)],
    )
    answer = await transport.handle_async_request(request)
    assert answer.status_code == 404


async def test_a_host_that_is_not_verified_is_not_served(deployment: Deployment, door: Any, energy: Tenant):
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute(
            "INSERT INTO platform.host (name, tenant) VALUES ('empfehlen.linden.example', $1)",
            energy.id,
        )
        assert (await asked(door, "/imprint", host="empfehlen.linden.example")).status_code == 404
        await owner.execute("UPDATE platform.host SET verified_at = now() WHERE name = 'empfehlen.linden.example'")
        deployment.directory.forget()
        answer = await asked(door, "/imprint", host="empfehlen.linden.example")
        assert "Linden" in answer.text, "verified, it is: the attack can succeed"
    finally:
        await owner.execute("DELETE FROM platform.host WHERE name = 'empfehlen.linden.example'")
        await owner.close()
    deployment.directory.forget()
    assert (await asked(door, "/imprint", host="empfehlen.linden.example")).status_code == 404
