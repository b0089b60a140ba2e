"""A whole deployment on this machine: embedded database, mail sink, web and worker, under ``*.localhost``."""

import os
import shlex
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import NamedTuple

from pydantic import SecretStr

from leumund.demo import processes
from leumund.demo.mailbox import Mailbox, Post
from leumund.kit.settings import Settings
from leumund.tenancy import deployment as deployments
from leumund.tenancy import migrating
from leumund.tenancy.database import embedded
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment

_SETTINGS = "settings.sh"
_NO_NIGHT = "INSERT INTO outbox.night (tenant, night_date) SELECT id, $1 FROM platform.tenant ON CONFLICT DO NOTHING"


class Stage(NamedTuple):
    """What the demo's people walk on; ``at`` is where the web process listens.

    Customers read their mail in ``mailbox``, or in what stands ``instead`` of one where no mail leaves.
    """

    deployment: Deployment
    mailbox: Mailbox
    at: str
    instead: Post | None = None

    @property
    def post(self) -> Post:
        """Where customers read their mail."""
        return self.instead or self.mailbox

    @property
    def settings_file(self) -> Path:
        """What a shell reads to run commands on this deployment."""
        return self.deployment.settings.data / _SETTINGS


@asynccontextmanager
async def staged(data: Path, *, wished_port: int = 0) -> AsyncIterator[Stage]:
    """Set everything up in ``data``, web and worker running, and take it down again."""
    async with prepared(data, wished_port=wished_port) as stage:
        environment = environment_of(stage.deployment.settings)
        write_settings(stage)
        with processes.running(environment, log_path=str(data / "processes.log")):
            yield stage


@asynccontextmanager
async def prepared(data: Path, *, wished_port: int = 0) -> AsyncIterator[Stage]:
    """All but the processes; the secret is random and lives as long as the stage."""
    async with AsyncExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(data / "mails"))
        port = stack.enter_context(processes.held_port(wished_port))
        settings = Settings(
            secret_key=SecretStr(token_urlsafe(32)),
            master_keys=SecretStr(token_urlsafe(32)),
            base_domain="localhost",
            smtp_url=SecretStr(mailbox.url),
            data=data,
            listen_port=port,
            public_scheme="http",
            public_port=port,
        )
        url = stack.enter_context(embedded.running(settings))
        settings = settings.model_copy(update={"database_url": SecretStr(url)})
        await migrating.migrate_platform(servers.parse(url), settings)
        deployment = await stack.enter_async_context(deployments.opened(settings, role="web"))
        yield Stage(deployment, mailbox, f"http://127.0.0.1:{port}")


def environment_of(settings: Settings) -> dict[str, str]:
    """``settings`` as the variables a process of its own reads them from."""
    assert settings.database_url is not None, "the stage has a database"
    return {
        "LEUMUND_SECRET_KEY": settings.secret_key.get_secret_value(),
        "LEUMUND_MASTER_KEYS": ",".join(settings.masters()),
        "LEUMUND_BASE_DOMAIN": settings.base_domain,
        "LEUMUND_SMTP_URL": settings.smtp_url.get_secret_value(),
        "LEUMUND_DATABASE_URL": settings.database_url.get_secret_value(),
        "LEUMUND_DATA": str(settings.data),
        "LEUMUND_DNS_SERVERS": settings.dns_servers,
        "LEUMUND_LISTEN_HOST": settings.listen_host,
        "LEUMUND_LISTEN_PORT": str(settings.listen_port),
        "LEUMUND_PUBLIC_SCHEME": settings.public_scheme,
        # Empty is unset.
        "LEUMUND_PUBLIC_PORT": str(settings.public_port or ""),
        "LEUMUND_WEB_PROCESSES": str(settings.web_processes),
    }


def write_settings(stage: Stage) -> None:
    """Say for a shell how commands reach ``stage``; for its owner alone, since keys are in it."""
    environment = environment_of(stage.deployment.settings)
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
    with open(os.open(stage.settings_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
        written.writelines(lines)


async def night_is_over(stage: Stage, *, at: datetime) -> None:
    """Have the worker plan no night before tomorrow's: on a slow machine it would close days the play still fills."""
    async with servers.as_owner(stage.deployment.server) as owner:
        await owner.execute(_NO_NIGHT, at.date())
