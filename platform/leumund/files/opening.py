"""Open a company from its folder, or change what differs in one that is open: all of it, or nothing."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from leumund.company import describing
from leumund.company.describing import NotDescribed
from leumund.files import applying, checking, hosting
from leumund.files.faults import Fault, Faulty
from leumund.files.folder import CompanyFolder
from leumund.files.reading import Examined
from leumund.files.shaping import FILE
from leumund.kit import actors, clock
from leumund.kit.faults import Refused
from leumund.kit.ground import Connection
from leumund.ledger import balancing
from leumund.operating import noting
from leumund.operating.noting import About
from leumund.programs import publishing
from leumund.tenancy import provisioning
from leumund.tenancy.database.server import as_owner
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import State, Tenant, UnknownTenant
from leumund.tenancy.domains import comparing, naming
from leumund.tenancy.leaving import erasing

NOTHING = "nothing changed"
OPENED = "opened"
_CHANGEABLE = (State.OPENING, State.OPEN)


async def apply_examined(
    deployment: Deployment, examined: Examined, *, owner: Connection, twin_of: UUID | None = None
) -> list[str]:
    """Apply a folder as it was found; returns a line for each change. Raises Faulty with all that is wrong.

    ``owner`` is the migration role's connection, over which a new company is opened: as the test company of ``twin_of``
    where that is said.
    """
    faults = [*examined.faults, *await _faults_here(deployment, examined.slug, examined.hosts, examined.currency)]
    if faults:
        raise Faulty(faults)
    assert examined.company is not None, "without faults there is one"
    return await _change(deployment, examined.company, owner, twin_of)


async def apply_folder(deployment: Deployment, company: CompanyFolder) -> list[str]:
    """Apply a folder that was read; returns a line for each change. Raises Faulty for what is wrong only here."""
    keys = {host: f"hosts[{place}]" for place, host in enumerate(company.hosts, 1)}
    if faults := await _faults_here(deployment, company.slug, keys, company.company.currency):
        raise Faulty(faults)
    async with as_owner(deployment.server) as owner:
        return await _change(deployment, company, owner)


async def _change(
    deployment: Deployment, company: CompanyFolder, owner: Connection, twin_of: UUID | None = None
) -> list[str]:
    hosts = [_given(deployment, company.slug), *company.hosts]
    async with _opened(deployment, company, owner, twin_of) as (tenant, opened):
        settling = provisioning.settling(
            deployment.server, deployment.settings, tenant=tenant.id, name=company.name, hosts=hosts, at=clock.now()
        )
        # The directory's transaction stands around the company's, so that one's fault undoes the other.
        async with settling as settled:
            async with deployment.scopes.inside(tenant):
                # Asked for in here, since two who apply at once have the same millisecond outside.
                applied = await applying.apply(company, host=hosting.host(deployment.settings), at=clock.now())
            changes = [*opened, *applied, *settled.changes]
            if changes:
                await _note(settled.connection, tenant)
    return changes or [NOTHING]


async def _note(connection: Connection, tenant: Tenant) -> None:
    """Tell the operators' log, which hears of a company that is new when it opens."""
    action = "company.created" if tenant.state is State.OPENING else "company.applied"
    about = About(tenant=tenant.id, slug=tenant.slug)
    await noting.note(connection, actor=actors.COMMAND_LINE, action=action, at=clock.now(), about=about)


@asynccontextmanager
async def _opened(
    deployment: Deployment, company: CompanyFolder, owner: Connection, twin_of: UUID | None
) -> AsyncIterator[tuple[Tenant, list[str]]]:
    """The company of this slug; one that is opened for the block is gone again when the block raises."""
    try:
        tenant, opened = await deployment.directory.by_slug(company.slug), list[str]()
    except UnknownTenant:
        await provisioning.open_company(
            owner, deployment.settings, slug=company.slug, name=company.name, twin_of=twin_of
        )
        tenant, opened = await deployment.directory.by_slug(company.slug), [OPENED]
    try:
        yield tenant, opened
    except BaseException:
        if opened:
            await erasing.erase(deployment.server, tenant, at=clock.now())
        raise


async def _faults_here(deployment: Deployment, slug: str, hosts: Mapping[str, str], currency: str) -> list[Fault]:
    """What is wrong with a folder here: a company that is closed, hosts that are not its own, another currency."""
    faults = [Fault(FILE, key, reason) for key, reason in _not_to_be_claimed(deployment, slug, hosts)]
    if not slug:
        # Which hosts are another company's is known only of a company that has a name.
        return faults
    given = _given(deployment, slug)
    taken = await provisioning.hosts_of_others(deployment.server, slug=slug, hosts=[given])
    faults += [Fault(FILE, "hosts", f"{host} is another company's") for host in sorted(taken)]
    try:
        tenant = await deployment.directory.by_slug(slug)
    except UnknownTenant:
        return faults + await _faults_of_kin(deployment, "", hosts)
    if tenant.is_twin:
        faults += [Fault(FILE, key, f"{host}: a test company has no domains of its own") for host, key in hosts.items()]
    faults += await _faults_of_kin(deployment, tenant.schema_name, hosts)
    if tenant.state not in _CHANGEABLE:
        return [*faults, Fault(FILE, "slug", f"{slug} is {tenant.state}; open it first")]
    return faults + await _faults_of_money(deployment, tenant, currency)


async def _faults_of_money(deployment: Deployment, tenant: Tenant, currency: str) -> list[Fault]:
    """A currency stays once money is booked in it, or promised: what people earn would read as another amount."""
    async with deployment.scopes.reading(tenant):
        try:
            standing = (await describing.profile()).currency
        except NotDescribed:
            return []
        if not currency or currency == standing:
            return []
        why = "booked" if await balancing.totals() else "promised" if await publishing.promised() else ""
    said = f"stays {standing}, since money is {why} in it; {currency} is another"
    return [Fault(FILE, "currency", said)] if why else []


async def _faults_of_kin(deployment: Deployment, company_role: str, hosts: Mapping[str, str]) -> list[Fault]:
    """Hosts that another company has proven, or that read like one of these."""
    faults = []
    for host, key in hosts.items():
        try:
            await comparing.refuse_others(deployment.directory, name=host, company_role=company_role)
        except Refused as fault:
            faults.append(Fault(FILE, key, f"{host}: {checking.said(fault)}"))
    return faults


def _not_to_be_claimed(deployment: Deployment, slug: str, hosts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for host, key in hosts.items():
        if host == _given(deployment, slug):
            yield key, f"{host} is the company's without being named"
            continue
        try:
            naming.stored(host, base_domain=deployment.settings.base_domain)
        except Refused as fault:
            yield key, f"{host}: {checking.said(fault)}"


def _given(deployment: Deployment, slug: str) -> str:
    return naming.given(slug, base_domain=deployment.settings.base_domain)
