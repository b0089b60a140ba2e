"""A company's role: how it logs in, and what each of its sessions begins with, whatever the role says of itself.

PostgreSQL lets every role change its own password and settings. Neither counts: sessions say at their start where they
are at home and how long they may take, which outranks what is set on a role, and a migration takes the rest back.
"""

from leumund.tenancy.database import scram

_LONGEST_STATEMENT = "30s"
# Written as the server writes it, so that the two can be compared.
_LONGEST_IDLE = "1min"


def session(schema_name: str) -> dict[str, str]:
    """What a session of this company's role begins with."""
    return {
        "search_path": schema_name,
        "statement_timeout": _LONGEST_STATEMENT,
        "idle_in_transaction_session_timeout": _LONGEST_IDLE,
        "default_transaction_read_only": "off",
    }


def as_it_was(schema_name: str, *, password: str, database: str) -> str:
    """The owner's statements that give the role its own password and settings, and take all others from it."""
    verifier = scram.verifier(password)
    return f"""
        ALTER ROLE {schema_name} PASSWORD '{verifier}';
        ALTER ROLE {schema_name} RESET ALL;
        ALTER ROLE {schema_name} IN DATABASE "{database}" RESET ALL;
        {_settings(schema_name)}
        {_pooled(schema_name, verifier)}
    """


def made(schema_name: str, *, password: str, connections: int) -> str:
    """The owner's statements that make the role, and its schema."""
    verifier = scram.verifier(password)
    return f"""
        CREATE ROLE {schema_name} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD '{verifier}'
            CONNECTION LIMIT {connections};
        {_settings(schema_name)}
        {_pooled(schema_name, verifier)}
        CREATE SCHEMA {schema_name};
        GRANT USAGE ON SCHEMA {schema_name} TO {schema_name};
    """


def _settings(schema_name: str) -> str:
    return "".join(f"ALTER ROLE {schema_name} SET {name} = '{value}';" for name, value in session(schema_name).items())


def _pooled(schema_name: str, verifier: str) -> str:
    """A pooler lets the role in by the verifier the server has."""
    return f"""
        INSERT INTO platform.pooled_login (name, secret) VALUES ('{schema_name}', '{verifier}')
            ON CONFLICT (name) DO UPDATE SET secret = excluded.secret;
    """  # noqa: S608 - both are made by us, of letters and digits
