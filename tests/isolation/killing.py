"""``leumund`` in a process that dies by SIGKILL, again and again and each time further on, until it comes to its end.

The process forks for each try, so that a try costs no start. It prints how often it was killed.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import asyncpg

from leumund.cli import app
from leumund.demo import staging
from leumund.kit.settings import Settings
from tests.isolation.fleets import ROOT

_SAID = ("execute", "executemany", "fetch", "fetchval", "fetchrow", "copy_to_table", "copy_from_query")
_CARELESS = "careless"
_MOST_TRIES = 500


class NotFinished(Exception):
    """What was begun by one that was killed could not be finished by the next; holds what it said."""


def killed(settings: Settings, *arguments: str, apart: int, over: str = "", careless: bool = False) -> int:
    """How often ``leumund`` with ``arguments`` died before it ended: at every ``apart``-th statement to the server.

    A command refuses with ``over`` what it finds done. ``careless`` leaves out every transaction, for a negative
    control. Raises NotFinished.
    """
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    command = [sys.executable, "-m", "tests.isolation.killing", str(apart), _CARELESS if careless else "-", *arguments]
    ended = subprocess.run(
        command,
        env={**environment, **staging.environment_of(settings)},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    if ended.returncode and not (over and over in ended.stderr):
        raise NotFinished(ended.stderr)
    return int(ended.stdout.splitlines()[-1])


def until_it_ends(apart: int, deed: Callable[[int], None]) -> tuple[int, int]:
    """How often ``deed``, told each time at which statement to die, was killed, and the code it ended with."""
    for tries in range(_MOST_TRIES):
        child = os.fork()
        if not child:
            deed(1 + tries * apart)
            raise AssertionError("a command ends its process")
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return tries, os.WEXITSTATUS(status)
    raise AssertionError("it never comes to its end")


def die_at(statement: int, *, at_work: bool = True) -> None:
    """Die before the ``statement``-th one is sent or, ``at_work`` and every second time, while it is done."""
    said = 0

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        async def say(*arguments: Any, **named: Any) -> Any:
            nonlocal said
            said += 1
            if said == statement:
                if statement % 2 or not at_work:
                    _die()
                asyncio.get_running_loop().call_later(0.002, _die)
            return await real(*arguments, **named)

        return say

    for name in _SAID:
        setattr(asyncpg.Connection, name, dying(getattr(asyncpg.Connection, name)))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _command(statement: int) -> None:
    die_at(statement)
    app(sys.argv[3:])


if __name__ == "__main__":
    if sys.argv[2] == _CARELESS:
        asyncpg.Connection.transaction = lambda *_, **__: nullcontext()
    times, code = until_it_ends(int(sys.argv[1]), _command)
    print(times)
    sys.exit(code)
