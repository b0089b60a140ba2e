"""The commands look at the way to the database before they serve anybody, and write what a safe one is made of."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from leumund.demo import staging
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import deriving
from tests.isolation.bouncer import bouncing


async def leumund(deployment: Deployment, *words: str, **variables: str) -> tuple[int, str]:
    """Run the command with the tests' settings and these ``variables``; its exit code and all it said."""
    environment = {**os.environ, **staging.environment_of(deployment.settings), "LEUMUND_PUBLIC_PORT": "", **variables}
    command = (sys.executable, "-m", "leumund.cli", *words)
    process = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=-2, env=environment)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 60)
    except TimeoutError:
        # It serves, which no test wants of it: it must not go on beside the others.
        process.terminate()
        await process.wait()
        raise
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_what_a_pooler_reads_is_for_its_user_alone(deployment: Deployment, tmp_path: Path):
    folder = tmp_path / "pooler"
    code, said = await leumund(deployment, "pooler", "config", str(folder))
    assert code == 0, said
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {
        "pgbouncer.ini": "0o600",
        "userlist.txt": "0o600",
    }
    password = deriving.password_of(deployment.settings, deployment.server.pooler_role)
    assert password in (folder / "userlist.txt").read_text()
    assert password not in said
    assert deployment.settings.secret_key.get_secret_value() not in (folder / "pgbouncer.ini").read_text()


@pytest.mark.parametrize("command", ["serve", "work"])
async def test_behind_a_pooler_that_crosses_companies_nobody_is_served(
    deployment: Deployment, brands: dict[str, Tenant], command: str
):
    at = deployment.server
    # The first that is tried: PgBouncer logs in to the server by what it learned from whoever came first.
    first = min(tenant.schema_name for tenant in await deployment.directory.all() if tenant.is_open)
    shared = (
        f"{at.database} = host={at.host} port={at.port} dbname={at.database} user={first} "
        f"password={deriving.password_of(deployment.settings, first)} auth_user={at.pooler_role}"
    )
    async with bouncing(deployment, changed={"server_reset_query_always": "0"}, databases=shared) as url:
        code, said = await leumund(deployment, command, LEUMUND_POOLER_URL=url)
        looked, examined = await leumund(deployment, "doctor", LEUMUND_POOLER_URL=url)
    assert code == 1
    assert "no safe way to the database" in said
    assert looked == 1
    assert "FAIL  way: whoever logs in as" in examined


async def test_behind_ours_the_doctor_finds_sessions_apart(deployment: Deployment, brands: dict[str, Tenant]):
    async with bouncing(deployment, changed={}) as url:
        _, examined = await leumund(deployment, "doctor", LEUMUND_POOLER_URL=url)
    assert "ok    way: through the pooler, sessions stay apart: tried as 2 companies" in examined
