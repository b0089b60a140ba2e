"""A second deployment with a server, secrets and master keys of its own, for companies that move there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr

from leumund.cli import noting
from leumund.kit import clock
from leumund.kit.settings import Settings
from leumund.tenancy import deployment as deployments
from leumund.tenancy import migrating
from leumund.tenancy.database import embedded
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.embedded import get_server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.moving import archiving, encrypting, importing
from leumund.tenancy.moving.archive import Manifest
from leumund.tenancy.moving.packing import Packed


@asynccontextmanager
async def opened(folder: Path, *, role: str = "web") -> AsyncIterator[Deployment]:
    """Another deployment under the same base domain, in ``folder``, migrated and open."""
    base = Settings(
        secret_key="another secret for tests only, long enough too",
        master_keys="another master key for tests only and long enough",
        base_domain="leumund.example",
        smtp_url="smtp://127.0.0.1:1",
        data=folder,
    )
    with embedded.running(base, database="leumund_" + uuid4().hex[:8]) as url:
        get_server(base.data / "postgres").psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        settings = base.model_copy(update={"database_url": SecretStr(url)})
        await migrating.migrate_platform(servers.parse(url), settings)
        async with deployments.opened(settings, role=role) as deployment:
            yield deployment


async def archived(deployment: Deployment, tenant: Tenant, folder: Path, name: str = "company") -> Packed:
    """An archive of ``tenant`` in ``folder``, beside the key that opens it."""
    return await archiving.archive_company(
        deployment.server,
        deployment.settings,
        tenant,
        file=folder / f"{name}.tar.age",
        recipients=[recipient(folder)],
        at=clock.now(),
    )


async def taken_in(there: Deployment, folder: Path, name: str = "company") -> Manifest:
    """Take the archive in ``folder`` in."""
    return await importing.take_in(
        there.server,
        there.settings,
        file=folder / f"{name}.tar.age",
        identities=folder / "key",
        at=clock.now(),
        note=noting.note,
    )


def recipient(folder: Path) -> str:
    """Whom archives in ``folder`` are sealed for; their key is made the first time."""
    key = folder / "key"
    return key.read_text().split()[3] if key.exists() else encrypting.make_key(key)
