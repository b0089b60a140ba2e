"""``leumund pooler``: what a PgBouncer has to be told so that companies stay apart."""

import os
from pathlib import Path
from typing import Annotated

import typer

from leumund.cli import opening
from leumund.tenancy.database import pooling
from leumund.tenancy.database import server as servers

_OWNER_ONLY = 0o600


def config(folder: Annotated[Path, typer.Argument(help="Where pgbouncer.ini and userlist.txt are written.")]) -> None:
    """Write pgbouncer.ini and userlist.txt; both are readable to their owner alone, and ours to overwrite."""
    with opening.settled() as settings:
        assert settings.database_url is not None, "settled() sees to it"
        server = servers.parse(settings.database_url.get_secret_value())
        files = pooling.files(server, settings, folder=str(folder.resolve()))
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "pgbouncer.ini", files.configuration)
    _write(folder / "userlist.txt", files.userlist)
    typer.echo(f"written to {folder}; start it as pgbouncer {folder / 'pgbouncer.ini'}")
    typer.echo(f"then set LEUMUND_POOLER_URL=postgresql://127.0.0.1:6432/{server.database} and run leumund doctor")


def _write(path: Path, text: str) -> None:
    """Never a moment readable to others."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), _OWNER_ONLY)
        file.write(text)
