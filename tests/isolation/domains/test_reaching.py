"""Whoever has us look at a domain leads us to its own servers alone, and keeps us there no longer than we like."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest
from dns import rcode

from leumund.kit import outside
from leumund.tenancy.domains import proving
from leumund.tenancy.domains.proving import Found
from tests import proofs
from tests.nameserver import NameServer

NAME, TOKEN = "birke.example", "0123456789abcdef"
RECORD, WORDS = proving.record(NAME), proving.words(TOKEN)
NO_RECORD = Found(None, "no_record")
INNER = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1",
    "2001:0:7f00:1::", "64:ff9b:1::a00:1", "fec0::1", "3fff::1", "5f00::1", "::ffff:0:7f00:1", "192.88.99.1",
    "168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::a83f:8110", "2002:a83f:8110::1", "161.26.0.10", "166.8.0.1",
    "100.100.100.200", "192.0.0.192", "fd20:ce::254",
]  # fmt: skip


class FileServer:
    """Answers every connection with the same bytes, and counts them."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        writer.close()


@asynccontextmanager
async def serving(status: str, body: bytes, *headers: str) -> AsyncIterator[FileServer]:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "connection: close", "", ""])
    files = FileServer(head.encode() + body)
    server = await asyncio.start_server(files.serve, "127.0.0.1", 0)
    files.port = server.sockets[0].getsockname()[1]
    try:
        yield files
    finally:
        server.close()
        await server.wait_closed()


async def look(dns: NameServer, **instead: object) -> Found:
    return await proofs.prover(dns, **instead).look(name=NAME, token=TOKEN)


def anywhere(_: outside.Address) -> bool:
    return True


# By record


async def test_a_record_proves_in_one_string_or_in_several(dns: NameServer):
    dns.says(RECORD, WORDS)
    assert await look(dns) == Found("dns", None)
    dns.records[(RECORD, "TXT")] = [f'"{WORDS[:9]}" "{WORDS[9:]}"']
    assert await look(dns) == Found("dns", None)


@pytest.mark.parametrize("text", [WORDS[:-1], WORDS + "0", WORDS.upper(), f" {WORDS}", TOKEN, "v=spf1 -all", ""])
async def test_a_record_that_says_nearly_that_proves_nothing(dns: NameServer, text: str):
    dns.says(RECORD, text)
    assert await look(dns) == Found(None, "other_record")


@pytest.mark.parametrize("name", [NAME, f"_leumund.www.{NAME}", f"_leumund.{NAME}.evil.example", "_leumund.example"])
async def test_a_record_at_another_name_proves_nothing(dns: NameServer, name: str):
    dns.says(name, WORDS)
    assert await look(dns) == NO_RECORD


async def test_an_alias_that_somebody_let_dangle_proves_nothing(dns: NameServer):
    dns.records[(RECORD, "CNAME")] = ["mallory.example"]
    dns.says("mallory.example", WORDS)
    assert await look(dns) == NO_RECORD
    del dns.records[(RECORD, "CNAME")]
    dns.says(RECORD, WORDS)
    assert await look(dns) == Found("dns", None)


async def test_an_answer_of_any_size_is_read_to_its_end_and_no_further(dns: NameServer):
    dns.says(RECORD, *(f"{number:04}" + "x" * 200 for number in range(280)))
    assert await look(dns) == Found(None, "other_record")
    dns.says(RECORD, *(f"{number:04}" + "x" * 200 for number in range(280)), WORDS)
    assert await look(dns) == Found("dns", None)
    dns.says(RECORD, "x" * 60_000)
    assert await look(dns) == Found(None, "other_record")


async def test_servers_that_fail_or_talk_nonsense_prove_nothing(dns: NameServer):
    dns.says(RECORD, WORDS)
    for dns.rcode in (rcode.SERVFAIL, rcode.REFUSED):
        assert await look(dns) == Found(None, "no_answer")
    dns.rcode, dns.garbage = rcode.NOERROR, b"\xff" * 40
    prover = proofs.prover(dns)
    prover.resolver.lifetime = 0.3
    assert await prover.look(name=NAME, token=TOKEN) == Found(None, "no_answer")


