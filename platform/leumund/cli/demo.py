"""``leumund demo``: the main job, played once on this machine before your eyes."""

import asyncio
import shutil
import signal
from pathlib import Path
from typing import Annotated

import typer

from leumund.cli import opening
from leumund.demo import claiming, playing
from leumund.tenancy.database import embedded

_PORT = 8000


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the figures instead of serving on.")] = False,
    data: Annotated[Path, typer.Option(help="Where the demo's database lies; emptied first.")] = Path("var/demo"),
) -> None:
    """Set up three companies, play the whole way from survey to reward, print figures and logins, and serve."""
    try:
        with claiming.claimed(data):
            if embedded.put_down(data):
                typer.echo(f"a demo was killed and left its database running in {data}: it is stopped, and begun anew")
            if data.exists():
                shutil.rmtree(data)
            data.mkdir(parents=True)
            asyncio.run(_play(data, once))
    except claiming.AlreadyRunning:
        opening.stop(f"a demo is running in {data} already: stop it first, or give another folder with --data")
    except claiming.SomebodyElses:
        opening.stop(f"{data} is not empty and no demo's: give a folder with --data that may be emptied")
    except (KeyboardInterrupt, asyncio.CancelledError):
        typer.echo("\nstopped")


async def _play(data: Path, once: bool) -> None:
    playing_task = asyncio.current_task()
    assert playing_task is not None, "asyncio.run makes one"
    # Told to stop in any way, the demo takes its database and processes down with it.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing_task.cancel)
    await playing.play(data, once=once, wished_port=_PORT)
