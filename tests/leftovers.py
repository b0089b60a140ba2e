"""What runs that were killed left in memory: a database there would keep its room until the machine restarts."""

import os
import shutil
from pathlib import Path

from leumund.tenancy.database import embedded

_NAME = "leumund-"


def prefix() -> str:
    """What the folder of this process's database begins with."""
    return f"{_NAME}{os.getpid()}-"


def sweep(memory: Path) -> None:
    """Put down the servers in ``memory`` whose run is no more, and take their folders away."""
    for folder in memory.glob(f"{_NAME}*-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            embedded.put_down(folder)
            shutil.rmtree(folder)
