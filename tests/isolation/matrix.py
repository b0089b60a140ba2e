"""The object matrix: every route, by everything another company has that fits its parameters, by every caller.

What is asked for by a value of theirs is answered like what is asked for by one of nobody's, byte for byte. Left out of
the comparison are the value itself where the answer repeats it, the number of an incident, the time-stamped token of
the landing page's form, and the id of a row the call made in the caller's own company: see UNLIKE.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus, urlencode

import httpx

from tests.isolation import callers, tally
from tests.isolation.places import PLACES, Asked, Place
from tests.isolation.routes import API, Route
from tests.isolation.shapes import Pair
from tests.isolation.two_companies import Side

UNLIKE = re.compile(
    r'<code>[0-9a-f]{12}</code>|"request_id":"[0-9a-f]+"|name="form_token" value="[^"]*"'
    r"|(?:cus|cnv|ref|rew)_[0-9a-f]{32}"
)
_ONE_FOR_ALL = ("uuid", "api_id")
_FRESH = count(1)
# What a caller wrote into its own company is its own from then on, even where it is what another has.
_OURS_BY_NOW: set[str] = set()


class Call(NamedTuple):
    """One request, all but its host and who sends it."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str] | None
    json: Mapping[str, Any] | None


class Cell(NamedTuple):
    """One parameter of one route, to be filled with values of ``shape``; none where the route takes nothing."""

    route: Route
    kind: str
    name: str
    shape: str
    asked: Asked | None = None


def homeless(routes: list[Route]) -> list[str]:
    """A sentence for every route the table does not know, and for every place that has no route any more."""
    known = {route.key for route in routes}
    missing = [
        f"{key} has no place in the matrix: give it one in tests/isolation/places.py" for key in known - set(PLACES)
    ]
    return missing + [
        f"{key} is no route any more: take it out of tests/isolation/places.py" for key in set(PLACES) - known
    ]


def cells(route: Route) -> Iterator[Cell]:
    """Every parameter of a route, one by one."""
    place = PLACES[route.key]
    for kind in ("path", "query", "form"):
        shapes: Mapping[str, str] = getattr(place, kind)
        yield from (Cell(route, kind, name, shape) for name, shape in shapes.items())
    yield from (Cell(route, "json", each.field, each.shape, each) for each in place.json)
    if not (place.path or place.query or place.form or place.json):
        yield Cell(route, "nothing", "", "")


def anywhere(route: Route) -> str:
    """An address of ``route``, whatever stands in it."""
    return route.path.format(**dict.fromkeys(PLACES[route.key].path if route.key in PLACES else (), "none"))


