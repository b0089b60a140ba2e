"""Log in with the right password and with a wrong one."""

import asyncpg
from pydantic import SecretStr

from leumund.kit.settings import Settings
from leumund.tenancy.database import server as servers
from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying.findings import DONE, Tries, Visit


async def with_a_wrong_password(server: Server, settings: Settings, *, role: str) -> Visit:
    """Try to log in as ``role`` with a password derived from another secret."""
    wrong = settings.model_copy(update={"secret_key": SecretStr("not the secret of this deployment")})
    try:
        async with servers.logged_in(server, wrong, role):
            answer = DONE
    except asyncpg.InvalidAuthorizationSpecificationError as fault:
        answer = str(fault.sqlstate)
    tries = Tries(statement="login with a wrong password", answer=answer, good=answer != DONE)
    return Visit(check="logins", role=role, tries=(tries,))


def locked_out(role: str, fault: asyncpg.PostgresError) -> Visit:
    """What is told of a ``role`` that the password of this deployment does not let in."""
    tries = Tries(statement="login with the derived password", answer=str(fault.sqlstate), good=False)
    return Visit(check="logins", role=role, tries=(tries,))
