"""A small DNS server on loopback whose records a test writes, over UDP and TCP as DNS has it."""

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

_LARGEST_DATAGRAM = 1232


class NameServer(asyncio.DatagramProtocol):
    """``records`` are texts by name and type; ``rcode`` answers everything with a fault, ``garbage`` with nonsense.

    What was asked while ``hold`` holds is answered when ``answer_all`` is called.
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        self.rcode = dns.rcode.NOERROR
        self.garbage: bytes | None = None
        self.held: list[tuple[bytes, tuple[str, int]]] | None = None
        self.is_asked = asyncio.Event()
        self.port = 0

    def says(self, name: str, *texts: str) -> None:
        """TXT records at ``name``."""
        self.records[(name, "TXT")] = [" ".join(f'"{part}"' for part in _parts(text)) for text in texts]

    def leads(self, name: str, *addresses: str) -> None:
        """Addresses of ``name``."""
        for kind in ("A", "AAAA"):
            self.records[(name, kind)] = [each for each in addresses if (":" in each) == (kind == "AAAA")]

    def hold(self) -> None:
        """Keep whoever asks waiting; ``is_asked`` says that somebody does."""
        self.held = []

    def answer_all(self) -> None:
        """Answer those who wait, by the records as they are now."""
        held, self.held = self.held or [], None
        for data, addr in held:
            self.datagram_received(data, addr)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.held is not None:
            self.held.append((data, addr))
            self.is_asked.set()
            return
        answer = self._answer(data)
        if len(answer) > _LARGEST_DATAGRAM:
            short = dns.message.make_response(dns.message.from_wire(data))
            short.flags |= dns.flags.TC
            answer = short.to_wire()
        self._transport.sendto(answer, addr)

    async def stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        answer = self._answer(await reader.readexactly(length))
        writer.write(struct.pack("!H", len(answer)) + answer)
        await writer.drain()
        writer.close()

    def _answer(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked[(name, kind)] += 1
        if self.garbage is not None:
            return wire[:2] + self.garbage
        response = dns.message.make_response(query)
        response.set_rcode(self.rcode)
        self._fill(response, name, kind)
        return response.to_wire(max_size=65_535)

    def _fill(self, response: dns.message.Message, name: str, kind: str) -> None:
        alias = self.records.get((name, "CNAME"))
        if alias:
            response.answer.append(dns.rrset.from_text(name + ".", 60, "IN", "CNAME", alias[0] + "."))
            self._fill(response, alias[0], kind)
        elif records := self.records.get((name, kind)):
            response.answer.append(dns.rrset.from_text(name + ".", 60, "IN", kind, *records))


@asynccontextmanager
async def running() -> AsyncIterator[NameServer]:
    """One that listens until the block ends."""
    loop, server = asyncio.get_running_loop(), NameServer()
    tcp = await asyncio.start_server(server.stream, "127.0.0.1", 0)
    server.port = tcp.sockets[0].getsockname()[1]
    udp, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", server.port))
    try:
        yield server
    finally:
        udp.close()
        tcp.close()
        await tcp.wait_closed()


def _parts(text: str) -> list[str]:
    return [text[start : start + 255] for start in range(0, max(len(text), 1), 255)]
