"""Who handles data is listed while it does, and stays readable when it ends."""

from datetime import date

import pytest

from leumund.company import processing
from leumund.company.processing import Described, Incomplete, SafeguardsMissing
from leumund.kit.ground import Ground

TODAY = date(2026, 11, 23)
LATER = date(2026, 12, 1)
HOST = Described(
    role="processor",
    name="Hosting GmbH",
    address="Rechenweg 1, 10115 Berlin",
    country="DE",
    what_for={"de": "Betrieb der Plattform", "en": "running the platform"},
)
PRINTER = Described(
    role="processor",
    name="Druck AG",
    address="Bahnhofstrasse 2, 8001 Zürich",
    country="CH",
    what_for={"de": "Druck der Karten", "en": "printing cards"},
    safeguards="adequacy",
)
BOTH = ("de", "en")


async def test_whoever_handles_data_is_listed_until_it_ends(inside: Ground):
    await processing.settle(wanted=[PRINTER], on=TODAY)
    assert [one.name for one in await processing.listed()] == ["Druck AG"]
    await processing.settle(wanted=[], on=LATER)
    assert await processing.listed() == []
    assert [(one.since_date, one.until_date) for one in await processing.history()] == [(TODAY, LATER)]


async def test_the_host_stands_first_and_only_the_deployment_changes_it(inside: Ground):
    assert await processing.settle_host(host=HOST, on=TODAY)
    assert not await processing.settle_host(host=HOST, on=LATER)
    await processing.settle(wanted=[PRINTER], on=TODAY)
    host, printer = await processing.listed()
    assert (host.is_host, printer.is_host) == (True, False)


async def test_settling_ends_who_is_not_wanted_and_leaves_the_host(inside: Ground):
    await processing.settle_host(host=HOST, on=TODAY)
    assert await processing.settle(wanted=[PRINTER], on=TODAY)
    assert not await processing.settle(wanted=[PRINTER], on=LATER)
    assert await processing.settle(wanted=[], on=LATER)
    assert [one.name for one in await processing.listed()] == ["Hosting GmbH"]


async def test_what_changes_is_a_new_entry(inside: Ground):
    await processing.settle_host(host=HOST, on=TODAY)
    moved = Described(**{name: getattr(HOST, name) for name in HOST.__struct_fields__} | {"address": "Neu 1, Kiel"})
    await processing.settle_host(host=moved, on=LATER)
    assert [(one.address, one.until_date) for one in await processing.history()] == [
        ("Neu 1, Kiel", None),
        ("Rechenweg 1, 10115 Berlin", LATER),
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": " "}, Incomplete),
        ({"address": ""}, Incomplete),
        ({"what_for": {"de": "Druck"}}, Incomplete),
        ({"safeguards": "none_needed"}, SafeguardsMissing),
    ],
)
def test_what_the_notice_could_not_tell_is_refused(change, fault):
    said = {name: getattr(PRINTER, name) for name in PRINTER.__struct_fields__} | change
    with pytest.raises(fault):
        processing.check(described=Described(**said), languages=BOTH)
