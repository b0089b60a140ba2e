"""``leumund demo``: the main job, played once on this machine before your eyes."""

import asyncio
import shutil
from pathlib import Path
from typing import Annotated

import typer

from leumund.demo import playing

_PORT = 8000


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the figures instead of serving on.")] = False,
    data: Annotated[Path, typer.Option(help="Where the demo's database lies; emptied first.")] = Path("var/demo"),
) -> None:
    """Set up three companies, play the whole way from survey to reward, print figures and logins, and serve."""
    if data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True)
    try:
        asyncio.run(playing.play(data, once=once, wished_port=_PORT))
    except KeyboardInterrupt:
        typer.echo("\nstopped")
