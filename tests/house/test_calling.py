"""Commands are imported when they are called, and each that is offered is there to be called."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from leumund.cli import app

HEAVY = {"asyncpg", "piccolo", "litestar", "granian", "jinja2", "leumund.tenancy"}
LOADED = "import sys, leumund.cli; {}print(*(name for name in sys.modules))"


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that call each command there is."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path
    for name, each in (inner or {}).items():
        yield from commands(each, (*path, name))


def loaded(beside: str = "") -> set[str]:
    """What a new process has imported once it offers every command."""
    ran = subprocess.run([sys.executable, "-c", LOADED.format(beside)], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_to_offer_commands_takes_none_of_what_they_need():
    assert loaded() & HEAVY == set()


def test_what_is_imported_is_noticed():
    assert "asyncpg" in loaded("import asyncpg; ") & HEAVY


@pytest.mark.parametrize("words", list(commands(get_command(app))), ids=" ".join)
def test_every_command_offered_is_there_to_be_called(words: tuple[str, ...]):
    told = CliRunner().invoke(app, [*words, "--help"])
    assert told.exit_code == 0, told.output
    assert f"Usage: leumund {' '.join(words)} " in told.output.replace("root", "leumund", 1)
