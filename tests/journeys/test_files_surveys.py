"""A folder's surveys are published, changed as new versions, closed and opened, and written back as they are."""

from pathlib import Path

import pytest

from leumund.files import reading
from leumund.files.faults import Faulty
from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio import closing, publishing
from tests.journeys import folders
from tests.journeys.folders import Folder

KEY = "kundenbindung"


async def versions(deployment, folder: Folder) -> list[Definition]:
    async with deployment.scopes.reading(await folders.tenant_of(deployment, folder)):
        return [each.of.definition for each in await publishing.versions(key=KEY)]


async def test_a_survey_changes_closes_and_is_written_back(deployment, tmp_path: Path):
    folder = Folder(tmp_path, "linden")
    await folders.apply(deployment, folder.path)

    def shorten(company) -> None:
        survey = company["surveys"][0]
        survey["closed"] = True
        del survey["questions"][4]

    folder.change(shorten)
    assert await folders.apply(deployment, folder.path) == [f"survey {KEY}", f"survey {KEY} closed"]
    assert await folders.apply(deployment, folder.path) == folders.NOTHING
    assert [len(each.questions) for each in await versions(deployment, folder)] == [7, 8]
    back = await folders.exported(deployment, folder, tmp_path / "back")
    assert reading.read(back) == reading.read(folder.path)
    folder.change(lambda company: company["surveys"][0].pop("closed"))
    assert await folders.apply(deployment, folder.path) == [f"survey {KEY} opened"]
    async with deployment.scopes.reading(await folders.tenant_of(deployment, folder)):
        assert await closing.closed() == {}

    # What only shows here is named by its key, and nothing of the folder is applied.
    def promise_otherwise(company) -> None:
        company["surveys"][0]["named"] = False
        company["name"] = "Linden Neu"

    folder.change(promise_otherwise)
    with pytest.raises(Faulty) as fault:
        await folders.apply(deployment, folder.path)
    assert [each.key for each in fault.value.faults] == ["surveys[1].named"]

    def ask_for_health(company) -> None:
        survey = company["surveys"][0]
        survey["named"] = True
        survey["questions"][0]["texts"]["de"]["question"] = "Wie ist Ihre Gesundheit?"

    folder.change(ask_for_health)
    with pytest.raises(Faulty) as fault:
        await folders.apply(deployment, folder.path)
    (protected,) = fault.value.faults
    assert protected.key == "surveys[1].questions"
    assert "Gesundheit" in protected.reason
    assert len(await versions(deployment, folder)) == 2
