"""Bodies are read strictly: JSON of the very types that are asked for, every field known, every fault told at once."""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition
from msgspec import Struct

from leumund.kit.faults import Refusals, Refused

T = TypeVar("T", bound=Struct)
MOST_BODY_BYTES = 64_000
_TYPE = "application/json"
_PLACE = re.compile(r" - at `\$(.*)`$")
_NAMED = re.compile(r"^Object (missing required|contains unknown) field `(.*)`$")
_EXPECTED = re.compile(r"^Expected `([^`]*)`|^Invalid RFC3339 encoded (\w+)")
_TOO_LONG = re.compile(r"of length <= (\d+)$")
_SENTENCES = (
    ("datetime", "errors.api.moment"),
    ("date", "errors.api.day"),
    ("int", "errors.api.amount"),
    ("str", "errors.api.text"),
    ("array", "errors.api.list"),
    ("object", "errors.api.object"),
)


class Malformed(Refused):
    """No JSON, no JSON object, or one that names a field twice."""


class NotJson(Refused):
    """The content type says that this is something else."""


class Strictly(AbstractDTO[T]):
    """Has Litestar hand over the body as it came; its own reading takes ``"5"`` for 5."""

    def decode_bytes(self, value: bytes) -> Any:
        if self.asgi_connection.headers.get("content-type", "").split(";")[0].strip().lower() != _TYPE:
            raise NotJson("errors.api.not_json")
        return read(self.model_type, value)

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, *_: Any, **__: Any
    ) -> None:
        """Nothing: no second model is made from the first."""

    @classmethod
    def create_openapi_schema(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,  # noqa: ARG003 - Litestar names it
        schema_creator: Any,
    ) -> Reference | Schema:
        schema: Reference | Schema = schema_creator.for_field_definition(field_definition)
        return schema

    @classmethod
    def generate_field_definitions(cls, *_: Any) -> Generator[DTOFieldDefinition, None, None]:
        """Nothing: the type's own fields stand."""
        yield from ()

    @classmethod
    def detect_nested_field(cls, *_: Any) -> bool:
        return False


def read(kind: type[T], raw: bytes) -> T:
    """The body as ``kind``. Raises Malformed, and Refusals with every field that is wrong."""
    given = _object(raw)
    faults = list(_faults(kind, given))
    if faults:
        raise Refusals(faults)
    return msgspec.convert(given, kind)


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        # The first reader knows what JSON is (UTF-8, no NaN, no half characters); the second sees every name.
        msgspec.json.decode(raw)
        given = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as fault:
        raise Malformed("errors.api.malformed") from fault
    if not isinstance(given, dict):
        raise Malformed("errors.api.malformed")
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise Malformed("errors.api.named_twice")
    return names


def _faults(kind: type[Struct], given: Mapping[str, Any]) -> Iterator[Refused]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in given:
        if name not in fields:
            yield Refused("errors.api.field_unknown", field=name[:100])
    for name, field in fields.items():
        if name in given:
            try:
                msgspec.convert(given[name], field.type)
            except msgspec.ValidationError as fault:
                yield _fault(name, str(fault))
        elif field.required:
            yield Refused("errors.api.field_missing", field=name)


def _fault(name: str, message: str) -> Refused:
    """What msgspec says in English, in a sentence of ours."""
    found = _PLACE.search(message)
    place, said = (name + found[1], message[: found.start()]) if found else (name, message)
    named = _NAMED.match(said)
    if named:
        key = "errors.api.field_missing" if named[1] == "missing required" else "errors.api.field_unknown"
        return Refused(key, field=f"{place}.{named[2][:100]}")
    too_long = _TOO_LONG.search(said)
    if too_long:
        return Refused("errors.api.text_too_long", field=place, most=int(too_long[1]))
    expected = _EXPECTED.match(said)
    wanted = (expected[1] or expected[2]) if expected else ""
    return Refused(next((key for word, key in _SENTENCES if word in wanted), "errors.api.value"), field=place)
