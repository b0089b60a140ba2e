"""How much memory a process takes at most for one deed, by ``python -m tests.journeys.weighing DEED FOLDER SLUG``."""

import asyncio
import re
import sys
from pathlib import Path

from leumund.kit import environment
from leumund.tenancy import deployment as deployments
from tests.journeys import elsewhere


async def main(deed: str, folder: Path, slug: str) -> None:
    async with deployments.opened(environment.read(), role="web") as deployment:
        await deployment.directory.all()
        before = most_bytes()
        if deed == "archive":
            await elsewhere.archived(deployment, await deployment.directory.by_slug(slug), folder)
        elif deed == "take_in":
            await elsewhere.taken_in(deployment, folder)
        else:
            whole = (folder / "company.tar.age").read_bytes()
            assert whole
        print(most_bytes() - before)


def most_bytes() -> int:
    """The most this process ever held; what its parent held, which getrusage tells too, is not in it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found, "Linux tells"
    return int(found[1]) * 1024


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
