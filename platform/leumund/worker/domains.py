"""Prove a company's domain: look, as anybody could, and write down as the worker's own role what was found."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit.faults import Refused
from leumund.kit.settings import Settings
from leumund.tenancy import server as servers
from leumund.tenancy.domains import claiming, judging, naming
from leumund.tenancy.domains.claiming import Claim, ClaimUnknown
from leumund.tenancy.domains.proving import Found, Prover

# Whoever asks again and again has us ask their servers no more often than this.
_LOOK_EVERY = timedelta(seconds=5)


def deed(settings: Settings, prover: Prover) -> Callable[[UUID, datetime], Awaitable[None]]:
    """The deed of ``claiming.KIND``, called within the scope of the company that claims."""

    async def prove(subject: UUID, at: datetime) -> None:
        try:
            claim = await claiming.find(claim=subject)
        except ClaimUnknown:
            # Dropped meanwhile, or never this company's: either way there is nothing to prove.
            return
        if claim.checked_at is None or at - claim.checked_at >= _LOOK_EVERY:
            await _note(settings, claim, await _look(settings, prover, claim), at)

    return prove


async def _look(settings: Settings, prover: Prover, claim: Claim) -> Found:
    try:
        # A claim that came past the form is held to its rules all the same.
        if naming.stored(claim.name, base_domain=settings.base_domain) != claim.name:
            return Found(None, "not_allowed")
    except Refused:
        return Found(None, "not_allowed")
    return await prover.look(name=claim.name, token=claim.token)


async def _note(settings: Settings, claim: Claim, found: Found, at: datetime) -> None:
    assert settings.database_url is not None, "a worker has a database"
    server = servers.parse(settings.database_url.get_secret_value())
    connection = await servers.connect_as(server, settings, server.worker_role)
    try:
        await judging.judge(connection, claim=claim, found=found, at=at)
    finally:
        await connection.close()
