"""Web and worker as the processes they are in production, started and stopped by the demo."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_STOP_SECONDS = 25


class NotStarted(Exception):
    """A process ended, or did not listen in time."""


@contextmanager
def running(environment: dict[str, str], *, log_path: str) -> Iterator[None]:
    """``leumund serve`` and ``leumund work`` with ``environment``; SIGTERM drains both at the end."""
    with open(log_path, "ab") as log:
        started = [_start(command, environment, log.fileno()) for command in ("serve", "work")]
        try:
            _wait_for_port(started[0], int(environment["LEUMUND_LISTEN_PORT"]), log_path)
            yield
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                process.wait(_STOP_SECONDS)


def free_port(wished: int = 0) -> int:
    """``wished`` when nobody listens there, else any free one."""
    for port in (wished, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise NotStarted("this machine has no free port")


def _start(command: str, environment: dict[str, str], log: int) -> subprocess.Popen[bytes]:
    # Its own session keeps the terminal's Ctrl-C away: the demo stops its processes itself, in order.
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "leumund.cli", command],
        env={**os.environ, **environment},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def _wait_for_port(process: subprocess.Popen[bytes], port: int, log_path: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NotStarted(f"the web process ended; {log_path} says why")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise NotStarted(f"the web process does not listen; {log_path} says why")
