"""Log lines: one JSON object an event, and of a fault its kind and its place; never a value that somebody sent us.

A traceback with local variables, or the text of a database's or mail server's fault, quotes passwords and addresses.
"""

import sys
from collections.abc import Iterator, MutableMapping
from traceback import extract_tb
from typing import Any

import structlog

_MOST_FRAMES = 12


def configure() -> None:
    """Have every log line of this process written so; both doors call this first."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            structlog.processors.JSONRenderer(default=repr),
        ],
        # Asked for at each line: whoever replaces the stream later still gets what is told after that.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    fault = event.pop("exc_info", None)
    if isinstance(fault, BaseException):
        event["fault"] = [_kind(each) for each in _chain(fault)]
        event["at"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(fault.__traceback__)[-_MOST_FRAMES:]
        ]
    return event


def _kind(fault: BaseException) -> str:
    state = getattr(fault, "sqlstate", None)
    return f"{type(fault).__name__} {state}" if state else type(fault).__name__


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
