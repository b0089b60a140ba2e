"""Whether the database is reached, which the log says when it changes and not each time somebody tries."""

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
