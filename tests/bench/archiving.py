"""What an archive costs among ten companies and among many, and how long a company is only read while it moves."""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from leumund.cli import noting
from leumund.kit import clock
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.tenancy.moving import archiving, encrypting, holding, importing
from tests.journeys import elsewhere

_TIMES = 9


async def archive_milliseconds(deployment: Deployment, tenant: Tenant) -> float:
    """How long one company's archive takes, the median of several; told beside the companies there are."""
    taken = []
    with TemporaryDirectory() as folder:
        recipient = encrypting.make_key(Path(folder, "key"))
        for number in range(_TIMES):
            begun = time.perf_counter()
            await archiving.archive_company(
                deployment.server,
                deployment.settings,
                tenant,
                file=Path(folder, f"{number}.tar.age"),
                recipients=[recipient],
                at=clock.now(),
            )
            taken.append(1000 * (time.perf_counter() - begun))
    companies = len(await deployment.directory.all())
    print(f"archive of one company among {companies:,}: {median(taken):.0f} ms (median of {_TIMES})")
    return median(taken)


async def window_seconds(deployment: Deployment, tenant: Tenant) -> float:
    """How long ``tenant`` is only read while it moves to a deployment beside this one; it is back here afterwards."""
    with TemporaryDirectory() as folder:
        async with elsewhere.opened(Path(folder, "data")) as there:
            file, key = Path(folder, "company.tar.age"), Path(folder, "key")
            recipient, begun = encrypting.make_key(key), time.perf_counter()
            await holding.hold(deployment.server, tenant, at=clock.now(), note=noting.note)
            await archiving.archive_company(
                deployment.server, deployment.settings, tenant, file=file, recipients=[recipient], at=clock.now()
            )
            await importing.take_in(
                there.server, there.settings, file=file, identities=key, at=clock.now(), note=noting.note
            )
            seconds = time.perf_counter() - begun
    await holding.let_go(deployment.server, tenant, at=clock.now(), note=noting.note)
    print(f"a company is only read while it moves for {seconds:.1f} s")
    return seconds
