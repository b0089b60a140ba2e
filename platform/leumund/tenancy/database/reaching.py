"""Whether the database is reached, which the log says when it changes and not each time somebody tries."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import structlog

log = structlog.get_logger()
# What a lost, busy, locked or restarting database is told by.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
# What it is told by before anything was asked of it; a login it refuses is another matter.
NOT_LET_IN = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
)
# What may go well a moment later: it is away, full, or took somebody else's side.
PASSING = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.TransactionRollbackError,
)


@contextmanager
def plainly() -> Iterator[None]:
    """Tell a connection that was lost in a transaction by what it was lost by, and not as one that cannot be ended."""
    try:
        yield
    except asyncpg.InterfaceError as fault:
        if isinstance(fault.__context__, PASSING):
            raise fault.__context__ from None
        raise


class Reaching:
    """Somebody who comes again and again for ``what``."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._fault = ""

    def lost(self, fault: BaseException) -> None:
        """It was not reached, because of ``fault``."""
        name = type(fault).__name__
        if name != self._fault:
            log.warning(f"{self._what}_not_reached", fault=name)
        self._fault = name

    def reached(self) -> None:
        """It was."""
        if self._fault:
            log.info(f"{self._what}_reached_again")
        self._fault = ""
