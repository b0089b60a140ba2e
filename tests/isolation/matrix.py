"""The object matrix: every route, by everything another company has that fits its parameters, by every caller.

What is asked for by a value of theirs is answered like what is asked for by one of nobody's, byte for byte. Left out of
the comparison are the value itself where the answer repeats it, what a caller wrote into its own company before, the
number of an incident, the time-stamped token of the landing page's form, the moment at which a document was made, and
the id of a row the call made in the caller's own company: see UNLIKE.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from itertools import chain, count
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus, urlencode
from zlib import crc32

import httpx

from tests.isolation import callers, tally
from tests.isolation.places import PLACES, Asked, Place
from tests.isolation.routes import API, Route
from tests.isolation.shapes import Pair
from tests.isolation.two_companies import Side

UNLIKE = re.compile(
    r'<code>[0-9a-f]{12}</code>|"request_id":"[0-9a-f]+"|name="form_token" value="[^"]*"'
    r"|(?:cus|cnv|evt|ref|rew|pay)_[0-9a-f]{32}|<dt>Erstellt</dt><dd>[^<]*</dd>|order \d{8}"
)
_AT_ONCE = 4
_FEW = 2
# What changes something is asked for one after the other: of rows that are of another kind, each is put into a part of
# those places.
_PARTS = 4
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
    for kind, shapes in (("path", place.path), ("query", place.query), ("form", place.fields())):
        yield from (Cell(route, kind, name, shape) for name, shape in shapes.items())
    yield from (Cell(route, "json", each.field, each.shape, each) for each in place.json)
    if not (place.path or place.query or place.fields() or place.json):
        yield Cell(route, "nothing", "", "")


def anywhere(route: Route) -> str:
    """An address of ``route``, whatever stands in it."""
    return route.path.format(**dict.fromkeys(PLACES[route.key].path if route.key in PLACES else (), "none"))


def put_into(cell: Cell, pairs: list[Pair]) -> list[Pair]:
    """What is put into ``cell``: all there is, or, where it asks for a change, every row that its name could mean."""
    own = PLACES[cell.route.key].own.get(cell.name)
    meant = [pair for pair in pairs if pair.table == own or cell.name in pair.table.split("_")]
    if cell.route.method == "GET" or not meant:
        return pairs
    turn = crc32(f"{cell.route.key} {cell.name}".encode())
    return [pair for number, pair in enumerate(pairs) if pair in meant or (number + turn) % _PARTS == 0]


class Matrix:
    """All cells of ``routes`` as ``ours``' callers fill them with what ``theirs`` has."""

    def __init__(self, door: Any, ours: Side, theirs: Side, pairs: Mapping[str, list[Pair]], *, host: str = "") -> None:
        self._door = door
        self._ours = ours
        self._theirs = theirs
        self._pairs = pairs
        self._host = host or ours.tenant.host
        self._secrets = theirs.secrets() if not host else theirs.secrets() - {theirs.tenant.slug}

    async def faults(self, routes: list[Route], headers: Mapping[str, str], *, few: bool = False) -> list[str]:
        """A sentence for each answer that knows something of theirs; of every parameter, ``few`` values or all."""
        found: list[str] = []
        for route in routes:
            if not PLACES[route.key].ends:
                shut = await self._is_shut(route, headers)
                for cell in cells(route):
                    found += await self._fill(cell, headers, few=few or shut)
        return found

    async def _is_shut(self, route: Route, headers: Mapping[str, str]) -> bool:
        """Whether the caller is turned away from ``route`` before anything that was sent is looked at."""
        cell = next(cells(route))
        answer = await self.ask(self.call(cell, self._nobodys(cell)), route, headers)
        return answer.status_code in (401, 403) or "/login" in answer.headers.get("location", "")

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
        if cell.kind != "form":
            return beside
        return beside | ({cell.name.replace("*", value): "yes"} if "*" in cell.name else {cell.name: value})

    def _body(self, asked: Asked, value: str) -> dict[str, Any]:
        words = {**self._ours.words, "fresh": f"order {next(_FRESH):08d}"}
        body: dict[str, Any] = _worded(asked.body, words)
        part: Any = body
        *outer, inner = (int(step) if step.isdecimal() else step for step in asked.field.split("."))
        for step in outer:
            part = part[step]
        part[inner] = value
        return body

    async def _fill(self, cell: Cell, headers: Mapping[str, str], *, few: bool) -> list[str]:
        """At a door that is shut one value of each shape is enough: every parameter is tried, but not every row."""
        pairs = put_into(cell, self._pairs.get(cell.shape, [Pair("", "")]))[: _FEW if few else None]
        # One that nobody has speaks for all as long as it, of whatever kind.
        spoken_for = {len(pair.theirs): pair.nobodys for pair in pairs}
        nobody = {long: await self._told(cell, value, headers) for long, value in spoken_for.items()}
        # What only reads is asked for side by side, which also tries whether answers keep apart.
        at_once = _AT_ONCE if cell.route.method == "GET" else 1
        found: list[str] = []
        for first in range(0, len(pairs), at_once):
            some = pairs[first : first + at_once]
            told = await asyncio.gather(*(self._try(cell, pair, nobody[len(pair.theirs)], headers) for pair in some))
            found += chain.from_iterable(told)
        return found

    async def _try(self, cell: Cell, pair: Pair, nobodys: Any, headers: Mapping[str, str]) -> list[str]:
        tally.note("objects by route and caller")
        answer = await self._answer(cell, pair.theirs, headers)
        found = self._seen(cell.route, answer, pair.theirs)
        if self._told_of(cell, answer, pair.theirs) == nobodys:
            return found
        # Between two answers a clock may have moved on: what differs differs again.
        if await self._told(cell, pair.theirs, headers) != await self._told(cell, pair.nobodys, headers):
            found.append(f"{cell.route.key} answers {answer.status_code} to their {cell.shape} as {cell.name}")
        return found

    async def _told(self, cell: Cell, value: str, headers: Mapping[str, str]) -> Any:
        return self._told_of(cell, await self._answer(cell, value, headers), value)

    async def _answer(self, cell: Cell, value: str, headers: Mapping[str, str]) -> httpx.Response:
        _OURS_BY_NOW.update({value} if PLACES[cell.route.key].creates else ())
        return await self.ask(self.call(cell, value), cell.route, headers)

    def _told_of(self, cell: Cell, answer: httpx.Response, value: str) -> Any:
        told, place = self._normal(answer, value), PLACES[cell.route.key]
        return told[:1] if place.anew or (place.creates and cell.route.app != API) else told

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
        known = {value, *_OURS_BY_NOW}
        headers = [(name, _without(text, *known)) for name, text in answer.headers.multi_items()]
        return answer.status_code, headers, UNLIKE.sub("…", _without(answer.text, *known))

    def _seen(self, route: Route, answer: httpx.Response, value: str) -> list[str]:
        whole = answer.text + str(answer.headers.multi_items())
        shown = [secret for secret in self._secrets if secret in whole]
        if not shown:
            return []
        whole = _without(UNLIKE.sub("…", whole), value, *_OURS_BY_NOW)
        return [f"{route.key} shows {secret} of theirs" for secret in shown if secret in whole]

    def _nobodys(self, cell: Cell) -> str:
        # Of a shape that is no secret to the caller there is nothing to try.
        pairs = self._pairs[cell.shape] if cell.shape else []
        return pairs[0].nobodys if pairs else ""


def _worded(part: Any, words: Mapping[str, str]) -> Any:
    """The same JSON with all its texts filled in."""
    match part:
        case str():
            return part.format(**words)
        case list():
            return [_worded(each, words) for each in part]
        case Mapping():
            return {name: _worded(each, words) for name, each in part.items()}
        case _:
            return part


def _without(text: str, *values: str) -> str:
    # The longest first: some stand within others.
    for value in sorted(values, key=len, reverse=True):
        for written in _spellings(value):
            text = text.replace(written, "…")
    return text


@cache
def _spellings(value: str) -> frozenset[str]:
    return frozenset({value, quote(value), quote_plus(value), quote(value, safe=""), escape(value)} - {""})
