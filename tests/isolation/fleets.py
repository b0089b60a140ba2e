"""A database of its own with a few companies in it, on the tests' server, and histories with one file more."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from pydantic import SecretStr

from leumund.demo import staging
from leumund.kit import places
from leumund.kit.settings import Settings
from leumund.tenancy import migrating
from leumund.tenancy.database import embedded, fencing
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.migrating import Migration
from tests import served

ROOT = Path(__file__).parent.parent.parent
# The command as it is installed, but for where it finds its migrations.
_COMMAND = (
    "import sys; from pathlib import Path; from leumund.kit import places; folder = Path(sys.argv.pop(1)); "
    "places.migrations = lambda: folder; from leumund.cli import app; app()"
)


class Fleet(NamedTuple):
    """Companies alone in a database; ``schemas`` by slug."""

    server: Server
    settings: Settings
    schemas: dict[str, str]

    async def rows(self, sql: str, *arguments: object) -> list[tuple]:
        """What the owner reads."""
        owner = await servers.connect_owner(self.server)
        try:
            return [tuple(row) for row in await owner.fetch(sql, *arguments)]
        finally:
            await owner.close()

    def started(self, history: Path, *arguments: str) -> "subprocess.Popen[str]":
        """``leumund`` in a process of its own, with the migrations in ``history``."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "platform"),
            **staging.environment_of(self.settings),
        }
        command = [sys.executable, "-c", _COMMAND, str(history), *arguments]
        return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@asynccontextmanager
async def fleet(deployment: Deployment, *, companies: int) -> AsyncIterator[Fleet]:
    """``companies`` of them, gone with their database when the block ends."""
    name = "fleet_" + uuid4().hex[:8]
    postgres = embedded.get_server(deployment.settings.data.resolve() / "postgres")
    postgres.psql(f"CREATE DATABASE {name} OWNER {deployment.server.owner};")
    server = deployment.server._replace(database=name)
    postgres.psql(f"\\connect {name}\n{fencing.fence(owner=server.owner, operator=server.operator_role)}")
    assert deployment.settings.database_url is not None
    url = urlsplit(deployment.settings.database_url.get_secret_value())._replace(path=f"/{name}")
    settings = deployment.settings.model_copy(update={"database_url": SecretStr(urlunsplit(url))})
    try:
        await migrating.migrate_platform(server, settings)
        slugs = [f"{name.replace('_', '-')}-{number}" for number in range(companies)]
        schemas = await served.many_made(server, settings, slugs, jobs=2)
        yield Fleet(server, settings, schemas)
    finally:
        owner = await servers.connect_owner(server)
        schemas = dict(await owner.fetch("SELECT slug, schema_name FROM platform.tenant"))
        await owner.close()
        postgres.psql(f"DROP DATABASE {name} WITH (FORCE);")
        roles = [*schemas.values(), *server.serving_roles]
        postgres.psql("".join(f"DROP ROLE IF EXISTS {role};" for role in roles))


def following(script: str) -> Migration:
    """A file that comes after all there are."""
    return Migration(len(migrating.history("tenant")) + 1, "following", script)


def history_with(folder: Path, added: Migration) -> Path:
    """Our migrations and one more for companies, in ``folder``."""
    shutil.copytree(places.migrations(), folder)
    (folder / "tenant" / f"{added.version:04}_{added.name}.sql").write_text(added.script)
    return folder
