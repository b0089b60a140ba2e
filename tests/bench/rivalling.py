"""django-tenants, installed into an environment of its own, at the same work on the same server."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

from leumund.tenancy.database import embedded
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.deployment import Deployment
from tests.bench import modelling

_HERE = Path(__file__).parent / "rival"
_DATABASE = "rival"
_ADDED = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("rooms", "{after}")]
    operations = [migrations.AddField("customer", "f_added{number}", models.TextField(null=True))]
"""


class Rival:
    """Its project in ``folder``; each deed returns its seconds, without the time Python and Django take to start."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._project = folder / "project"
        self._python = str(folder / "venv" / "bin" / "python")
        self._environment = environment

    def create(self, count: int) -> float:
        """Create ``count`` tenants, one after the other, which is the only way it has."""
        return float(self._ran("rival.py", "create", str(count)))

    def migrate(self, executor: str, *, number: int) -> float:
        """Add a column to every tenant with ``executor``; ``number`` is the migration's, from 2 on."""
        before = sorted((self._project / "rooms" / "migrations").glob("0*.py"))[-1].stem
        path = self._project / "rooms" / "migrations" / f"{number:04}_added.py"
        path.write_text(_ADDED.format(after=before, number=number))
        return float(self._ran("rival.py", "migrate", executor))

    def prepare(self) -> None:
        self._manage("makemigrations", "companies", "rooms")
        self._manage("migrate_schemas", "--shared")

    def _manage(self, *arguments: str) -> None:
        self._ran("-m", "django", *arguments, "--verbosity", "0")

    def _ran(self, *arguments: str) -> str:
        ran = subprocess.run(
            [self._python, *arguments], cwd=self._project, env=self._environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip() or "0"


def installed(folder: Path) -> None:
    """Put its project and an environment with it into ``folder``."""
    venv.create(folder / "venv", with_pip=True)
    command = [str(folder / "venv" / "bin" / "pip"), "install", "--quiet", "django-tenants", "psycopg[binary]"]
    subprocess.run(command, check=True, capture_output=True)
    shutil.copytree(_HERE, folder / "project")
    (folder / "project" / "rooms" / "migrations").mkdir(parents=True)
    for package in ("rooms", "rooms/migrations"):
        (folder / "project" / package / "__init__.py").touch()


async def prepared(deployment: Deployment, folder: Path, *, like: str, jobs: int) -> Rival:
    """A rival in ``folder``, where it is installed, whose tenants are like our company of schema ``like``."""
    owner = await servers.connect_owner(deployment.server)
    try:
        (folder / "project" / "rooms" / "models.py").write_text(await modelling.models(owner, like))
        print("each of ours:", await modelling.counts(owner, like), flush=True)
    finally:
        await owner.close()
    postgres = embedded.get_server(deployment.settings.data.resolve() / "postgres")
    postgres.psql(f"CREATE DATABASE {_DATABASE} OWNER {deployment.server.owner};")
    rival = Rival(folder, _environment(deployment.server, jobs))
    rival.prepare()
    print("each of django-tenants':", await _its_own(deployment, rival), flush=True)
    return rival


def _environment(server: Server, jobs: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "rival_settings",
        "RIVAL_HOST": server.host,
        "RIVAL_DATABASE": _DATABASE,
        "RIVAL_USER": server.owner,
        "RIVAL_PASSWORD": server.owner_password or "",
        "RIVAL_JOBS": str(jobs),
    }


async def _its_own(deployment: Deployment, rival: Rival) -> str:
    rival.create(1)
    owner = await servers.connect_owner(deployment.server._replace(database=_DATABASE))
    try:
        found = await modelling.counts(owner, "rival0")
        await owner.execute("DROP SCHEMA rival0 CASCADE; DELETE FROM companies_domain; DELETE FROM companies_company")
        return found
    finally:
        await owner.close()
