"""Ask the catalog everything, in one transaction of the migration role that can only read."""

from collections.abc import Sequence

import asyncpg

from leumund.tenancy.database.server import Server
from leumund.tenancy.verifying import (
    about_rights,
    about_roles,
    about_schemas,
    about_surroundings,
    about_words,
    questions,
)
from leumund.tenancy.verifying.findings import Check

_QUESTIONS = (*about_roles.ALL, *about_schemas.ALL, *about_surroundings.ALL)


async def checks(connection: asyncpg.Connection, server: Server, *, keepers: Sequence[str]) -> list[Check]:
    """Every check of the catalog; what ``keepers`` of the server could do is noted and no finding."""
    async with connection.transaction(readonly=True, isolation="repeatable_read"):
        await questions.prepare(connection, server, keepers=keepers)
        return [
            await about_rights.of_companies(connection),
            await about_rights.of_platform(connection, server),
            await about_words.functions(connection),
            await about_words.row_security(connection, server),
            *[await questions.ask(connection, question) for question in _QUESTIONS],
            await about_rights.doors(connection, keepers=keepers),
            await about_rights.fences(connection, kept=bool(keepers)),
        ]
