"""A token of one company says nothing in another: it is answered like one that was never made."""

from typing import Any
from uuid import uuid4

import pytest

from leumund.kit import clock, tokens
from leumund.messages.kinds import KINDS
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.isolation.callers import asked
from tests.isolation.places import PLACES
from tests.journeys import guests

SIGNED = {kind.path: kind.signed_for for kind in KINDS.values() if kind.signed_for}
LINKS = [*SIGNED, "/unsubscribe/{token}"]
WAYS = [(method, path) for path in LINKS for method in ("GET", "POST") if f"{method} {path}" in PLACES]
COOKIES = ("__Host-portal", "__Host-console")


async def signed(deployment: Deployment, tenant: Tenant, purpose: str, subject: Any) -> str:
    async with deployment.scopes.reading(tenant):
        return tokens.sign(purpose, subject)


@pytest.mark.parametrize(("method", "path"), WAYS)
async def test_a_link_of_linden_opens_nothing_at_birke(
    deployment: Deployment, door: Any, brands: dict[str, Tenant], method: str, path: str
):
    token = await signed(deployment, brands["linden"], SIGNED.get(path, "unsubscribe") or "", uuid4())
    made_up = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
    said = [
        await asked(door, path.format(token=each), host=brands["birke"].host, method=method)
        for each in (token, made_up)
    ]
    assert said[0].status_code == said[1].status_code == 404
    assert said[0].text.replace(token, "") == said[1].text.replace(made_up, "")


def test_every_link_of_a_mail_is_tried():
    assert {path for _, path in WAYS} == set(LINKS)


async def test_the_link_opens_where_it_was_made(deployment: Deployment, door: Any, brands: dict[str, Tenant]):
    clara = await guests.surveyed(deployment, brands["linden"])
    assert (await asked(door, clara.link, host=brands["linden"].host)).status_code == 200, "the attack can succeed"
    assert (await asked(door, clara.link, host=brands["birke"].host)).status_code == 404


async def test_a_token_for_one_purpose_is_none_for_another(deployment: Deployment, energy: Tenant):
    subject = uuid4()
    async with deployment.scopes.reading(energy):
        for purpose in SIGNED.values():
            assert purpose is not None
            assert tokens.read(purpose, tokens.sign(purpose, subject)) == subject
            for other in {*SIGNED.values(), "unsubscribe"} - {purpose}:
                with pytest.raises(tokens.BadToken):
                    tokens.read(str(other), tokens.sign(purpose, subject))


async def test_a_forms_token_is_of_its_company_and_its_time(deployment: Deployment, brands: dict[str, Tenant]):
    at = clock.now()
    async with deployment.scopes.reading(brands["linden"]):
        token = tokens.sign_until("landing", "code text", at=at, ttl_seconds=60)
        assert tokens.read_until("landing", token, at=at) == "code text"
    async with deployment.scopes.reading(brands["birke"]):
        with pytest.raises(tokens.BadToken):
            tokens.read_until("landing", token, at=at)


@pytest.mark.parametrize("cookie", COOKIES)
async def test_a_session_somebody_chose_or_brought_along_is_nobodys(door: Any, brands: dict[str, Tenant], cookie: str):
    path = "/portal" if "portal" in cookie else "/console"
    for tenant in brands.values():
        without = await asked(door, path, host=tenant.host)
        brought = await asked(door, path, host=tenant.host, extra={"cookie": f"{cookie}={tokens.fresh()}"})
        assert (brought.status_code, brought.headers["location"]) == (without.status_code, without.headers["location"])
