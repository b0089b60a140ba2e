"""Every page of this entrance in one place."""

from litestar.types import ControllerRouterHandler


def routes() -> list[ControllerRouterHandler]:
    return []
