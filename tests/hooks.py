"""A company's own system in tests: hears events over TLS, answers what it is told to, and keeps all it was sent."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests import certificates

HOST = "shop.linden.example"


class Call(NamedTuple):
    """A request as it came over the wire; names of headers in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


class Hook:
    """Answers each call with the next of ``answers``, a status line with headers; with 204 when there is none left."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self.port = port
        self.trust = trust
        self.answers: list[str] = []
        self.calls: list[Call] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.calls.append(Call(head[0], headers, body))
            answer = self.answers.pop(0) if self.answers else "204 No Content"
            if answer:
                writer.write(f"HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
                await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def listening(folder: Path, *, host: str = HOST) -> AsyncIterator[Hook]:
    """A hook with a certificate for ``host``."""
    ours, trust = certificates.made(folder, host)
    hook = Hook(0, trust)
    server = await asyncio.start_server(hook.serve, "127.0.0.1", 0, ssl=ours)
    hook.port = server.sockets[0].getsockname()[1]
    try:
        yield hook
    finally:
        server.close()
        await server.wait_closed()
