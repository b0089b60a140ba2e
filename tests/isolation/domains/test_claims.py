"""A domain is served for whoever proved it, and for nobody who only says, spells or draws it so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from leumund.kit import clock
from leumund.kit.faults import Refused
from leumund.tenancy import announcing
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.domains import claiming, naming
from leumund.tenancy.domains.claiming import TooMany
from leumund.tenancy.domains.comparing import Taken
from leumund.tenancy.domains.proving import Found
from tests import proofs
from tests.isolation.callers import asked
from tests.nameserver import NameServer

pytestmark = pytest.mark.usefixtures("without_claims")


async def served(deployment: Deployment, door: Any, host: str) -> int:
    deployment.directory.forget()
    return (await asked(door, "/console/login", host=host)).status_code


# Claimed, proven, served, dropped


async def test_a_claim_is_not_served_until_its_record_stands(
    deployment: Deployment, door: Any, birke: Tenant, dns: NameServer
):
    name = proofs.fresh_name()
    claim = await proofs.claim(deployment, birke, name)
    nothing = await asked(door, "/console/login", host="nobody.leumund.example")
    assert (await asked(door, "/console/login", host=name)).content == nothing.content
    await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
    assert (await proofs.standing(deployment, birke, claim)).fault == "no_record"
    assert await served(deployment, door, name) == 404
    proofs.publish(dns, claim)
    await _age(deployment, claim)
    await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
    assert await served(deployment, door, name) == 200


@pytest.mark.parametrize("spelling", ["{}", "{}.", "{}:443", "{}.:8443"])
async def test_a_domain_is_served_however_its_host_is_spelt(
    deployment: Deployment, door: Any, birke: Tenant, spelling: str
):
    name = (await proofs.proven(deployment, birke, proofs.fresh_name())).name
    assert await served(deployment, door, spelling.format(name.upper())) == 200
    base = deployment.settings.base_domain
    assert (await asked(door, f"/served?domain={name}", host=base)).status_code == 200, "a proxy may get a certificate"
    for other in ("www.{}", "x{}", "{}.x", "{}@x", "{},{}"):
        assert await served(deployment, door, other.format(name, name)) == 404
        assert (await asked(door, f"/served?domain={other.format(name, name)}", host=base)).status_code == 404


async def test_links_lead_to_the_first_proven_domain_and_back_when_it_is_dropped(deployment: Deployment, birke: Tenant):
    first, second = [await proofs.proven(deployment, birke, proofs.fresh_name()) for _ in range(2)]
    unproven = await proofs.claim(deployment, birke, proofs.fresh_name())

    async def leads() -> str:
        return (await deployment.directory.by_slug(birke.slug)).host

    assert await leads() == first.name
    for each in (second, unproven):
        async with deployment.scopes.inside(birke):
            await claiming.prefer(claim=each.id, note=proofs.unnoted)
    assert await leads() == second.name, "what is not proven leads nobody anywhere"
    for each in (second, first):
        async with deployment.scopes.inside(birke):
            await claiming.drop(claim=each.id, note=proofs.unnoted)
    assert await leads() == birke.host


async def test_a_dropped_domain_is_gone_at_once_and_its_dangling_alias_takes_nobody_in(
    deployment: Deployment, door: Any, birke: Tenant, mallory: Tenant, dns: NameServer
):
    claim = await proofs.proven(deployment, birke, proofs.fresh_name())
    proofs.publish(dns, claim)
    assert await served(deployment, door, claim.name) == 200
    heard = asyncio.Event()
    listener = await servers.connect_as(deployment.server, deployment.settings, deployment.server.web_role)
    try:
        await listener.add_listener(announcing.CHANNEL, lambda *_: heard.set())
        async with deployment.scopes.inside(birke):
            await claiming.drop(claim=claim.id, note=proofs.unnoted)
        await asyncio.wait_for(heard.wait(), 60)
    finally:
        await listener.close()
    assert await served(deployment, door, claim.name) == 404
    # The company's record and its CNAME may still stand; Mallory has neither its token nor its DNS.
    taken = await proofs.claim(deployment, mallory, claim.name)
    await proofs.look(deployment, mallory, taken.id, proofs.prover(dns))
    assert (await proofs.standing(deployment, mallory, taken)).fault == "other_record"
    assert await served(deployment, door, claim.name) == 404


async def test_an_unproven_claim_is_in_nobodys_way(
    deployment: Deployment, door: Any, birke: Tenant, mallory: Tenant, dns: NameServer
):
    name = proofs.fresh_name()
    await proofs.claim(deployment, mallory, name)
    claim = await proofs.claim(deployment, birke, name)
    proofs.publish(dns, claim)
    await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
    assert (await deployment.directory.by_host(name) or mallory).id == birke.id


async def test_a_proof_that_is_lost_is_noted_and_cuts_nothing_off(
    deployment: Deployment, door: Any, birke: Tenant, dns: NameServer
):
    claim = await proofs.proven(deployment, birke, proofs.fresh_name())
    await _age(deployment, claim)
    await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
    lost = await proofs.standing(deployment, birke, claim)
    assert (lost.fault, lost.missing_since == lost.checked_at) == ("no_record", True)
    assert await served(deployment, door, claim.name) == 200
    proofs.publish(dns, claim)
    await _age(deployment, claim)
    await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
    found = await proofs.standing(deployment, birke, claim)
    assert (found.fault, found.missing_since, found.verified_at) == (None, None, claim.verified_at)


# Somebody else's


async def test_anothers_token_proves_nothing(deployment: Deployment, birke: Tenant, mallory: Tenant, dns: NameServer):
    name = proofs.fresh_name()
    theirs, ours = await proofs.claim(deployment, mallory, name), await proofs.claim(deployment, birke, name)
    proofs.publish(dns, ours)
    await proofs.look(deployment, mallory, theirs.id, proofs.prover(dns))
    assert (await proofs.standing(deployment, mallory, theirs)).fault == "other_record"
    await proofs.look(deployment, birke, ours.id, proofs.prover(dns))
    assert (await proofs.standing(deployment, birke, ours)).verified_at is not None


SPELLINGS = ["{}", "{}.", "{}:443", " {} ", "www.{}", "WWW.{}", "{}。"]
DRAWINGS = [("i", "ı"), ("i", "і"), ("k", "к"), ("r", "r\u0300"), ("b", "ƅ"), ("e", "é")]


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_proven_domain_is_refused_to_others_however_they_spell_it(
    deployment: Deployment, birke: Tenant, mallory: Tenant, spelling: str
):
    name = (await proofs.proven(deployment, birke, proofs.fresh_name())).name
    for typed in (spelling.format(name), spelling.format(name.upper())):
        with pytest.raises(Taken):
            await proofs.claim(deployment, mallory, typed)
    assert await proofs.claim(deployment, mallory, spelling.format(proofs.fresh_name()))


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda pair: f"U+{ord(pair[1][-1]):04X}")
async def test_a_drawing_of_a_proven_domain_is_refused_to_others_and_free_to_its_owner(
    deployment: Deployment, birke: Tenant, mallory: Tenant, drawing: tuple[str, str]
):
    name = (await proofs.proven(deployment, birke, proofs.fresh_name())).name
    drawn = name.replace(*drawing, 1)
    with pytest.raises(Refused):
        await proofs.claim(deployment, mallory, drawn)
    with pytest.raises(Refused):
        await proofs.claim(deployment, mallory, "www." + drawn)


async def test_digits_and_pairs_that_read_as_letters_are_refused_too(
    deployment: Deployment, birke: Tenant, mallory: Tenant
):
    name = (await proofs.proven(deployment, birke, proofs.fresh_name("mollo"))).name
    for drawn in ("rnollo", "mol1o", "moll0", "m0110"):
        with pytest.raises(naming.LooksAlike):
            await proofs.claim(deployment, mallory, name.replace("mollo", drawn))
        assert await proofs.claim(deployment, birke, name.replace("mollo", drawn)), "its own it may have"


@pytest.mark.parametrize("make", ["{}", "www.{}"])
async def test_whoever_comes_past_the_form_fails_at_the_proof(
    deployment: Deployment, birke: Tenant, mallory: Tenant, dns: NameServer, make: str
):
    name = (await proofs.proven(deployment, birke, proofs.fresh_name("mollo"))).name
    for asked_for, why in ((make.format(name), None), (make.format(name.replace("mollo", "mo11o")), "looks_alike")):
        claim = await proofs.claim_past_the_form(deployment, mallory, asked_for)
        proofs.publish(dns, claim)
        await proofs.look(deployment, mallory, claim.id, proofs.prover(dns))
        after = await proofs.standing(deployment, mallory, claim)
        assert after.verified_at is None
        assert after.fault == (why or ("taken" if asked_for == name else "looks_alike"))
    control = await proofs.claim_past_the_form(deployment, mallory, proofs.fresh_name())
    proofs.publish(dns, control)
    await proofs.look(deployment, mallory, control.id, proofs.prover(dns))
    assert (await proofs.standing(deployment, mallory, control)).verified_at is not None


@pytest.mark.parametrize("name", ["leumund.example", "x.leumund.example", "1eumund.example", "a.b.local"])
async def test_the_platforms_and_unreal_names_are_not_proven_even_where_their_dns_says_so(
    deployment: Deployment, mallory: Tenant, dns: NameServer, name: str
):
    claim = await proofs.claim_past_the_form(deployment, mallory, name)
    proofs.publish(dns, claim)
    await proofs.look(deployment, mallory, claim.id, proofs.prover(dns))
    assert (await proofs.standing(deployment, mallory, claim)).fault == "not_allowed"


async def test_of_two_that_prove_at_once_one_has_it(
    deployment: Deployment, birke: Tenant, mallory: Tenant, dns: NameServer
):
    for _ in range(5):
        name = proofs.fresh_name()
        claims = {each: await proofs.claim(deployment, each, name) for each in (birke, mallory)}
        dns.says(f"_leumund.{name}", *(f"leumund-verify={claim.token}" for claim in claims.values()))
        await asyncio.gather(
            *(proofs.look(deployment, each, claim.id, proofs.prover(dns)) for each, claim in claims.items())
        )
        after = [await proofs.standing(deployment, each, claim) for each, claim in claims.items()]
        assert sorted(claim.fault or "" for claim in after) in (["", "looks_alike"], ["", "taken"])
        assert sum(claim.verified_at is not None for claim in after) == 1


async def test_a_name_whose_owner_left_is_free_again(deployment: Deployment, birke: Tenant, mallory: Tenant):
    claim = await proofs.proven(deployment, birke, proofs.fresh_name())
    async with deployment.scopes.inside(birke):
        await claiming.drop(claim=claim.id, note=proofs.unnoted)
    assert (await proofs.proven(deployment, mallory, "www." + claim.name)).verified_at is not None


# Jobs


async def test_a_job_for_anothers_claim_does_nothing(
    deployment: Deployment, birke: Tenant, mallory: Tenant, dns: NameServer
):
    claim = await proofs.claim(deployment, birke, proofs.fresh_name())
    proofs.publish(dns, claim)
    await proofs.look(deployment, mallory, claim.id, proofs.prover(dns))
    assert not dns.asked
    assert (await proofs.standing(deployment, birke, claim)).checked_at is None
    await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
    assert (await proofs.standing(deployment, birke, claim)).checked_at is not None


async def test_whoever_asks_again_and_again_has_us_look_once(deployment: Deployment, birke: Tenant, dns: NameServer):
    claim = await proofs.claim(deployment, birke, proofs.fresh_name())
    for _ in range(5):
        await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
    assert dns.asked[(f"_leumund.{claim.name}", "TXT")] == 1


async def test_the_hand_that_is_kept_free_waits_for_nobodys_servers(
    deployment: Deployment, birke: Tenant, owner: asyncpg.Connection
):
    claim = await proofs.claim(deployment, birke, proofs.fresh_name())
    async with deployment.scopes.inside(birke):
        await claiming.check(claim=claim.id, at=clock.now())
    jobs = await owner.fetch("SELECT bulk FROM outbox.job WHERE subject = $1", claim.id)
    assert [job["bulk"] for job in jobs] == [True, True]


async def test_nothing_of_a_company_is_held_open_while_its_servers_are_waited_for(
    deployment: Deployment, birke: Tenant, dns: NameServer, owner: asyncpg.Connection
):
    claim = await proofs.claim(deployment, birke, proofs.fresh_name())
    proofs.publish(dns, claim)
    async with deployment.scopes.reading(birke):
        assert await _held_open(owner, birke), "the look would be seen"
    async with _asked_meanwhile(deployment, birke, claim, dns):
        assert not await _held_open(owner, birke)
    assert (await proofs.standing(deployment, birke, claim)).verified_at is not None


async def test_what_changed_while_a_domain_was_looked_at_stays_as_it_is(
    deployment: Deployment, birke: Tenant, dns: NameServer
):
    claim = await proofs.claim(deployment, birke, proofs.fresh_name())
    async with _asked_meanwhile(deployment, birke, claim, dns):
        await proofs.judge(deployment, claim, Found("dns", None))
    after = await proofs.standing(deployment, birke, claim)
    assert (after.fault, after.missing_since) == (None, None), "the record is not there, but another look was later"
    await _age(deployment, claim)
    await proofs.look(deployment, birke, claim.id, proofs.prover(dns))
    assert (await proofs.standing(deployment, birke, claim)).fault == "no_record"


async def test_what_is_dropped_while_it_is_looked_at_is_served_nowhere(
    deployment: Deployment, birke: Tenant, dns: NameServer, owner: asyncpg.Connection
):
    claim = await proofs.claim(deployment, birke, proofs.fresh_name())
    proofs.publish(dns, claim)
    async with _asked_meanwhile(deployment, birke, claim, dns), deployment.scopes.inside(birke):
        await claiming.drop(claim=claim.id, note=proofs.unnoted)
        again = await claiming.find(claim=await claiming.claim(name=claim.name, at=clock.now(), note=proofs.unnoted))
    assert (await proofs.standing(deployment, birke, again)).verified_at is None, "that one has a token of its own"
    assert not await owner.fetchval("SELECT count(*) FROM platform.host WHERE name = $1", claim.name)


async def test_a_company_claims_twenty_at_most_however_many_it_asks_for_at_once(deployment: Deployment, birke: Tenant):
    async def one() -> bool:
        try:
            return bool(await proofs.claim(deployment, birke, proofs.fresh_name()))
        except TooMany:
            return False

    done = [made for _ in range(6) for made in await asyncio.gather(*(one() for _ in range(4)))]
    assert sum(done) == claiming.MOST
    async with deployment.scopes.inside(birke):
        await claiming.drop(claim=(await claiming.every())[7].id, note=proofs.unnoted)
    assert await one()


@asynccontextmanager
async def _asked_meanwhile(
    deployment: Deployment, tenant: Tenant, claim: claiming.Claim, dns: NameServer
) -> AsyncIterator[None]:
    """The worker looks at ``claim`` and waits for an answer, which comes after the block."""
    prover = proofs.prover(dns)
    prover.resolver.lifetime = 60
    dns.hold()
    look = asyncio.create_task(proofs.look(deployment, tenant, claim.id, prover))
    try:
        await asyncio.wait_for(dns.is_asked.wait(), 60)
        yield
    finally:
        dns.answer_all()
        await look


async def _held_open(owner: asyncpg.Connection, tenant: Tenant) -> int:
    """How many transactions of the company's role are open."""
    return int(
        await owner.fetchval(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE usename = $1 AND locktype = 'virtualxid'",
            tenant.schema_name,
        )
    )


async def _age(deployment: Deployment, claim: claiming.Claim) -> None:
    """The last look was a while ago."""
    owner = await servers.connect_owner(deployment.server)
    try:
        await owner.execute(
            "UPDATE hosting.claim SET checked_at = checked_at - interval '1 hour' WHERE id = $1", claim.id
        )
    finally:
        await owner.close()
