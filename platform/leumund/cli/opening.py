"""What every command begins with: settings that are right, a database that runs, and faults in plain words."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from socket import gaierror
from typing import NoReturn, TypeVar

import asyncpg
import typer
from pydantic import SecretStr

from leumund.kit import environment, language
from leumund.kit.environment import BadSettings
from leumund.kit.faults import Refusals, Refused
from leumund.kit.settings import Settings
from leumund.tenancy import deployment as deployments
from leumund.tenancy.database import embedded
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant
from leumund.tenancy.keys.wrapping import MasterMissing

Result = TypeVar("Result")


@contextmanager
def settled() -> Iterator[Settings]:
    """Settings whose ``database_url`` is set: the configured server's, or the embedded one's, running meanwhile."""
    try:
        settings = environment.read()
    except BadSettings as fault:
        stop(str(fault))
    if settings.database_url is not None:
        with _plain_faults():
            yield settings
        return
    with embedded.running(settings) as url, _plain_faults():
        yield settings.model_copy(update={"database_url": SecretStr(url)})


@contextmanager
def _plain_faults() -> Iterator[None]:
    """What those who operate can mend is said in a sentence; everything else is ours, and keeps its traceback."""
    try:
        yield
    except OSError as fault:
        if not is_unreached(fault):
            raise
        stop(f"the database cannot be reached ({fault}); LEUMUND_DATABASE_URL says where it is")
    except asyncpg.InvalidAuthorizationSpecificationError:
        stop("the database refuses the login; look at LEUMUND_DATABASE_URL and LEUMUND_SECRET_KEY, then leumund doctor")
    except MasterMissing as fault:
        stop(str(fault))
    except asyncpg.InvalidCatalogNameError:
        stop("there is no database by the name in LEUMUND_DATABASE_URL")
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError, asyncpg.UndefinedColumnError):
        stop("the database is not up to date; run leumund migrate")


async def meant(deployment: Deployment, slugs: Sequence[str]) -> list[Tenant]:
    """The companies that are named, or every open one where none is. Raises UnknownTenant."""
    if slugs:
        return [await deployment.directory.by_slug(slug) for slug in slugs]
    return [tenant for tenant in await deployment.directory.all() if tenant.is_open]


def is_unreached(fault: OSError) -> bool:
    """Whether it is the database that was not found, and no file: a socket's fault names none."""
    return isinstance(fault, ConnectionError | TimeoutError | gaierror) or (
        isinstance(fault, FileNotFoundError) and fault.filename is None
    )


def inside_deployment(deed: Callable[[Deployment], Awaitable[Result]], *, role: str = "web") -> Result:
    """Run ``deed`` on the open deployment and turn anticipated faults into a line and exit code 1."""

    async def run(settings: Settings) -> Result:
        async with deployments.opened(settings, role=role) as deployment:
            return await deed(deployment)

    with settled() as settings:
        try:
            return asyncio.run(run(settings))
        except UnknownTenant as fault:
            stop(f"no company is called {fault}")
        except Refused as fault:
            stop(language.text(fault.key, "en", **fault.values))
        except Refusals as faults:
            stop("\n".join(language.text(fault.key, "en", **fault.values) for fault in faults.faults))


def stop(message: str) -> NoReturn:
    """Say what is wrong and end with exit code 1."""
    typer.echo(message, err=True)
    sys.exit(1)
