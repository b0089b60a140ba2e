"""Every route there is, read from the applications that are served and from nowhere else."""

from collections.abc import Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

from litestar import Litestar
from litestar.routes import HTTPRoute

COMPANY, API, WEBHOOKS, OPERATOR = "company", "api", "webhooks", "operator"
# Litestar answers these for every route by itself, from the route's methods alone.
_BY_ITSELF = frozenset({"OPTIONS"})
_KNOWN_BY = {"/console": COMPANY, "/operator/log": OPERATOR, "/api/v1/refunds": API, "/webhooks/stripe": WEBHOOKS}


class Route(NamedTuple):
    """One method of one path of one application; ``path`` has its parameters in braces, as ``{name}``."""

    app: str
    method: str
    path: str

    @property
    def key(self) -> str:
        """How the table of places names it."""
        return f"{self.method} {self.path}" if self.app != OPERATOR else f"{self.method} /{self.path}"


def of(door: Any) -> list[Route]:
    """All routes behind ``door``, whichever application they belong to."""
    return sorted({Route(name_of(app), *one) for app in applications(door) for one in _methods(app)})


def applications(door: Any) -> list[Litestar]:
    """The Litestar applications ``door`` leads to, through whatever is wrapped around them."""
    found, seen, ahead = [], set(), [door]
    while ahead:
        here = ahead.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, Litestar):
            found.append(here)
        else:
            ahead += _within(here)
    return found


def name_of(app: Litestar) -> str:
    """Which of the three ``app`` is; empty for one of a test's own."""
    paths = {route.path for route in app.routes}
    return next((name for path, name in _KNOWN_BY.items() if path in paths), "")


def _within(thing: Any) -> list[Any]:
    if isinstance(thing, MethodType):
        return [thing.__self__, thing.__func__]
    if isinstance(thing, FunctionType):
        return [cell.cell_contents for cell in thing.__closure__ or ()]
    if isinstance(thing, type | ModuleType) or not hasattr(thing, "__dict__"):
        return []
    return list(vars(thing).values())


def _methods(app: Litestar) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        assert isinstance(route, HTTPRoute), f"{route.path} speaks something else than HTTP: this suite must learn it"
        for method in route.methods - _BY_ITSELF:
            yield method, route.path_format
