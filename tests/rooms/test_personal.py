"""Words of a person lie under a key of theirs alone, and are gone with it."""

from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from leumund.kit import ground, personal
from leumund.kit.ground import Ground
from leumund.kit.personal import Gone
from leumund.kit.sealing import Column
from leumund.kit.vaults import KeyMissing

NOTE = Column("note", "words_sealed")
ANNA, BERT, NOBODY = UUID(int=0xA), UUID(int=0xB), UUID(int=0)


@pytest.fixture
async def _people(inside: Ground) -> None:
    await personal.make(people=[ANNA, BERT])


@pytest.mark.usefixtures("_people")
async def test_what_was_sealed_for_a_person_opens_with_their_key():
    row = uuid4()
    kept = NOTE.keep("mag Linden", row, key=await personal.key(person=ANNA))
    assert NOTE.tell(kept, row, key=await personal.key(person=ANNA)) == "mag Linden"
    assert NOTE.keep("", row, key=await personal.key(person=ANNA)) is None


@pytest.mark.usefixtures("_people")
async def test_no_other_key_place_or_way_opens_it():
    row, keys = uuid4(), await personal.keys(people=[ANNA, BERT])
    kept = NOTE.seal("mag Linden", row, key=keys[ANNA])
    assert NOTE.unseal(kept, row, key=keys[ANNA]) == "mag Linden"
    for key, column, place in [
        (keys[BERT], NOTE, row),
        (keys[ANNA], Column("note", "title_sealed"), row),
        (keys[ANNA], NOTE, uuid4()),
    ]:
        with pytest.raises(InvalidTag):
            column.unseal(kept, place, key=key)
    with pytest.raises(KeyMissing):
        NOTE.unseal(kept, row)
    with pytest.raises(InvalidTag):
        NOTE.unseal(NOTE.seal("mag Linden", row), row, key=keys[ANNA])


@pytest.mark.usefixtures("_people")
async def test_a_key_in_anothers_place_does_not_open():
    (kept,) = await ground.fetch("SELECT key_sealed FROM person_key WHERE id = $1", ANNA)
    assert not personal.opened(kept["key_sealed"], person=ANNA).is_gone
    with pytest.raises(InvalidTag):
        personal.opened(kept["key_sealed"], person=BERT)


@pytest.mark.usefixtures("_people")
async def test_what_lies_under_a_destroyed_key_is_told_no_more_and_others_are():
    row = uuid4()
    kept = {person: NOTE.seal("mag Linden", row, key=key) for person, key in (await _keys()).items()}
    assert await personal.destroy(people=[ANNA, NOBODY]) == 1
    with pytest.raises(Gone):
        await personal.key(person=ANNA)
    assert set(await _keys()) == {BERT}
    gone = personal.opened(None, person=ANNA)
    assert NOTE.tell(kept[ANNA], row, key=gone) == ""
    for refused in (lambda: NOTE.unseal(kept[ANNA], row, key=gone), lambda: NOTE.seal("mag Birke", row, key=gone)):
        with pytest.raises(Gone):
            refused()
    assert NOTE.tell(kept[BERT], row, key=await personal.key(person=BERT)) == "mag Linden"


@pytest.mark.usefixtures("_people")
async def test_nobody_has_two_keys_and_no_key_changes():
    with pytest.raises(asyncpg.UniqueViolationError):
        async with ground.savepoint():
            await personal.make(people=[ANNA])
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ground.execute("UPDATE person_key SET key_sealed = '' WHERE id = $1", ANNA)


@pytest.mark.usefixtures("_people")
async def test_a_key_comes_along_in_a_statement_about_its_person():
    rows = await ground.fetch(
        f"SELECT p.id, {personal.brought('p.id')} AS key FROM unnest($1::uuid[]) AS p (id)", [ANNA, NOBODY]
    )
    opened = {row["id"]: personal.opened(row["key"], person=row["id"]) for row in rows}
    assert (opened[ANNA].is_gone, opened[NOBODY].is_gone) == (False, True)


async def _keys():
    return await personal.keys(people=[ANNA, BERT])
