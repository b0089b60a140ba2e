"""``leumund tenant apply``: companies opened and changed from their folders, several at a time."""

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from leumund.cli import opening
from leumund.files import opening as folders
from leumund.files import reading
from leumund.files.faults import Faulty
from leumund.files.reading import Examined
from leumund.kit import language
from leumund.kit.faults import Refusals, Refused
from leumund.kit.ground import Connection
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.spreading import spread

_JOBS = 4


class Applied(NamedTuple):
    """What became of one folder: lines of what changed, or of what is wrong."""

    changes: list[str]
    faults: list[str]


def apply(
    folder: Annotated[list[Path], typer.Argument(help="A company's folder; several are applied one beside the other.")],
    jobs: Annotated[int, typer.Option(min=1, max=16, help="How many folders at a time.")] = _JOBS,
) -> None:
    """Create or update the company of each FOLDER; all that is wrong with one is named, and then it does not change."""
    examined = [reading.examine(one) for one in folder]
    applied = opening.inside_deployment(lambda deployment: _apply(deployment, examined, jobs))
    for one, result in zip(examined, applied, strict=True):
        for line in result.changes:
            typer.echo(f"{one.slug}: {line}")
    faults = [
        # Of one folder it is plain whose faults they are.
        f"{path.name}: {line}" if len(folder) > 1 else line
        for path, result in zip(folder, applied, strict=True)
        for line in result.faults
    ]
    if faults:
        opening.stop("\n".join(faults))


async def _apply(deployment: Deployment, examined: list[Examined], jobs: int) -> list[Applied]:
    applied = dict[int, Applied]()

    async def apply_one(owner: Connection, place: int) -> None:
        applied[place] = await _applied(deployment, examined[place], owner)

    await spread(deployment.server, range(len(examined)), jobs=jobs, deed=apply_one)
    return [applied[place] for place in range(len(examined))]


async def _applied(deployment: Deployment, examined: Examined, owner: Connection) -> Applied:
    try:
        changes = await folders.apply_examined(deployment, examined, owner=owner)
    except Faulty as fault:
        return Applied([], [f"{one.file}: {one.key}: {one.reason}" for one in fault.faults])
    except Refusals as several:
        return Applied([], [_said(fault) for fault in several.faults])
    except Refused as fault:
        return Applied([], [_said(fault)])
    return Applied(changes, [])


def _said(fault: Refused) -> str:
    return language.text(fault.key, "en", **fault.values)