# By file


async def test_a_file_proves_and_is_asked_for_by_its_own_name(dns: NameServer):
    async with serving("200 OK", WORDS.encode() + b"\n") as files:
        dns.leads(NAME, "127.0.0.1")
        assert await look(dns, port=files.port, allowed=anywhere) == Found("file", None)
    (request,) = files.requests
    assert request.startswith(b"GET /.well-known/leumund-verify.txt HTTP/1.1\r\n")
    assert b"host: birke.example\r\n" in request.lower()
    assert TOKEN.encode() not in request, "a site that answers with what it was asked proves nothing"


@pytest.mark.parametrize("address", INNER)
async def test_an_address_within_our_own_net_is_not_connected_to(dns: NameServer, address: str):
    assert not outside.is_public(ip_address(address))
    async with serving("200 OK", WORDS.encode()) as files:
        dns.leads(NAME, address)
        assert await look(dns, port=files.port) == NO_RECORD
    assert files.requests == []


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "168.63.129.17", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"]
)
def test_an_address_of_the_public_net_may_be_connected_to(address: str):
    assert outside.is_public(ip_address(address))


async def test_one_inner_address_among_public_ones_is_enough_to_stay_away(dns: NameServer):
    async with serving("200 OK", WORDS.encode()) as files:
        for addresses in (("93.184.216.34", "127.0.0.1"), ("93.184.216.34", "::1")):
            dns.leads(NAME, *addresses)
            assert await look(dns, port=files.port) == NO_RECORD
    assert files.requests == []


async def test_an_answer_that_changes_is_not_asked_for_twice(dns: NameServer):
    async with serving("200 OK", WORDS.encode()) as files:
        dns.leads(NAME, "127.0.0.1")
        assert await look(dns, port=files.port, allowed=anywhere) == Found("file", None)
    assert (dns.asked[(NAME, "A")], dns.asked[(NAME, "AAAA")]) == (1, 1)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
async def test_no_redirect_is_followed(dns: NameServer, status: str):
    async with serving("200 OK", WORDS.encode()) as inner:
        elsewhere = f"location: http://127.0.0.1:{inner.port}/.well-known/leumund-verify.txt"
        async with serving(status, b"", elsewhere) as files:
            dns.leads(NAME, "127.0.0.1")
            assert await look(dns, port=files.port, allowed=anywhere) == NO_RECORD
        assert (len(files.requests), inner.requests) == (1, [])


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("404 Not Found", WORDS.encode()),
        ("500 Oops", WORDS.encode()),
        ("200 OK", b"<p>" + WORDS.encode() + b"</p>"),
        ("200 OK", WORDS.encode() + b" and more"),
        ("200 OK", WORDS.encode() + b"\n" * 2_000_000),
        ("200 OK", b""),
        ("200 OK", b"\xff\xfe\x00"),
    ],
    ids=["404", "500", "page", "more", "endless", "empty", "bytes"],
)
async def test_a_file_that_says_anything_else_proves_nothing(dns: NameServer, status: str, body: bytes):
    async with serving(status, body) as files:
        dns.leads(NAME, "127.0.0.1")
        assert await look(dns, port=files.port, allowed=anywhere) == NO_RECORD
    assert len(files.requests) == 1


async def test_our_own_proxy_is_not_asked(dns: NameServer, monkeypatch: pytest.MonkeyPatch):
    async with serving("200 OK", WORDS.encode()) as proxy, serving("404 Not Found", b"") as files:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        dns.leads(NAME, "127.0.0.1")
        assert await look(dns, port=files.port, allowed=anywhere) == NO_RECORD
    assert (proxy.requests, len(files.requests)) == ([], 1)
