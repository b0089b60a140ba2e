"""The commands look at the way to the database before they serve anybody, and write what a safe one is made of."""

from pathlib import Path

import pytest

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.keys import deriving
from tests import shell
from tests.isolation.bouncer import bouncing


async def test_what_a_pooler_reads_is_for_its_user_alone(deployment: Deployment, tmp_path: Path):
    folder = tmp_path / "pooler"
    code, said = await shell.told(deployment.settings, "pooler", "config", str(folder))
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
        code, said = await shell.told(deployment.settings, command, LEUMUND_POOLER_URL=url)
        looked, examined = await shell.told(deployment.settings, "doctor", LEUMUND_POOLER_URL=url)
    assert code == 1
    assert "no safe way to the database" in said
    assert looked == 1
    assert "FAIL  way: whoever logs in as" in examined


async def test_behind_ours_the_doctor_finds_sessions_apart(deployment: Deployment, brands: dict[str, Tenant]):
    async with bouncing(deployment, changed={}) as url:
        _, examined = await shell.told(deployment.settings, "doctor", LEUMUND_POOLER_URL=url)
    assert "ok    way: through the pooler, sessions stay apart: tried as 2 companies" in examined
