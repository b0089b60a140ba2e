"""Look outside for a company's mails: what its domain's DNS says, and whether one gets in at its own server.

Both ask strangers, who may take their time: no connection of the company and no transaction waits for them.
"""

from datetime import datetime
from uuid import UUID

from leumund.kit import outside
from leumund.kit.outside import NotReached
from leumund.kit.settings import Settings
from leumund.messages.carrying import choosing, records, signing
from leumund.messages.carrying.handing import Carrier
from leumund.messages.carrying.signing import Sender
from leumund.worker.working import Errand, Inside


def carrier(settings: Settings) -> Carrier:
    """The one this deployment works with."""
    return Carrier(
        settings.smtp_url.get_secret_value(), settings.returns_domain, outside.resolver(settings.name_servers())
    )


def looking_up(settings: Settings, by: Carrier) -> Errand:
    """The errand of ``signing.KIND``: ask DNS for the three records of a sender domain."""

    async def look_up(inside: Inside, subject: UUID, at: datetime) -> None:
        async with inside():
            sender = await signing.find(domain=subject)
        if sender is not None:
            said = await _said(sender, by, settings.sender_spf)
            async with inside():
                await signing.found(domain=subject, said=said, at=at)

    return Errand(look_up)


def trying(by: Carrier) -> Errand:
    """The errand of ``choosing.KIND``: get in at a company's own server, and send nothing."""

    async def try_server(inside: Inside, subject: UUID, at: datetime) -> None:
        async with inside():
            server = await choosing.entry(server=subject)
        if server is not None:
            fault = await by.get_in(server)
            async with inside():
                await choosing.tried(server=subject, fault=fault, at=at)

    return Errand(try_server)


async def _said(sender: Sender, by: Carrier, spf: str) -> dict[str, str]:
    """A word of ``records`` for each kind; nothing of SPF where nobody told what it should say."""
    said = {
        "dkim": await _judged(by, records.dkim_name(sender.name, sender.selector), "dkim", sender, spf),
        "dmarc": await _judged(by, records.dmarc_name(sender.name), "dmarc", sender, spf),
    }
    return said | ({"spf": await _judged(by, sender.name, "spf", sender, spf)} if spf else {})


async def _judged(by: Carrier, name: str, kind: str, sender: Sender, spf: str) -> str:
    try:
        texts = await outside.texts(by.resolver, name, aliases=True)
    except NotReached:
        return records.NO_ANSWER
    if kind == "spf":
        return records.judge_spf(texts, mechanism=spf)
    return records.judge_dkim(texts, public_key=sender.public_key) if kind == "dkim" else records.judge_dmarc(texts)
