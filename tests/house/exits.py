"""Finds the modules through which something can leave this house, by what they import and whom they ask to connect."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Libraries that open connections or run programs, and our own module that does it for others.
_LIBRARIES = frozenset(
    {
        *("aiohttp", "aiosmtplib", "asyncssh", "dns", "ftplib", "grpc", "http.client", "httpcore", "httpx"),
        *("imaplib", "multiprocessing.connection", "paramiko", "poplib", "pycurl", "requests", "smtplib", "socket"),
        *("socketserver", "stripe", "subprocess", "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc"),
        "leumund.kit.outside",
    }
)
_CONNECTING = frozenset(
    {
        *("create_connection", "create_datagram_endpoint", "create_subprocess_exec", "create_subprocess_shell"),
        *("create_unix_connection", "getaddrinfo", "open_connection", "open_unix_connection", "popen", "posix_spawn"),
        *("sock_connect", "sock_sendto", "system"),
    }
)
# Whoever says none of these words reaches nobody; most modules need no closer look.
_WORD = re.compile(r"[a-z_0-9]+")
_TELLING = _CONNECTING | {library.rpartition(".")[2] for library in _LIBRARIES}


def exits(root: Path) -> dict[str, set[str]]:
    """Each module under ``root`` that can reach outside, and by what."""
    found = {str(path.relative_to(root)): ways(path.read_text("utf-8")) for path in sorted(root.rglob("*.py"))}
    return {module: by for module, by in found.items() if by}


def ways(source: str) -> set[str]:
    """By what a module with this ``source`` can reach outside."""
    words = frozenset(_WORD.findall(source))
    if not words & _TELLING:
        return set()
    tree = ast.parse(source)
    imported = {name for node in ast.walk(tree) for name in _imported(node)}
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & _CONNECTING
    return {library for library in _LIBRARIES for name in imported if f"{name}.".startswith(f"{library}.")} | called


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
