"""Take mails that come back, by SMTP: the envelope names the company, whose scope is opened for the one deed.

Nothing of a report is kept but its kind and code. Who is not one of ours is told so while the connection stands, so
that no mail of ours ever answers anybody.
"""

import asyncio
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from leumund.kit import clock
from leumund.messages.carrying import reports, returning
from leumund.messages.carrying.reports import Report
from leumund.messages.carrying.returning import NotOurs
from leumund.tenancy.database.pools import Busy
from leumund.tenancy.database.reaching import LOST
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant, UnknownTenant

log = structlog.get_logger()
_MOST_BYTES = 512 * 1024
_PATIENCE_SECONDS = 60.0
_TAKEN, _NOBODY = "250 2.0.0 taken", "550 5.1.1 no such mailbox"
_LATER, _ONE = "451 4.3.0 come again", "452 4.5.3 one at a time"


class Taking:
    """What happens to a mail for ``domain``; the names of the methods are aiosmtpd's."""

    def __init__(self, deployment: Deployment, *, domain: str) -> None:
        self._deployment = deployment
        self._domain = domain

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse whatever is no envelope of a company's own, before anything of the mail is taken, let alone read."""
        local, _, domain = address.rpartition("@")
        if domain.lower() != self._domain or returning.company_of(local) is None:
            return _NOBODY
        if envelope.rcpt_tos:
            return _ONE
        answer = await self._answer(local, None)
        if answer == _TAKEN:
            envelope.rcpt_tos.append(local)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        report = await asyncio.to_thread(reports.read, content)
        return await self._answer(envelope.rcpt_tos[0], report)

    async def _answer(self, local: str, report: Report | None) -> str:
        """What to say of an envelope, and of the ``report`` in it, which is kept."""
        try:
            return await self._take(local, report)
        except (*LOST, Busy):
            return _LATER

    async def _take(self, local: str, report: Report | None) -> str:
        tenant = await self._tenant(local)
        if tenant is None:
            return _NOBODY
        try:
            async with self._deployment.scopes.inside(tenant):
                message = returning.message_of(local)
                if report is not None:
                    await returning.take(message=message, report=report, at=clock.now())
        except NotOurs:
            return _NOBODY
        return _TAKEN

    async def _tenant(self, local: str) -> Tenant | None:
        company = returning.company_of(local)
        assert company is not None, "RCPT saw to it"
        try:
            tenant = await self._deployment.directory.by_id(company)
        except UnknownTenant:
            return None
        return tenant if tenant.is_open else None


async def serve(deployment: Deployment, *, stop: asyncio.Event, ready: asyncio.Event | None = None) -> None:
    """Listen until ``stop`` is set, and set ``ready`` once somebody can come.

    What is in hand at the end is not answered: whoever brought it brings it again.
    """
    settings = deployment.settings
    taking = Taking(deployment, domain=settings.returns_domain)

    def met() -> Any:
        return SMTP(taking, hostname=settings.returns_domain, data_size_limit=_MOST_BYTES, timeout=_PATIENCE_SECONDS)

    server = await asyncio.get_running_loop().create_server(met, settings.listen_host, settings.returns_port)
    log.info("taking_returns", domain=settings.returns_domain, port=settings.returns_port)
    async with server:
        if ready is not None:
            ready.set()
        await stop.wait()
