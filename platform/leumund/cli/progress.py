"""How far a long command is, on standard error: a bar where somebody looks on, and now and then a line elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_THINGS_A_LINE = 100


@contextmanager
def shown(total: int, *, things: str) -> Iterator[Callable[[bool], None]]:
    """Yields what to call after each of ``total`` things, with whether it went well; shows nothing of none."""
    console = Console(stderr=True)
    if console.is_terminal and total:
        with _bar(total, things, console) as count:
            yield count
    else:
        yield _lines(total, things)


@contextmanager
def _bar(total: int, things: str, console: Console) -> Iterator[Callable[[bool], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    failed = 0
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(things, total=total)

        def count(well: bool) -> None:
            nonlocal failed
            failed += not well
            bar.update(task, advance=1, description=_said(things, failed))

        yield count


def _lines(total: int, things: str) -> Callable[[bool], None]:
    done = failed = 0

    def count(well: bool) -> None:
        nonlocal done, failed
        done += 1
        failed += not well
        if done % _THINGS_A_LINE == 0 or done == total:
            typer.echo(f"{done} of {total} {_said(things, failed)}", err=True)

    return count


def _said(things: str, failed: int) -> str:
    return f"{things}, {failed} failed" if failed else things
