"""A company's folder to be changed and spoiled, what it leaves in the database, and the command as a process."""

import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import tomlkit

from leumund.files import exporting, opening, reading
from leumund.files.faults import Faulty
from leumund.kit import places
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.domains import claiming

SLUGS = ("linden", "birke", "airport")
NOTHING = [opening.NOTHING]


class Folder:
    """A company's folder in a place of its own, under a slug nobody had before."""

    def __init__(self, at: Path, of: str) -> None:
        self.slug = f"{of}-{uuid4().hex[:8]}"
        self.path = Path(shutil.copytree(places.tenants() / of, at / self.slug))
        self.change(lambda company: company.update(slug=self.slug))

    def change(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Write company.toml anew after ``change``."""
        file = self.path / "company.toml"
        company = tomllib.loads(file.read_text("utf-8"))
        change(company)
        file.write_text(tomlkit.dumps(company), "utf-8")

    def spoil(self) -> None:
        """Put three faults in, each into another place."""
        self.change(lambda company: company.update(country="Germany"))
        self.change(lambda company: company["program"].update(hold_days=-1))
        (self.path / "texts" / "terms.en.md").unlink()


THREE = {
    ("company.toml", "country", "Germany is no ISO 3166-1 code such as DE"),
    ("company.toml", "program.hold_days", "Expected `int` >= 0"),
    ("texts/terms.en.md", "file", "is missing"),
}


async def apply(deployment: Deployment, folder: Path) -> list[str]:
    """Read and apply a folder, as the command does."""
    async with servers.as_owner(deployment.server) as owner:
        return await opening.apply_examined(deployment, reading.examine(folder), owner=owner)


async def rows_of(deployment: Deployment, folder: Folder) -> dict[str, list[str]]:
    """Every row of a company, of the directory and of the outbox, by table."""
    owner = await servers.connect_owner(deployment.server)
    try:
        schemas = await owner.fetch("SELECT schema_name FROM platform.tenant WHERE slug = $1", folder.slug)
        tables = await owner.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = ANY($1)",
            ["platform", "outbox", *(row["schema_name"] for row in schemas)],
        )
        said = {}
        for table in tables:
            found = await owner.fetch(f"SELECT t::text AS said FROM {table['name']} t")
            said[table["name"]] = sorted(row["said"] for row in found)
        return said
    finally:
        await owner.close()


async def faults(deployment: Deployment, folder: Folder) -> set[tuple[str, str, str]]:
    with pytest.raises(Faulty) as raised:
        await apply(deployment, folder.path)
    return {(fault.file, fault.key, fault.reason) for fault in raised.value.faults}


async def tenant_of(deployment: Deployment, folder: Folder) -> Tenant:
    return await deployment.directory.by_slug(folder.slug)


async def exported(deployment: Deployment, folder: Folder, to: Path) -> Path:
    """The company written back, into a folder that is not called like it."""
    tenant = await tenant_of(deployment, folder)
    async with deployment.scopes.reading(tenant):
        own = [claim.name for claim in await claiming.every()]
        await exporting.export(to / "exp", slug=tenant.slug, hosts=own)
    return to / "exp"
