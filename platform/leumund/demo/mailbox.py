"""A real SMTP server that keeps what it is given: where the demo's people read their mail."""

import asyncio
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

from aiosmtpd.controller import Controller

from leumund.demo import processes

_LINK = re.compile(r"https?://[^\s<>\"]+")


class Post(Protocol):
    """Where people read what they were sent."""

    async def wait_for(self, to: str, *, having: str = "") -> EmailMessage:
        """The newest mail to ``to`` with ``having`` in its text. Raises TimeoutError."""
        ...


class _Sink:
    def __init__(self, folder: Path) -> None:
        self.mails: list[EmailMessage] = []
        self._folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage), "the default policy makes these"
        self.mails.append(mail)
        # Any mail program opens these, so that whoever tries the demo out can read what people are sent.
        (self._folder / f"{len(self.mails):04d} {mail['to'].addresses[0].addr_spec}.eml").write_bytes(envelope.content)
        return "250 kept"


class Mailbox:
    """Listens on a free port of this machine while it is open, and keeps each mail as a file in ``folder``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._sink = _Sink(folder)
        self._port = processes.free_port()
        self._controller = Controller(self._sink, hostname="127.0.0.1", port=self._port, ready_timeout=60)

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._port}"

    @property
    def count(self) -> int:
        return len(self._sink.mails)

    async def wait_for(self, to: str, *, having: str = "", seconds: float = 90) -> EmailMessage:
        """The newest mail to ``to`` with ``having`` in its text. Raises TimeoutError."""

        def fits(mail: EmailMessage) -> bool:
            return to in str(mail["to"]) and having in text_of(mail)

        return await _until(lambda: next((mail for mail in reversed(self._sink.mails) if fits(mail)), None), seconds)


def text_of(mail: EmailMessage) -> str:
    """The plain part of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None, "each of our mails has a plain part"
    return str(body.get_content())


def link_in(mail: EmailMessage, path: str) -> str:
    """The first link of a mail whose path begins with ``path``."""
    return next(link[0] for link in _LINK.finditer(text_of(mail)) if path in link[0])


async def _until(look: Callable[[], EmailMessage | None], seconds: float) -> EmailMessage:
    async with asyncio.timeout(seconds):
        # The sink lives in a thread of its own, so there is no event of this loop to wait for.
        while (found := look()) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return found
