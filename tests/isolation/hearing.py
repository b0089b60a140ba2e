"""A run fails in which any test made a handler ask for a field that has no place: all that is asked for is heard."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.isolation import fields
from tests.isolation.fields import Field


@pytest.fixture(scope="session", autouse=True)
def every_field_is_heard() -> Iterator[None]:
    """Before the first request, whichever test sends it."""
    with pytest.MonkeyPatch.context() as patch:
        fields.listen(patch)
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several hands over what it heard; the first one judges."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["asked"] = [list(each) for each in fields.asked()]
    elif fields.homeless(fields.asked()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what one of several processes heard; nothing comes from one that crashed."""
    fields.hear(Field(*each) for each in getattr(node, "workeroutput", {}).get("asked", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which fields stand nowhere."""
    for line in fields.homeless(fields.asked()):
        terminalreporter.write_line(f"FAILED {line}", red=True)
