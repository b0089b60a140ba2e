"""The stand-in served over HTTP, a thread a call, so that one that hangs keeps no other waiting."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.stripe_server import routes
from tests.stripe_server.answers import Answer, Refused, good, parsed, problem
from tests.stripe_server.books import Books, Thing
from tests.stripe_server.faults import Fault, Script
from tests.stripe_server.keys import Keys, told

KEY = "rk_live_51Linden4711"
# An abort instead of a goodbye: what SO_LINGER of no seconds means.
_ABORT = struct.pack("ii", 1, 0)
_DRIPS_SECONDS = 60.0
_NOTHING_DONE = (Fault.ERROR_BEFORE, Fault.AWAY, Fault.RATE_LIMITED, Fault.TIMEOUT_BEFORE)
_EXECUTED_500 = problem(500, "api_error", "An unknown error occurred")


class StripeServer:
    """What a test holds: the books, the script of faults, the keys known, and where it is served."""

    def __init__(self, *, livemode: bool = True) -> None:
        self.books = Books(livemode=livemode)
        self.script = Script()
        self.keys = Keys(self.books.now)
        self.known = {KEY}
        # Paths a restricted key has no right to.
        self.forbidden: set[str] = set()
        self.url = ""
        self.over = threading.Event()
        # Hears of each event while the call that made it is in hand: (body, type).
        self.deliver: Callable[[Thing], None] | None = None
        self.undelivered: list[Thing] = []
        self.books.told = self.undelivered.append

    def answer(self, method: str, path: str, params: dict[str, Any], caller: str, key: str) -> tuple[Answer, Any]:
        """The answer to one call, and the fault it is to suffer."""
        fault = self.script.take(method, path, key)
        if caller not in self.known:
            return problem(401, "invalid_request_error", "Invalid API Key provided"), None
        if path in self.forbidden:
            return problem(
                403, "invalid_request_error", "The provided key does not have the required permissions."
            ), None
        if fault is Fault.AWAY:
            return problem(503, "api_error", "Service unavailable"), fault
        if fault is Fault.RATE_LIMITED:
            said = problem(429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit")
            return said._replace(headers={"Retry-After": "7"}), fault
        if fault is Fault.TIMEOUT_BEFORE:
            return good({}), fault
        answer = self._once(method, path, params, caller, key, fault)
        if fault is Fault.EVENTS_FIRST and self.deliver is not None:
            for event in self.undelivered[:]:
                self.undelivered.remove(event)
                self.deliver(event)
        return answer, fault

    def _once(
        self, method: str, path: str, params: dict[str, Any], caller: str, key: str, fault: Fault | None
    ) -> Answer:
        if method == "GET":
            return self._looked(path, params, fault)
        if not key:
            return self._worked(path, params, fault)[0]
        before = self.keys.claim(caller, key, told(method, path, params))
        if before is not None:
            return before
        answer, began = self._worked(path, params, fault)
        if began:
            self.keys.keep(caller, key, answer)
        else:
            self.keys.forget(caller, key)
        return answer

    def _looked(self, path: str, params: dict[str, Any], fault: Fault | None) -> Answer:
        try:
            shown = good(routes.look(self.books, path, params))
        except Refused as refused:
            return refused.answer
        return _EXECUTED_500 if fault in (Fault.ERROR_BEFORE, Fault.ERROR_AFTER) else shown

    def _worked(self, path: str, params: dict[str, Any], fault: Fault | None) -> tuple[Answer, bool]:
        """The answer, and whether execution began."""
        try:
            work = routes.work_of(self.books, path, params)
        except Refused as refused:
            return refused.answer, False
        if fault is Fault.ERROR_BEFORE:
            return _EXECUTED_500, True
        try:
            done = good(work())
        except Refused as refused:
            return refused.answer, True
        return (_EXECUTED_500 if fault is Fault.ERROR_AFTER else done), True


class _Call(BaseHTTPRequestHandler):
    """One connection; ``stripe`` is set by ``running``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stripe: StripeServer

    def do_GET(self) -> None:
        self._handle("GET", urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._handle("POST", self.rfile.read(int(self.headers.get("content-length", 0))).decode())

    def _handle(self, method: str, form: str) -> None:
        caller = self.headers.get("authorization", "").removeprefix("Bearer ")
        key = self.headers.get("idempotency-key", "")
        answer, fault = self.stripe.answer(method, urlsplit(self.path).path, parsed(form), caller, key)
        if fault in (Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER):
            self.stripe.over.wait(_DRIPS_SECONDS)
            self.close_connection = True
            return
        self._begin(answer)
        if fault is Fault.RESET:
            self._send(answer.body[: len(answer.body) // 2])
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            self.close_connection = True
        elif fault is Fault.MALFORMED:
            self._send(b"<html>" + answer.body[6:])
        elif fault is Fault.SLOW:
            self._drip(answer.body)
        else:
            self._send(answer.body)

    def _begin(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, body: bytes) -> None:
        self.wfile.write(body)
        self.wfile.flush()

    def _drip(self, body: bytes) -> None:
        """A byte every tenth of a second: each read ends in time, and the whole never does."""
        self.close_connection = True
        for at in range(len(body)):
            try:
                self._send(body[at : at + 1])
            except OSError:
                return
            if self.stripe.over.wait(0.1):
                return

    def log_message(self, *_: Any) -> None:
        """No line a call."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hung up meanwhile is no fault of ours."""


@contextmanager
def running(*, livemode: bool = True) -> Iterator[StripeServer]:
    """The stand-in on a free port of this machine."""
    stripe = StripeServer(livemode=livemode)
    server = _Server(("127.0.0.1", 0), type("Call", (_Call,), {"stripe": stripe}))
    stripe.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield stripe
    finally:
        stripe.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def body_of(event: Thing) -> str:
    """An event as it is sent."""
    return json.dumps(event)
