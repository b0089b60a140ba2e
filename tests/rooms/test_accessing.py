"""A person gets all that is stored of them, in words and as it is stored, and nothing of anybody else."""

import json
from uuid import UUID

import pytest

from leumund.company import processing
from leumund.customers.records import finding, registering
from leumund.customers.records.registering import Record
from leumund.kit import ground, printing
from leumund.kit import language as speaking
from leumund.kit.ground import Ground
from leumund.kit.language import LANGUAGES
from leumund.kit.sheets import Facts, Sheet, Table
from leumund.messages import kinds, sending
from leumund.privacy import register
from leumund.privacy.copies import accessing, collecting, porting
from leumund.privacy.copies.collecting import Row
from leumund.privacy.copies.showing import Reader
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.test_processing import PRINTER

ANNA, BERT = "anna@kundin.example", "bert@freund.example"
_JSON = """
SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND a.atttypid = 'jsonb'::regtype AND a.attnum > 0
"""
_WORDS = """
SELECT c.conrelid::regclass::text AS "table", a.attname AS name, pg_get_constraintdef(c.oid) AS rule
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
WHERE c.contype = 'c' AND c.connamespace = current_schema()::regnamespace
  AND pg_get_constraintdef(c.oid) LIKE '%ANY (ARRAY[%'
"""


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    """Anna, who recommended to Bert, with a name, a telephone and a birthday."""
    await whole.company(at=NOON)
    record = Record(email=ANNA, given_name="Anna", family_name="Kanarienvogel", phone="+49 30 901820")
    await registering.register(record=record, source="test", at=NOON)
    code = await whole.advocate(ANNA, at=NOON)
    await whole.friend(code, BERT, at=NOON)
    return (await _known(ANNA)).id


async def _known(email: str) -> finding.Person:
    person = await finding.by_email(email=email)
    assert person is not None
    return person


def _said(sheet: Sheet) -> str:
    blocks = [block for section in sheet.sections for block in section.blocks]
    facts = [text for block in blocks if isinstance(block, Facts) for row in block.rows for text in row]
    cells = [text for block in blocks if isinstance(block, Table) for row in block.rows for text in row]
    return " ".join([*facts, *cells])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_copy_tells_a_person_what_is_stored_and_why(anna: UUID, language: str):
    sheet = accessing.sheet(await accessing.copy(customer=anna, at=NOON), language=language)

    said = _said(sheet)
    for known in (ANNA, "Anna", "Kanarienvogel", "+493090"):
        assert known in said.replace(" ", "")
    headings = {section.heading for section in sheet.sections}
    assert {"de": "Ihr Empfehlungslink", "en": "Your recommendation link"}[language] in headings
    about = ("why", "recipients", "source", "automation", "rights")
    assert {speaking.text(f"data.access.{each}", language) for each in about} <= headings
    assert {"de": "Vertrag (Art. 6 Abs. 1 Buchst. b DSGVO)", "en": "Contract (Art. 6(1)(b) GDPR)"}[language] in said
    assert printing.pdf(sheet).startswith(b"%PDF")


def test_what_proves_a_consent_is_told_in_words():
    row = Row("", {"source": "participation", "evidence": {"page": "join", "boxes": {"survey": False}}})

    assert list(Reader("de", "Europe/Berlin").row(row)) == [
        ("source", "Anmeldung zum Programm"),
        ("evidence", "Seite: join; Kästchen „survey“ angekreuzt: nein"),
    ]


async def test_the_other_one_of_a_referral_is_in_nobodys_copy(anna: UUID):
    bert = (await _known(BERT)).id
    await ground.execute(
        "INSERT INTO referral_signal (referral, signal, weight, at) SELECT id, 'same_phone', 100, $1 FROM referral",
        NOON,
    )
    of_anna, of_bert = [
        accessing.as_json(await accessing.copy(customer=person, at=NOON), language="de") for person in (anna, bert)
    ]

    assert BERT.encode() not in of_anna
    assert bert.hex.encode() not in of_anna.replace(b"-", b"")
    assert ANNA.encode() not in of_bert
    assert anna.hex.encode() not in of_bert.replace(b"-", b"")
    assert json.loads(of_anna)["data"]["referral"][0]["as"] == "advocate"
    assert b"same_phone" not in of_anna, "why somebody looks at Bert is nothing for Anna"
    assert b"same_phone" in of_bert, "and Bert may know"


