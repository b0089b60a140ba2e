"""The product's web as a process of its own, asked by wrk."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from leumund.demo import processes, staging
from leumund.demo.staging import Stage

_SECONDS = 5
# One in a hundred of a few hundred requests would be whatever else the machine did just then.
_SECONDS_FOR_WAITS = 15
# A web's first requests read templates and open connections; they say nothing of the ones after.
_SECONDS_TO_WARM_UP = 3
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_PART = re.compile(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s) *$", re.MULTILINE)
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Web(NamedTuple):
    """Where it listens; all its processes are of group ``group``."""

    port: int
    group: int


@contextmanager
def served(stage: Stage, **more: str) -> Iterator[Web]:
    """Serve ``stage`` by one process until the block ends; ``more`` is set beside its own settings."""
    port = processes.free_port()
    environment = {**os.environ, **staging.environment_of(stage.deployment.settings), **more}
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--workers", "1", "--no-ws", "--port", str(port)]
    command += ["--workers-kill-timeout", "5", "tests.bench.application:app"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True) as web:
        try:
            processes.wait_for_port(web, port)
            yield Web(port, web.pid)
        finally:
            web.terminate()
            try:
                web.wait(20)
            except subprocess.TimeoutExpired:
                # Its figures are read by now; what hangs on must not hold up the next measurement.
                os.killpg(web.pid, signal.SIGKILL)


def rate(web: Web, host: str, path: str) -> float:
    """Requests a second by 32 callers."""
    found = _RATE.search(_asked(web, host, path, callers=32, seconds=_SECONDS))
    assert found is not None
    return float(found[1])


def waits(web: Web, host: str, path: str) -> tuple[float, float]:
    """Half of 4 callers' requests, and 99 of 100, took no longer than this; in milliseconds."""
    told = _asked(web, host, path, callers=4, seconds=_SECONDS_FOR_WAITS)
    parts = {name: float(value) * _MILLISECONDS[unit] for name, value, unit in _PART.findall(told)}
    return parts["50"], parts["99"]


def _asked(web: Web, host: str, path: str, *, callers: int, seconds: int) -> str:
    """What wrk says of ``seconds`` by a web that is warm."""
    address = f"http://127.0.0.1:{web.port}{path}"
    for duration in (_SECONDS_TO_WARM_UP, seconds):
        command = ["wrk", "--latency", "-t1", f"-c{callers}", f"-d{duration}s", "-H", f"Host: {host}", address]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "Non-2xx" not in ran.stdout, ran.stdout
    return ran.stdout
