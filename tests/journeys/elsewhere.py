"""A second deployment with a server, secrets and master keys of its own, for companies that move there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr

from leumund.kit.settings import Settings
from leumund.tenancy import deployment as deployments
from leumund.tenancy import embedded, migrating
from leumund.tenancy import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.embedded import get_server


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
        get_server(folder.resolve() / "postgres").psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        settings = base.model_copy(update={"database_url": SecretStr(url)})
        await migrating.migrate_platform(servers.parse(url), settings)
        async with deployments.opened(settings, role=role) as deployment:
            yield deployment
