"""Web and worker as the processes they are in production, started and stopped by the demo."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

_STOP_SECONDS = 25
# From <sys/prctl.h>. The library is opened before there is a child, which has no time for more than the call.
_SET_PARENT_DEATH_SIGNAL = 1
_LIBRARY = ctypes.CDLL(None)


class NotStarted(Exception):
    """A process ended, or did not listen in time."""


@contextmanager
def running(environment: Mapping[str, str], *, log_path: str) -> Iterator[None]:
    """``leumund serve`` and ``leumund work`` with ``environment``; SIGTERM drains both at the end."""
    with started("serve", environment, log_path=log_path) as web, started("work", environment, log_path=log_path):
        wait_for_port(web, int(environment["LEUMUND_LISTEN_PORT"]))
        yield


@contextmanager
def started(command: str, environment: Mapping[str, str], *, log_path: str) -> Iterator[subprocess.Popen[bytes]]:
    """``leumund <command>`` as a process of its own, told to stop at the end and killed when it does not."""
    with open(log_path, "ab") as log:
        # Its own session keeps the terminal's Ctrl-C away: the demo stops its processes itself, in order.
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "leumund.cli", command],
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _end_with_parent() -> None:
    """Be told to stop when whoever started us is gone, even killed; systems other than Linux know no such thing."""
    if sys.platform == "linux":
        _LIBRARY.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def free_port() -> int:
    """Any free one; for a minute whoever asks for any is given others."""
    with _found(0) as probe:
        probe.listen()
        return _set_apart(probe)


@contextmanager
def held_port(wished: int) -> Iterator[int]:
    """``wished`` when nobody has it, else any free one, kept from other demos while its server is on its way.

    A server of several processes shares its port, and two demos that began at the same moment would share one as well.
    """
    with _found(wished) as probe:
        port = int(probe.getsockname()[1])
    with socket.socket() as holder:
        # Bound and not listening: our own server asks for sharing and gets it, and no connection comes here.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        # Where stragglers of an earlier server are still about it goes without.
        with suppress(OSError):
            holder.bind(("127.0.0.1", port))
        yield port


def _found(wished: int) -> socket.socket:
    """A socket at ``wished`` when nobody has it, else at any free port. Raises NotStarted."""
    for port in (wished, 0):
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.close()
        else:
            return probe
    raise NotStarted("this machine has no free port")


def _set_apart(listener: socket.socket) -> int:
    """The port of ``listener``, with a connection that was ended from our side: the system waits for stragglers there.

    It hands such a port to nobody who names none, while servers, which name it, get it.
    """
    address = listener.getsockname()
    with socket.create_connection(address):
        ours, _ = listener.accept()
        ours.close()
    return int(address[1])


def wait_for_port(process: subprocess.Popen[bytes], port: int) -> None:
    """Come back when ``process`` listens on ``port``. Raises NotStarted."""
    until = time.monotonic() + 90  # on a small machine the first start compiles every module
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NotStarted("the web process ended; its log says why")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise NotStarted("the web process does not listen; its log says why")
