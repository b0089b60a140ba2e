"""The list of what an operator can see names every page and every command there is, and none that is not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute
from typer.main import get_command

from leumund.cli import app
from leumund.web.operator import routing

PAGE = Path(__file__).parent.parent.parent / "platform" / "docs" / "sight.md"
LISTED = re.compile(r"^\| (`.*?) \|", re.MULTILINE)
QUOTED = re.compile(r"`([^`]+)`")


def listed(text: str) -> set[str]:
    """What stands in code in the first column of a table."""
    return {name for row in LISTED.findall(text) for name in QUOTED.findall(row)}


def commands(command: Any, path: str = "leumund") -> Iterator[str]:
    """``leumund`` and all that follows it, down to what can be run."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path
    for name, each in (inner or {}).items():
        yield from commands(each, f"{path} {name}")


def pages() -> set[str]:
    """What the base domain serves, but for the theme's files."""
    served = Litestar(route_handlers=routing.routes(), openapi_config=None)
    paths = {route.path_format for route in served.routes if isinstance(route, HTTPRoute)}
    return {path for path in paths if not path.startswith("/theme/")}


def test_every_page_and_every_command_is_listed():
    known = listed(PAGE.read_text("utf-8"))
    missing = (pages() | set(commands(get_command(app)))) - known
    assert missing == set(), "say in platform/docs/sight.md whom it shows"


def test_nothing_is_listed_that_is_not():
    known = {name for name in listed(PAGE.read_text("utf-8")) if name.startswith(("/operator", "leumund "))}
    assert known - pages() - set(commands(get_command(app))) == set()


def test_a_line_taken_out_is_missed():
    text = PAGE.read_text("utf-8")
    for name in ("/operator/log", "leumund tenant archive"):
        assert name in listed(text)
        assert name not in listed(text.replace(f"`{name}`", "`another`"))
