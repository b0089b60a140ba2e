"""Tell every process that the directory has changed: a company opened, closed, moved, migrated, rekeyed or left.

The word goes out when the writer's transaction commits, and not when it does not. It carries nothing: whoever hears it
looks for himself, so that a company that says it too (PostgreSQL lets every role) costs us a look and deceives nobody.
"""

from leumund.kit.ground import Connection

CHANNEL = "leumund_directory"


async def announce(connection: Connection) -> None:
    """Have all processes look anew once this transaction has committed; said twice in one, it is heard once."""
    await connection.execute("SELECT pg_notify($1, '')", CHANNEL)
