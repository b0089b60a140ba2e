"""A real PgBouncer between a deployment and its server, on a socket in a folder of its own."""

import asyncio
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from leumund.tenancy.database import pooling
from leumund.tenancy.deployment import Deployment

# It refuses to run as root; so does the embedded server, which has made this user.
_USER = "pgserver"
_PORT = 6432


@asynccontextmanager
async def bouncing(
    deployment: Deployment, *, changed: Mapping[str, str], databases: str | None = None, users: str = ""
) -> AsyncIterator[str]:
    """Run PgBouncer by our own configuration with some settings ``changed``; yields its LEUMUND_POOLER_URL.

    ``databases`` stands for the line that says where the database is, ``users`` for more lines of its list.
    """
    folder = Path(tempfile.mkdtemp(prefix="leumund-bouncer-"))
    try:
        files = pooling.files(deployment.server, deployment.settings, folder=str(folder))
        ini = _changed(files.configuration, {"listen_addr": "", "unix_socket_dir": str(folder), **changed}, databases)
        (folder / "pgbouncer.ini").write_text(ini)
        (folder / "userlist.txt").write_text(files.userlist + users)
        async with _running(folder):
            yield f"postgresql://:{_PORT}/{deployment.server.database}?host={folder}"
    finally:
        shutil.rmtree(folder)


def _changed(ini: str, changed: Mapping[str, str], databases: str | None) -> str:
    head, settings = ini.split("[pgbouncer]\n")
    if databases is not None:
        head = f"[databases]\n{databases}\n"
    kept = [line for line in settings.splitlines() if line.split(" =")[0] not in changed]
    return "\n".join([head, "[pgbouncer]", *kept, *(f"{name} = {value}" for name, value in changed.items())]) + "\n"


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[None]:
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None, "make test installs it"
    user = _USER if os.geteuid() == 0 else None
    for name in ("", "pgbouncer.ini", "userlist.txt") if user else ():
        os.chown(folder / name, pwd.getpwnam(_USER).pw_uid, -1)
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program, str(folder / "pgbouncer.ini"), stdout=log, stderr=log, user=user
        )
    try:
        async with asyncio.timeout(60):
            while not await _answers(folder):
                assert process.returncode is None, (folder / "log").read_text()
                await asyncio.sleep(0.02)
        yield
    finally:
        process.terminate()
        await process.wait()


async def _answers(folder: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(folder / f".s.PGSQL.{_PORT}")
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
