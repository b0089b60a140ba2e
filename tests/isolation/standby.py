"""A real streaming replica of the tests' own server, in a folder of its own."""

import asyncio
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg

from leumund.tenancy.database import embedded
from leumund.tenancy.deployment import Deployment

_HBA = "local replication postgres trust\n"


class Standby(NamedTuple):
    """Where the replica is, and what only a superuser may tell it."""

    url: str
    folder: Path
    database: str

    async def says(self, sql: str) -> None:
        connection = await asyncpg.connect(host=str(self.folder), database=self.database, user="postgres")
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def stop(self) -> None:
        await _run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    async def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        await _run("pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-o", options, "-w", "start")


@asynccontextmanager
async def following(deployment: Deployment) -> AsyncIterator[Standby]:
    """A replica that follows the tests' server until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="leumund-standby-"))
    primary = embedded.get_server(Path(deployment.server.host))
    hba = Path(deployment.server.host) / "pg_hba.conf"
    before = hba.read_text()
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam(str(primary.system_user)).pw_uid, -1)
    database = deployment.server.database
    standby = Standby(f"postgresql:///{database}?host={folder}", folder, database)
    try:
        hba.write_text(_HBA + before)
        primary.psql("SELECT pg_reload_conf();")
        at = ("-h", deployment.server.host, "-U", "postgres", "-D", f"{folder}/data")
        await _run("pg_basebackup", *at, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        await standby.start()
        yield standby
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            await standby.stop()
        hba.write_text(before)
        primary.psql("SELECT pg_reload_conf();")
        shutil.rmtree(folder)


async def _run(program: str, *arguments: str) -> None:
    """One of the server's own programs, as the user the server runs as."""
    server = next(iter(embedded.PostgresServer._instances.values()))
    process = await asyncio.create_subprocess_exec(
        server.bin_path / program, *arguments, user=server.system_user, stdout=-3, stderr=-3, cwd="/"
    )
    assert await process.wait() == 0, f"{program} failed"
