"""A demo that is killed leaves no web and no worker behind, and the next one in its folder puts the database down."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from leumund.tenancy.database import embedded


async def test_what_a_killed_demo_leaves_is_put_down(tmp_path: Path):
    data = tmp_path / "demo"
    command = [sys.executable, "-m", "leumund.cli", "demo", "--data", str(data)]
    unbuffered = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=unbuffered) as demo:  # noqa: ASYNC220 - our own command
        try:
            await asyncio.to_thread(_until_it_serves, demo)
            children = [child for child in map(int, _children(demo.pid)) if _runs(child, "leumund.cli")]
            assert len(children) == 2, "web and worker"
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


def _until_it_serves(demo: subprocess.Popen[bytes]) -> None:
    assert demo.stdout is not None, "it is a pipe"
    assert any(b"serving at" in line for line in demo.stdout)


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def _runs(process: int, word: str) -> bool:
    try:
        return word in Path(f"/proc/{process}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
