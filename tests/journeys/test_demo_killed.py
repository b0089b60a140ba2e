"""A demo that is killed leaves no web and no worker behind, and the next one in its folder puts the database down."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from leumund.tenancy.database import embedded


async def test_what_a_killed_demo_leaves_is_put_down(tmp_path: Path):
    data = tmp_path / "demo"
    command = [sys.executable, "-m", "leumund.cli", "demo", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as demo:  # noqa: ASYNC220 - our own command
        try:
            # They are there before anything is played, which takes long and changes nothing about it.
            async with asyncio.timeout(120):
                while len(children := _processes(demo.pid)) < 2:  # noqa: ASYNC110 - the command tells nobody
                    await asyncio.sleep(0.1)
        finally:
            demo.send_signal(signal.SIGKILL)
    async with asyncio.timeout(60):
        while any(_runs(child, "leumund.cli") for child in children):  # noqa: ASYNC110 - they are nobody's to wait for
            await asyncio.sleep(0.1)
    server = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    assert _runs(server, str(data)), "or there would be nothing to put down"
    assert embedded.put_down(data)
    assert not _runs(server, str(data))
    assert not embedded.put_down(data)


def _processes(demo: int) -> list[int]:
    """Web and worker, as soon as they are there."""
    children = Path(f"/proc/{demo}/task/{demo}/children").read_text().split()
    return [child for child in map(int, children) if _runs(child, "leumund.cli")]


def _runs(process: int, word: str) -> bool:
    try:
        return word in Path(f"/proc/{process}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
