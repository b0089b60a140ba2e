"""Domains in tests: claimed as the console claims them, and looked at as the worker does."""

from functools import partial
from uuid import UUID, uuid4

from leumund.kit import clock, outside
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.domains import claiming, comparing, judging, naming, proving
from leumund.tenancy.domains.claiming import Claim
from leumund.tenancy.domains.proving import Found, Prover
from leumund.worker import domains
from tests.nameserver import NameServer


def fresh_name(brand: str = "birke") -> str:
    """A domain nobody had before."""
    return f"{brand}-{uuid4().hex[:10].translate(str.maketrans('0123456789', 'ghkpqtuxyz'))}.example"


async def unnoted(**_: object) -> None:
    """No log is asked for what a test does."""


async def claim(deployment: Deployment, tenant: Tenant, typed: str) -> Claim:
    """Claim ``typed`` with all the refusals there are."""
    name = naming.stored(typed, base_domain=deployment.settings.base_domain)
    await comparing.refuse_others(deployment.directory, name=name, company_role=tenant.schema_name)
    async with deployment.scopes.inside(tenant):
        return await claiming.find(claim=await claiming.claim(name=name, at=clock.now(), note=unnoted))


async def claim_past_the_form(deployment: Deployment, tenant: Tenant, name: str) -> Claim:
    """What somebody could do who speaks SQL as the company's role."""
    async with deployment.scopes.inside(tenant):
        return await claiming.find(claim=await claiming.claim(name=name, at=clock.now(), note=unnoted))


async def standing(deployment: Deployment, tenant: Tenant, claim: Claim) -> Claim:
    """The claim as it is now."""
    async with deployment.scopes.reading(tenant):
        return await claiming.find(claim=claim.id)


def prover(dns: NameServer, **instead: object) -> Prover:
    """One that asks the test's own server and lets nobody into our net, but for what ``instead`` allows."""
    return Prover(outside.resolver([("127.0.0.1", dns.port)]))._replace(**instead)


async def look(deployment: Deployment, tenant: Tenant, claim: UUID, by: Prover) -> None:
    """The worker's job, done at once."""
    server, settings = deployment.server, deployment.settings
    pool = await servers.pool_as(server, settings, server.worker_role, size=1)
    async with pool:
        await domains.errand(settings, pool, by).run(partial(deployment.scopes.inside, tenant), claim, clock.now())


def publish(dns: NameServer, claim: Claim) -> None:
    """Put the claim's record where it belongs."""
    dns.says(proving.record(claim.name), proving.words(claim.token))


async def proven(deployment: Deployment, tenant: Tenant, typed: str) -> Claim:
    """A domain that is served."""
    claimed = await claim(deployment, tenant, typed)
    await judge(deployment, claimed, Found("dns", None))
    deployment.directory.forget()
    return await standing(deployment, tenant, claimed)


async def prove_all(deployment: Deployment, tenant: Tenant) -> None:
    """All a company claims is served."""
    async with deployment.scopes.reading(tenant):
        claims = await claiming.every()
    for claimed in claims:
        await judge(deployment, claimed, Found("dns", None))


async def judge(deployment: Deployment, claimed: Claim, found: Found) -> None:
    """What the worker writes down."""
    server = deployment.server
    worker = await servers.connect_as(server, deployment.settings, server.worker_role)
    try:
        await judging.judge(worker, claim=claimed, found=found, at=clock.now())
    finally:
        await worker.close()
