"""PgBouncer between us and the server: what it has to be told so that a connection stays one company's.

It pools by user, and each company is a user, so no connection ever passes from one to another. What a session of a
company begins with (roles.session) it says itself on every new connection and again after each transaction: what a
request left set is gone, for the next one of the same company too. It asks the database how a company logs in at the
moment one does, so that a company opened a second ago is let in, and is shown companies' roles only. The platform's own
roles, whoever listens and the migration role go straight to the server.
"""

from typing import NamedTuple

from leumund.kit.settings import Settings
from leumund.tenancy import roles
from leumund.tenancy.database.server import Server
from leumund.tenancy.keys import deriving

# A company's role is called like its schema, and its home is asked of the session: one sentence serves all companies.
_HOME = "session_user::text"
_RESET = (
    "RESET SESSION AUTHORIZATION; RESET ALL; CLOSE ALL; UNLISTEN *; DEALLOCATE ALL; DISCARD TEMP; DISCARD SEQUENCES; "
    "SELECT pg_advisory_unlock_all(); "
)
_CONFIGURATION = """\
; Written by leumund pooler config. What is here keeps companies apart; sizes may be changed.
[databases]
{database} = host={host} port={port} dbname={database} auth_user={pooler} connect_query='{greeting}'

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = 6432
auth_type = scram-sha-256
auth_file = {folder}/userlist.txt
auth_query = SELECT name, secret FROM platform.pooled_login WHERE name = $1
pool_mode = transaction
server_reset_query = {reset}
server_reset_query_always = 1
; Whatever a client asks for that is not known here is refused rather than lost.
ignore_startup_parameters =
; Connections to the server: at most so many a company, and so many in all.
default_pool_size = {per_company}
max_db_connections = {connections}
max_client_conn = {clients}
server_idle_timeout = 60
query_wait_timeout = 10
"""


class Files(NamedTuple):
    """What PgBouncer reads; ``userlist`` is secret."""

    configuration: str
    userlist: str


def files(server: Server, settings: Settings, *, folder: str) -> Files:
    """The files of a PgBouncer in front of ``server``, to lie in ``folder``."""
    greeting = _greeting()
    configuration = _CONFIGURATION.format(
        database=server.database,
        host=server.host,
        port=server.port,
        pooler=server.pooler_role,
        folder=folder,
        greeting=greeting.replace("'", "''"),
        reset=_RESET + greeting,
        per_company=settings.connections_per_company,
        connections=settings.connections * settings.web_processes,
        clients=settings.connections * settings.web_processes * 10,
    )
    return Files(configuration, f'"{server.pooler_role}" "{deriving.password_of(settings, server.pooler_role)}"\n')


def _greeting() -> str:
    """One statement that gives a session what roles.session says, whatever its role says of itself."""
    said = {name: f"'{value}'" for name, value in roles.session("").items()} | {"search_path": _HOME}
    return "SELECT " + ", ".join(f"set_config('{name}', {value}, false)" for name, value in said.items())