async def test_a_copy_does_not_tell_whose_address_is_known_here(anna: UUID):
    """Mallory fills in the form behind Mallory's own link in others' names, and looks which of them left a trace."""
    code, before = await whole.advocate(ANNA, at=NOON), await collecting.collect(customer=anna)
    await whole.person("clara@kundin.example", at=NOON)

    known, unknown = [
        await whole.accept(code, email, at=NOON) for email in ("clara@kundin.example", "dora@niemand.example")
    ]

    assert (known, unknown is None) == (None, False)
    assert await collecting.collect(customer=anna) == before


async def test_a_copy_as_json_says_where_from_for_whom_and_how_long(anna: UUID):
    await processing.settle(wanted=[PRINTER], on=NOON.date())
    told = json.loads(accessing.as_json(await accessing.copy(customer=anna, at=NOON), language="en"))

    assert told["schema"] == accessing.SCHEMA
    assert told["data"]["customer"][0]["source"] == "test"
    assert told["scores"] == []
    periods = {each["key"]: each["period"] for each in told["purposes"]}
    assert periods["contact"] == "30 days after the end of your participation"
    assert "answers" not in periods, "she never answered a survey"
    assert "complaint" in told["rights"]
    assert [each["name"] for each in told["recipients"]] == ["Druck AG"]


async def test_how_long_somebody_who_takes_no_part_is_known_is_told_to_them_alone(anna: UUID):
    clara = await whole.person("clara@kundin.example", at=NOON)

    async def rules(person: UUID) -> set[str]:
        told = json.loads(accessing.as_json(await accessing.copy(customer=person, at=NOON), language="de"))
        return {each["key"] for each in told["purposes"]} & {"acquaintance", "leads"}

    assert await rules(clara) == {"acquaintance"}
    await ground.execute("UPDATE customer SET stage = 'lead' WHERE id = $1", clara)
    assert await rules(clara) == {"leads"}
    assert await rules(anna) == set()


async def test_letters_about_rewards_are_told_to_whoever_got_one(anna: UUID):
    async def told() -> bool:
        copied = accessing.as_json(await accessing.copy(customer=anna, at=NOON), language="de")
        return "letters" in {each["key"] for each in json.loads(copied)["purposes"]}

    assert not await told()
    await sending.queue(kind="reward_released", customer=anna, language="de", at=NOON)
    assert await told()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_of_mail_is_called_as_people_call_it(language: str):
    reader = Reader(language, "Europe/Berlin")
    said = {kind: dict(reader.row(Row("", {"kind": kind})))["kind"] for kind in kinds.KINDS}
    assert [kind for kind, word in said.items() if "_" in word or word == kind] == []


async def test_whoever_is_nobody_here_gets_nothing(anna: UUID):
    with pytest.raises(finding.CustomerUnknown):
        await accessing.copy(customer=UUID(int=7), at=NOON)


async def test_what_is_taken_along_is_what_the_person_gave(anna: UUID):
    ported = await porting.port(customer=anna, at=NOON)

    assert ported.data["customer"] == [
        {"email": ANNA, "given_name": "Anna", "family_name": "Kanarienvogel", "phone": "+4930901820"}
    ]
    assert "reward" not in ported.data
    assert "share_link" not in ported.data
    assert json.loads(porting.as_json(ported))["data"]["customer"][0]["email"] == ANNA
    assert "customer,1,family_name,Kanarienvogel" in porting.as_csv(ported, language="en").decode()


async def test_a_cell_that_a_spreadsheet_would_run_is_text(anna: UUID):
    record = Record(email=ANNA, family_name="=1+1")
    await registering.register(record=record, source="test", at=NOON)
    assert ",'=1+1" in porting.as_csv(await porting.port(customer=anna, at=NOON), language="en").decode()


async def test_columns_of_json_are_told_as_such(inside: Ground):
    structured = {row["name"] for row in await ground.fetch(_JSON)}
    tables = register.read().of_people
    shown = {f"{name}.{column}" for name, table in tables.items() for column in table.shown}
    assert {name.partition(".")[2] for name in structured & shown} <= set(collecting.STRUCTURED)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everything_shown_has_words(inside: Ground, language: str):
    from leumund.kit import language as speaking

    texts, tables = speaking.catalogue(language).texts, register.read().of_people
    columns = {collecting.called(column) for table in tables.values() for column in table.shown}
    assert {f"data.column.{column}" for column in columns} - texts.keys() == set()
    assert {f"data.table.{name}" for name, table in tables.items() if table.shown} - texts.keys() == set()
    rules = [row for row in await ground.fetch(_WORDS) if row["table"] in tables]
    words = {
        word for row in rules if row["name"] in tables[row["table"]].shown for word in row["rule"].split("'")[1::2]
    }
    assert len(words) > 50
    assert {f"data.word.{word}" for word in words} - texts.keys() == set()
