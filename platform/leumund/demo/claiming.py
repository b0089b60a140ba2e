"""One demo a folder: a second one would empty the database under the first."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """A demo lives in this folder."""


class SomebodyElses(Exception):
    """Something lies in this folder, and no demo has been there before."""


@contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Hold ``data`` for this process alone, until the block or the process ends.

    Raises AlreadyRunning and SomebodyElses.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    # Beside the folder, which is emptied; the lock goes with the process, however that ends, and its file stays.
    place = data.with_name(f"{data.name}.lock")
    if not place.exists() and data.exists() and any(data.iterdir()):
        raise SomebodyElses
    with place.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield
