"""Names under seal are found by whole words, addresses and telephones by all of them, numbers by their beginning."""

import msgspec
import pytest

from leumund.customers.intake import importing
from leumund.customers.records import finding, keeping, registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.kit.ground import Ground
from tests import opened
from tests.conftest import NOON
from tests.rooms import whole

PEOPLE = {
    "Anna": Record(email="anna@example.com", given_name="Anna", family_name="Linde", phone="+49 30 1234567"),
    "Bert": Record(email="bert@example.com", given_name="Bert", family_name="Müller-Groß", external_id="K_1"),
    "Clara": Record(email="clara@example.com", given_name="Clara Anna", family_name="O'Neil", external_id="K-12"),
}


@pytest.fixture
async def people(inside: Ground) -> None:
    await whole.company(at=NOON)
    for record in PEOPLE.values():
        await registering.register(record=record, source="test", at=NOON)


async def found(text: str) -> set[str]:
    return {person.given_name.split()[0] for person in (await finding.search(text=text)).rows}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {"Anna", "Bert", "Clara"}),
        ("anna", {"Anna", "Clara"}),
        ("  ANNA   linde ", {"Anna"}),
        ("Linde Anna", {"Anna"}),
        ("anna mueller", set()),
        ("Mueller", {"Bert"}),
        ("muller gross", {"Bert"}),
        ("oneil", {"Clara"}),
        ("Lind", set()),
        ("ANNA@example.com", {"Anna"}),
        ("anna@example.co", set()),
        ("030 1234567", {"Anna"}),
        ("0049 30 1234567", {"Anna"}),
        ("+4930/1234567", {"Anna"}),
        ("030 123456", set()),
        ("K", {"Bert", "Clara"}),
        ("k-1", {"Clara"}),
        ("K_", {"Bert"}),
        ("%", set()),
        ("!!!", set()),
        ("'", set()),
    ],
)
async def test_a_text_finds_whom_it_names(people: None, text: str, names: set[str]):
    assert await found(text) == names


async def test_whoever_is_called_otherwise_is_found_by_the_new_name_alone(people: None):
    await registering.register(record=Record(email="anna@example.com", family_name="Eiche"), source="test", at=NOON)
    assert (await found("Eiche"), await found("Linde"), await found("anna eiche")) == ({"Anna"}, set(), {"Anna"})
    rows = [{"email": "anna@example.com", "given_name": "Änne", "phone": "030 7654321"}]
    await importing.import_rows(rows, source="file", actor="system:test", dry_run=False, at=NOON)
    assert [await found(text) for text in ("aenne eiche", "anne", "030 7654321")] == [{"Änne"}] * 3
    assert (await found("030 1234567"), await found("anna")) == (set(), {"Clara"})


async def test_the_words_are_numbers_that_say_nothing_and_have_an_index(people: None):
    rows = await ground.fetch("SELECT found_by FROM customer")
    assert sorted(len(row["found_by"]) for row in rows) == [3, 3, 4], "Müller is found in two spellings"
    await ground.execute("SET LOCAL enable_seqscan = off")
    plan = await ground.fetch("EXPLAIN SELECT FROM customer WHERE found_by @> '{1,2}'::bigint[]")
    assert any("customer_found_by" in row["QUERY PLAN"] for row in plan), plan


async def test_what_changes_nothing_is_not_sealed_anew(people: None):
    sealed = "SELECT email_sealed, given_name_sealed, phone_sealed, found_by, updated_at FROM customer ORDER BY id"
    before = await ground.fetch(sealed)
    row = {"email": "anna@example.com", "given_name": "Anna", "phone": "030 1234567"}
    report = await importing.import_rows([row], source="file", actor="system:test", dry_run=False, at=NOON)
    assert (report.updated, report.unchanged) == (0, 1)
    assert await ground.fetch(sealed) == before


async def test_an_address_found_by_its_hash_is_the_one_under_the_seal(people: None):
    for person in await opened.people():
        assert person.email is not None
        assert await finding.by_email(email=person.email) == person


async def test_everybody_in_a_file_is_found_though_few_of_its_names_are_held_at_once(
    inside: Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeping, "_NAMES_HELD", 1)
    rows = [msgspec.structs.asdict(record) for record in PEOPLE.values()]
    await importing.import_rows(rows, source="file", actor="system:test", dry_run=False, at=NOON)

    assert [await found(text) for text in ("anna linde", "muller", "clara oneil")] == [{"Anna"}, {"Bert"}, {"Clara"}]


async def test_no_more_names_are_held_than_that(inside: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeping, "_NAMES_HELD", 2)
    words = keeping.Words()
    assert [len(words) for name in ("Anna", "Bert", "Anna", "Clara") if words[name]] == [1, 2, 2, 1]
