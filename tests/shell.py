"""``leumund`` called in the tests' own process: what a command does and says, without waiting for a new Python.

What is only true of a process of its own (that it starts at all, heeds signals, holds no more memory) starts one.
"""

import os
from functools import partial

from anyio import to_thread
from typer.testing import CliRunner, Result

from leumund.cli import app
from leumund.demo import staging
from leumund.kit.settings import Settings


async def called(*words: str, typed: str = "", **variables: str) -> Result:
    """Call the command with ``variables`` and no others of ours."""
    ours = {name: None for name in os.environ if name.startswith("LEUMUND_")}
    # In a thread: a command runs a loop of its own, and in ours one runs already.
    result = await to_thread.run_sync(partial(CliRunner().invoke, app, words, input=typed, env=ours | variables))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


async def told(settings: Settings, *words: str, **variables: str) -> tuple[int, str]:
    """Call the command with ``settings``; its exit code and all it said."""
    result = await called(*words, **(staging.environment_of(settings) | variables))
    return result.exit_code, result.output