class Matrix:
    """All cells of ``routes`` as ``ours``' callers fill them with what ``theirs`` has."""

    def __init__(self, door: Any, ours: Side, theirs: Side, pairs: Mapping[str, list[Pair]], *, host: str = "") -> None:
        self._door = door
        self._ours = ours
        self._theirs = theirs
        self._pairs = pairs
        self._host = host or ours.tenant.host
        self._secrets = theirs.secrets() if not host else theirs.secrets() - {theirs.tenant.slug}

    async def faults(self, routes: list[Route], headers: Mapping[str, str]) -> list[str]:
        """A sentence for each answer that knows something of theirs."""
        found: list[str] = []
        for route in routes:
            if not PLACES[route.key].ends:
                for cell in cells(route):
                    found += await self._fill(cell, headers)
        return found

    async def strangers(self, routes: list[Route], known: Mapping[str, str], made_up: Mapping[str, str]) -> list[str]:
        """The same for who shows something of theirs here, beside somebody who made it up."""
        found: list[str] = []
        for route in routes:
            cell = next(cells(route))
            call = self.call(cell, self._nobodys(cell))
            answers = [await self.ask(call, route, headers) for headers in (known, made_up)]
            tally.note("credentials on another host")
            if self._normal(answers[0], "") != self._normal(answers[1], ""):
                found.append(f"{route.key} knows who somebody is at another company")
            found += self._seen(route, answers[0], "")
        return found

    def call(self, cell: Cell, value: str) -> Call:
        """The request of a cell with ``value`` in its place and what else it needs around it."""
        place = PLACES[cell.route.key]
        own = {name: self._own(each) for name, each in place.own.items()}
        filled = {name: quote(own.get(name, "none"), safe="") for name in place.path}
        if cell.kind == "path":
            filled[cell.name] = quote(value, safe="")
        query = {cell.name: value} if cell.kind == "query" else {}
        form = None if cell.route.method == "GET" else self._form(place, cell, value)
        body = self._body(cell.asked, value) if cell.asked else None
        return Call(cell.route.method, cell.route.path.format(**filled), query, None if body else form, body)

    def _own(self, name: str) -> str:
        whose, _, rest = name.rpartition(".")
        return self._theirs.own(rest) if whose else self._ours.own(name)

    def _form(self, place: Place, cell: Cell, value: str) -> dict[str, str]:
        beside = {name: text.format(**self._theirs.words) for name, text in place.beside.items()}
        return beside | ({cell.name: value} if cell.kind == "form" else {})

    def _body(self, asked: Asked, value: str) -> dict[str, Any]:
        words = {**self._ours.words, "fresh": f"order {next(_FRESH):08d}"}
        body: dict[str, Any] = json.loads(json.dumps(asked.body))
        for part in (body, body.get("customer", {})):
            part |= {name: text.format(**words) for name, text in part.items() if isinstance(text, str)}
        outer, _, inner = asked.field.rpartition(".")
        (body[outer] if outer else body)[inner] = value
        return body

    async def _fill(self, cell: Cell, headers: Mapping[str, str]) -> list[str]:
        found: list[str] = []
        nobody: dict[int, Any] = {}
        for pair in self._pairs.get(cell.shape, [Pair("", "")]):
            tally.note("objects by route and caller")
            _OURS_BY_NOW.update({pair.theirs} if PLACES[cell.route.key].creates else ())
            if cell.shape not in _ONE_FOR_ALL or not nobody:
                nobody[len(pair.nobodys)] = await self._told(cell, pair.nobodys, headers)
            answer = await self.ask(self.call(cell, pair.theirs), cell.route, headers)
            found += self._seen(cell.route, answer, pair.theirs)
            if self._told_of(cell, answer, pair.theirs) == nobody[len(pair.theirs)]:
                continue
            # Between two answers a clock may have moved on: what differs differs again.
            if await self._told(cell, pair.theirs, headers) != await self._told(cell, pair.nobodys, headers):
                found.append(f"{cell.route.key} answers {answer.status_code} to their {cell.shape} as {cell.name}")
        return found

    async def _told(self, cell: Cell, value: str, headers: Mapping[str, str]) -> Any:
        return self._told_of(cell, await self.ask(self.call(cell, value), cell.route, headers), value)

    def _told_of(self, cell: Cell, answer: httpx.Response, value: str) -> Any:
        told = self._normal(answer, value)
        return told[:1] if cell.route.app != API and PLACES[cell.route.key].creates else told

    async def ask(self, call: Call, route: Route, headers: Mapping[str, str]) -> httpx.Response:
        """The answer to one request, sent from one of our own pages."""
        path = f"{call.path}?{urlencode(call.query)}" if call.query else call.path
        more = {**headers, "sec-fetch-site": "same-origin"}
        content = json.dumps(call.json).encode() if call.json is not None else None
        if route.app == API:
            more |= {"content-type": "application/json", "idempotency-key": f"matrix {next(_FRESH)}"}
        return await callers.asked(
            self._door, path, host=self._host, method=call.method, extra=more, data=call.form, content=content
        )

    def _normal(self, answer: httpx.Response, value: str) -> tuple[int, list[tuple[str, str]], str]:
        headers = [(name, _without(text, value)) for name, text in answer.headers.multi_items()]
        return answer.status_code, headers, UNLIKE.sub("…", _without(answer.text, value))

    def _seen(self, route: Route, answer: httpx.Response, value: str) -> list[str]:
        _, headers, text = self._normal(answer, value)
        whole = text + str(headers)
        for known in _OURS_BY_NOW:
            whole = _without(whole, known)
        return [f"{route.key} shows {secret} of theirs" for secret in self._secrets if secret in whole]

    def _nobodys(self, cell: Cell) -> str:
        return self._pairs[cell.shape][0].nobodys if cell.shape else ""


def _without(text: str, value: str) -> str:
    for written in {value, quote(value), quote_plus(value), quote(value, safe=""), escape(value)} - {""}:
        text = text.replace(written, "…")
    return text
