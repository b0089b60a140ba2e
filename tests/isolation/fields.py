"""Which names each handler takes: from its signature, from its body's model, and by listening to what it asks for.

Handlers ask their forms and addresses for names as they go, so no signature tells them. While the tests run, whichever
they are, each name that a handler asks for is noted, and ``hearing.py`` fails a run in which one had no place.
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import pytest
from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict, MultiDict
from litestar.routes import HTTPRoute
from msgspec import inspect

from leumund.web import forms
from tests.isolation import routes
from tests.isolation.places import EVERYWHERE, PLACES
from tests.isolation.routes import Route

QUERY, FORM, JSON = "query", "form", "json"


class Field(NamedTuple):
    """A name that the route of ``key`` takes in its query, its form or its JSON, as ``kind`` says."""

    key: str
    kind: str
    name: str


_asked: set[Field] = set()


def asked() -> set[Field]:
    """All that any handler asked for since the run began."""
    return set(_asked)


def hear(fields: Iterable[Field]) -> None:
    """Note what another process heard."""
    _asked.update(fields)


def forget(fields: set[Field]) -> None:
    """Leave out what a negative control asked for on purpose."""
    _asked.difference_update(fields)


def homeless(fields: set[Field]) -> list[str]:
    """A sentence for every field that the place of its route does not know."""
    return [
        f"{each.key} takes {each.name} in its {each.kind}, without a place: give it one in tests/isolation/places.py"
        for each in sorted(fields)
        if not _has_place(each)
    ]


def _has_place(field: Field) -> bool:
    if field.key not in PLACES or (field.kind == QUERY and field.name in EVERYWHERE):
        # What has no place as a whole is told by the matrix.
        return True
    return any(fnmatchcase(field.name, known) for known in PLACES[field.key].names(field.kind))


def declared(door: Any) -> set[Field]:
    """What signatures and models say: names of queries, and every leaf of a JSON body, dotted."""
    return {field for app in routes.applications(door) for field in _declared(app)}


def _declared(app: Litestar) -> Iterator[Field]:
    for route in app.routes:
        assert isinstance(route, HTTPRoute), f"{route.path} speaks something else than HTTP: this suite must learn it"
        for method, (handler, _) in route.route_handler_map.items():
            key = Route(routes.name_of(app), method, route.path_format).key
            model = handler.create_kwargs_model(path_parameters=route.path_parameters)
            assert not model.expected_cookie_params, f"{key} takes a cookie: this suite must learn it"
            assert not model.expected_form_data, f"{key} takes a form by its signature: this suite must learn it"
            yield from (Field(key, QUERY, each.field_alias) for each in model.expected_query_params)
            if body := handler.parsed_data_field:
                yield from (Field(key, JSON, name) for name in _leaves(inspect.type_info(body.annotation)))


def _leaves(kind: inspect.Type, *above: str) -> Iterator[str]:
    match kind:
        case inspect.StructType(fields=fields):
            for each in fields:
                yield from _leaves(each.type, *above, each.encode_name)
        case inspect.UnionType(types=types):
            yield from {leaf for one in types for leaf in _leaves(one, *above)}
        case inspect.ListType(item_type=item):
            yield from _leaves(item, *above, "0")
        case _:
            yield ".".join(above)


def listen(patch: pytest.MonkeyPatch) -> None:
    """Note from now on which names handlers ask their addresses and forms for."""
    query, filled, sent = ASGIConnection.query_params.fget, forms.filled, forms.sent

    def told(connection: ASGIConnection[Any, Any, Any, Any]) -> MultiDict[Any]:
        return _Query(query(connection), connection)

    async def form(request: Request[Any, Any, Any]) -> dict[str, str]:
        return _Filled(await filled(request), request)

    async def raw(request: Request[Any, Any, Any]) -> FormMultiDict:
        return _Sent(await sent(request), request)

    patch.setattr(ASGIConnection, "query_params", property(told))
    patch.setattr(forms, "filled", form)
    patch.setattr(forms, "sent", raw)


class _Listening:
    """Whatever name is asked for is noted before it is answered."""

    kind = FORM

    def __init__(self, given: Any, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        super().__init__(given)
        self._where = connection.scope

    def _note(self, name: object) -> None:
        app, method = routes.name_of(self._where["litestar_app"]), self._where["method"].replace("HEAD", "GET")
        if app and "path_template" in self._where:
            _asked.add(Field(Route(app, method, self._where["path_template"]).key, self.kind, str(name)))

    def __getitem__(self, name: Any) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def get(self, name: Any, default: Any = None) -> Any:
        """As a mapping's."""
        self._note(name)
        return super().get(name, default)


class _Query(_Listening, MultiDict[Any]):
    kind = QUERY


class _Filled(_Listening, dict[str, str]):
    """A form as handlers get it; going through all of it is asking for each, and a copy is no longer listened to."""

    def items(self) -> Any:
        """As a mapping's, every name noted."""
        for name in self:
            self._note(name)
        return super().items()


class _Sent(_Listening, FormMultiDict):
    """A form with files."""
