"""Ask the catalog everything, in one transaction of the migration role that can only read."""

import asyncpg

from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying import about_rights, about_roles, about_schemas, about_surroundings, questions
from leumund.tenancy.verifying.findings import Check

_QUESTIONS = (*about_roles.ALL, *about_schemas.ALL, *about_surroundings.ALL)


async def checks(connection: asyncpg.Connection, server: Server) -> list[Check]:
    """Every check of the catalog."""
    async with connection.transaction(readonly=True, isolation="repeatable_read"):
        await questions.prepare(connection, server)
        rights = [await about_rights.of_companies(connection), await about_rights.of_platform(connection, server)]
        asked = [await questions.ask(connection, question) for question in _QUESTIONS]
        return [*rights, *asked, await about_rights.fences(connection)]
