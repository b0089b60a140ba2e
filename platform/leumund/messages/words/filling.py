"""Fill in what a company wrote itself: Liquid, of which only names of a closed list, choices and few filters are left.

What comes out is text, never HTML: the letter's frame escapes it with everything else. A company's words reach neither
Python nor our templates, and there is nothing in them that loops, includes or grows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from liquid import BoundTemplate, Environment, Node, RenderContext, StrictUndefined
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError, LiquidSyntaxError
from liquid.expression import Expression
from liquid.token import TOKEN_TAG, Token

from leumund.kit import faults

_TAGS = frozenset({"if", "unless", "case", "comment", "#", "content", "output", "illegal"})
_FILTERS = frozenset({"default", "upcase", "downcase", "capitalize", "strip", "truncate"})
_LONGEST = 10_000
_LONGEST_TAG = 200
_ENDS = {"{{": "}}", "{%": "%}"}
_MARK = re.compile(r"\{\{|\{%|\}\}|%\}")


class BadWords(faults.Refused):
    """Words that cannot be filled in; ``values`` say what is wrong and where."""


class Unfillable(Exception):
    """Words that were fine with every value they were tried with, and are not with these."""


class _Words(Environment):
    output_stream_limit = _LONGEST
    local_namespace_limit = _LONGEST
    loop_iteration_limit = 1
    context_depth_limit = 10

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in _TAGS}
        self.filters = {name: deed for name, deed in self.filters.items() if name in _FILTERS}


def fill(words: str, values: Mapping[str, str]) -> str:
    """``words`` with ``values`` in their places; a value is text, whatever it looks like, and an empty one is nil.

    Raises Unfillable.
    """
    try:
        return str(_read(words).render(**_told(values)))
    except LiquidError as fault:
        raise Unfillable from fault


def check(words: str, *, values: Mapping[str, str], field: str) -> None:
    """Nothing, when ``words`` can be filled in with ``values``, which name every variable there may be, or with none.

    Raises BadWords for ``field``.
    """
    try:
        template = _read(words)
        for name in _asked(template):
            if name not in values:
                raise BadWords("errors.messages.words.unknown", field=field, name=name, known=", ".join(values))
        for told in (values, dict.fromkeys(values, "")):
            template.render(**_told(told))
    except (LiquidError, RecursionError) as fault:
        raise BadWords("errors.messages.words.unreadable", field=field, line=_line(fault)) from fault


def asks_for(words: str, name: str) -> bool:
    """Whether ``words`` that ``check`` let pass have a place for ``name``."""
    return name in _asked(_read(words))


def _read(words: str) -> BoundTemplate:
    """The template, without a range in it: to look for something in one takes as long as it is. Raises LiquidError."""
    _require_short(words)
    template = _environment().from_string(words)
    for each in _expressions(template.nodes, RenderContext(template)):
        if isinstance(each, RangeLiteral):
            raise LiquidSyntaxError("no ranges", token=each.token)
    return template


def _require_short(words: str) -> None:
    """Nothing, when every tag is closed soon: what Liquid takes to find out grows with the cube of what it looks at."""
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(words):
        if opened is None:
            opened = mark if mark[0] in _ENDS else None
        elif mark[0] == _ENDS[opened[0]] and mark.end() - opened.start() <= _LONGEST_TAG:
            opened = None
        else:
            break
    if opened is not None:
        raise LiquidSyntaxError("not closed", token=Token(TOKEN_TAG, opened[0], opened.start(), words))


def _expressions(nodes: Iterable[Node], context: RenderContext) -> Iterator[Expression]:
    """All there are, in branches that are not taken too."""
    for node in nodes:
        yield from _with_parts(node.expressions())
        yield from _expressions(node.children(context, include_partials=False), context)


def _with_parts(expressions: Iterable[Expression]) -> Iterator[Expression]:
    for each in expressions:
        yield each
        yield from _with_parts(each.children())


def _asked(template: BoundTemplate) -> set[str]:
    """Every name, in branches that are not taken too, with whatever is asked of it."""
    paths = template.analyze(include_partials=False).variables.values()
    return {".".join(map(str, each.segments)) for found in paths for each in found}


def _told(values: Mapping[str, str]) -> dict[str, str | None]:
    return {name: value or None for name, value in values.items()}


def _line(fault: LiquidError | RecursionError) -> int:
    """The line it stumbled over, from 1."""
    place = fault.context() if isinstance(fault, LiquidError) else None
    return place[0] if place else 1


@cache
def _environment() -> _Words:
    return _Words(undefined=StrictUndefined)
