"""A command is imported when it is called: whoever lists companies or asks for help waits for nothing else."""

import ast
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

import typer
from typer.core import TyperCommand
from typer.main import get_command


class _Uncalled(TyperCommand):
    """Stands for a command in the help, and gives way to it when it is called."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        assert self.callback is not None, "add() gave it one"
        return cast(TyperCommand, self.callback()).make_context(info_name, args, parent, **extra)


def add(app: typer.Typer, *, name: str, place: str) -> None:
    """Let ``name`` call the function at ``place`` ("module:function") among the modules of this package."""
    module, _, function = place.partition(":")
    path = f"{__package__}.{module}"

    def called() -> TyperCommand:
        alone = typer.Typer(add_completion=False)
        alone.command(name)(cast(Callable[..., None], getattr(import_module(path), function)))
        return cast(TyperCommand, get_command(alone))

    app.command(name, cls=_Uncalled, help=_said_by(path, function))(called)


def _said_by(path: str, function: str) -> str:
    """The docstring of ``function``, read where it is written instead of imported."""
    spec = find_spec(path)
    assert spec is not None, path
    assert spec.origin is not None, path
    with open(spec.origin, encoding="utf-8") as file:
        statements = ast.parse(file.read()).body
    written = next(each for each in statements if isinstance(each, ast.FunctionDef) and each.name == function)
    return ast.get_docstring(written) or ""
