"""Answers and parameters in Stripe's shape: JSON out, a form with brackets in."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

_STEP = re.compile(r"\[([^\]]*)\]")


class Answer(NamedTuple):
    """One HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Refused(Exception):
    """The parameters are no good; nothing began."""

    def __init__(self, status: int, said: str, *, code: str = "", param: str = "") -> None:
        super().__init__(said)
        self.answer = problem(status, "invalid_request_error", said, code=code, param=param)


def good(thing: Mapping[str, Any]) -> Answer:
    return Answer(200, json.dumps(thing).encode(), {})


def problem(status: int, kind: str, said: str, *, code: str = "", param: str = "") -> Answer:
    error = {"type": kind, "message": said} | ({"code": code} if code else {}) | ({"param": param} if param else {})
    return Answer(status, json.dumps({"error": error}).encode(), {})


def parsed(form: str) -> dict[str, Any]:
    """``a[b][c]=1&d[0]=2`` as ``{"a": {"b": {"c": "1"}}, "d": {"0": "2"}}``; order tells nothing."""
    made: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        head, *steps = [name.partition("[")[0], *_STEP.findall(name)]
        place = made
        for step in [head, *steps][:-1]:
            place = place.setdefault(step, {})
        place[[head, *steps][-1]] = value
    return made


def whole(params: Mapping[str, Any], name: str, *, least: int = 1, must: bool = True) -> int | None:
    """A number among the parameters. Raises Refused."""
    if name not in params:
        if must:
            raise Refused(400, f"Missing required param: {name}.", code="parameter_missing", param=name)
        return None
    try:
        number = int(params[name])
    except ValueError:
        raise Refused(400, f"Invalid integer: {params[name]}", code="parameter_invalid_integer", param=name) from None
    if number < least:
        raise Refused(400, f"This value must be greater than or equal to {least}.", param=name)
    return number


def word(params: Mapping[str, Any], name: str) -> str:
    """A string among the parameters. Raises Refused."""
    if not params.get(name):
        raise Refused(400, f"Missing required param: {name}.", code="parameter_missing", param=name)
    return str(params[name])
