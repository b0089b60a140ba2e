"""Whatever code of hers a friend has, and however they type it, it leads to Anna and to nobody else."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from leumund.kit import ground, personal
from leumund.kit.faults import Refusals
from leumund.kit.free_text import Missing
from leumund.programs import offering
from leumund.referrals import campaigning, finding, leaving
from leumund.referrals.campaigning import NoSuchCampaign, Wanted
from leumund.referrals.codes import claiming, drawing, keeping, speaking, taking_down
from leumund.referrals.codes.allowing import Offensive
from leumund.referrals.codes.claiming import NoLink, Taken, TooOften
from leumund.referrals.codes.taking_down import NoSuchCode
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.rooms import whole
from tests.rooms.test_cases_at_once import meanwhile

ANNA, MALLORY = "anna@people.example", "mallory@people.example"
DAY = timedelta(days=1)
OLIVIA = uuid4()


async def takes_part(email: str) -> UUID:
    await whole.advocate(email, at=NOON)
    return await whole.person(email, at=NOON)


async def claim(customer: UUID, wish: str, *, after: timedelta = DAY) -> str:
    program = (await offering.current(at=NOON)).id
    return await claiming.claim(customer=customer, program=program, wish=wish, at=NOON + after)


async def codes(customer: UUID) -> list[keeping.Code]:
    (link,) = await ground.fetch("SELECT id FROM share_link WHERE advocate = $1", customer)
    return await keeping.codes(link=link["id"])


async def rows() -> list[dict[str, object]]:
    return [dict(row) for row in await ground.fetch("SELECT * FROM share_code ORDER BY id")]


@pytest.fixture
async def anna(inside: ground.Ground) -> UUID:
    await whole.company(at=NOON)
    return await takes_part(ANNA)


async def test_every_code_leads_to_the_same_link_in_any_spelling(anna: UUID):
    own = await whole.advocate(ANNA, at=NOON)
    link = (await whole.look_up(own)).link
    await claim(anna, "Anna M")
    spoken, chosen = sorted(await codes(anna), key=lambda code: code.kind, reverse=True)
    assert (chosen.spelled, chosen.kind) == ("anna-m", "chosen")
    typed = (own.upper(), spoken.spelled.upper().replace("-", " "), spoken.spelled.replace("o", "0"), "ANNA M", "annam")
    for each in typed:
        assert (await whole.look_up(each)).link == link, each


async def test_a_code_that_was_misheard_is_told_apart_from_one_of_nobody(anna: UUID):
    (spoken,) = await codes(anna)
    wrong = next(sign for sign in "3456789" if not spoken.spelled.endswith(sign))
    with pytest.raises(finding.Misheard):
        await whole.look_up(spoken.spelled[:-1] + wrong)
    words = spoken.spelled.split("-")[:-1][::-1]
    with pytest.raises(finding.UnknownCode) as caught:
        await whole.look_up("-".join([*words, speaking.sign(words)]) if words != words[::-1] else "nobody")
    assert not isinstance(caught.value, finding.Misheard)


async def test_a_link_has_one_code_to_say(anna: UUID):
    (before,) = await codes(anna)
    (link,) = await ground.fetch("SELECT id FROM share_link WHERE advocate = $1", anna)
    assert not await drawing.draw(link=link["id"], advocate=anna, at=NOON + DAY)
    assert await codes(anna) == [before]


async def test_a_code_that_is_taken_is_drawn_again(anna: UUID, monkeypatch: pytest.MonkeyPatch):
    """Dice that fall twice alike: the second throw of the same words is nobody's, and the next one counts."""
    (annas,) = await codes(anna)
    words = iter([*annas.spelled.split("-")[:3], "kiwi", "radar", "tunnel"])
    monkeypatch.setattr(drawing, "choice", lambda among: next(words))
    (mallorys,) = await codes(await takes_part(MALLORY))
    assert mallorys.spelled == f"kiwi-radar-tunnel-{speaking.sign(['kiwi', 'radar', 'tunnel'])}"


async def test_nobody_takes_a_code_that_reads_like_another(anna: UUID):
    await claim(anna, "anna-lou")
    mallory = await takes_part(MALLORY)
    before = await rows()
    own = await whole.advocate(ANNA, at=NOON)
    for wish in ("anna-lou", "annalou", "anna-l0u", "ANNA-IOU", own):
        with pytest.raises(Taken):
            await claim(mallory, wish)
    with pytest.raises(Offensive):
        await claim(mallory, "fuck-anna")
    assert await rows() == before, "what is refused changes nothing"


async def test_earlier_codes_lead_on_and_changing_them_is_limited(anna: UUID):
    for number, wish in enumerate(("anna-eins", "anna-zwei", "anna-drei")):
        await claim(anna, wish, after=number * DAY)
    with pytest.raises(TooOften) as caught:
        await claim(anna, "anna-vier", after=3 * DAY)
    assert caught.value.values["days"] == 362
    for wish in ("anna-eins", "anna-zwei", "anna-drei"):
        assert (await whole.look_up(wish)).advocate == anna
    assert await claim(anna, "anna-eins", after=3 * DAY) == "anna-eins", "one of hers is shown again"
    assert (await codes(anna))[0].spelled == "anna-eins"
    assert await claim(anna, "anna-vier", after=timedelta(days=367)) == "anna-vier"


async def test_whoever_takes_no_part_chooses_nothing(anna: UUID):
    clara = await whole.person("clara@people.example", at=NOON, name="Clara")
    with pytest.raises(NoLink):
        await claim(clara, "clara-c")
    await leaving.leave(customer=anna, actor="customer:anna", at=NOON)
    with pytest.raises(NoLink):
        await claim(anna, "anna-m")


async def test_a_code_that_was_taken_down_leads_nowhere_and_is_nobodys_again(anna: UUID):
    await claim(anna, "anna-m")
    chosen = (await codes(anna))[0]
    with pytest.raises(Missing):
        await taking_down.take_down(code=chosen.id, reason=" ", by=OLIVIA, at=NOON)
    await taking_down.take_down(code=chosen.id, reason="Klingt nach unserer Filiale.", by=OLIVIA, at=NOON + DAY)
    with pytest.raises(finding.UnknownCode):
        await whole.look_up("anna-m")
    assert (await codes(anna))[0].reason == "Klingt nach unserer Filiale."
    for customer in (anna, await takes_part(MALLORY)):
        with pytest.raises(Taken):
            await claim(customer, "anna-m", after=2 * DAY)
    with pytest.raises(NoSuchCode):
        await taking_down.take_down(code=chosen.id, reason="Noch einmal", by=OLIVIA, at=NOON + DAY)


async def test_only_what_was_chosen_can_be_taken_down(anna: UUID):
    (spoken,) = await codes(anna)
    with pytest.raises(NoSuchCode):
        await taking_down.take_down(code=spoken.id, reason="Gefällt uns nicht.", by=OLIVIA, at=NOON)


async def test_a_chosen_code_is_unreadable_without_its_persons_key(anna: UUID):
    await claim(anna, "anna-m")
    held = str(await rows())
    assert "anna" not in held, "a backup shows no name somebody chose"
    await personal.destroy(people=[anna])
    assert [code.spelled for code in await codes(anna)] == ["", ""]


@pytest.mark.parametrize("wish", ["anna-m", "Anna_M"])
async def test_of_two_who_want_a_code_at_once_one_has_it(deployment: Deployment, company: Tenant, wish: str):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        anna, mallory = await takes_part(ANNA), await takes_part(MALLORY)

    async def annas() -> None:
        await claim(anna, "anna-m")

    async def mallorys() -> None:
        with pytest.raises(Taken):
            await claim(mallory, wish)

    await meanwhile(deployment, company, annas, mallorys)
    async with deployment.scopes.inside(company):
        assert (await whole.look_up("annam")).advocate == anna


async def test_one_person_on_two_devices_is_limited_all_the_same(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        anna = await takes_part(ANNA)
        for wish in ("anna-eins", "anna-zwei"):
            await claim(anna, wish)

    async def first() -> None:
        await claim(anna, "anna-drei")

    async def second() -> None:
        with pytest.raises(TooOften):
            await claim(anna, "anna-vier")

    await meanwhile(deployment, company, first, second)


async def test_a_campaign_runs_from_its_beginning_to_its_end(inside: ground.Ground):
    made = await campaigning.make(
        wanted=Wanted(key="sommer-24", name="Sommerfest", begins_at=NOON, ends_at=NOON + 9 * DAY), by=OLIVIA, at=NOON
    )
    planned = Wanted(key="winter", name="Winter", begins_at=NOON + 5 * DAY)
    await campaigning.make(wanted=planned, by=OLIVIA, at=NOON)
    winter, summer = await campaigning.campaigns()
    days = (-DAY, timedelta(), 8 * DAY, 9 * DAY)
    assert [summer.runs(at=NOON + day) for day in days] == [False, True, True, False]
    await campaigning.end(campaign=made, by=OLIVIA, at=NOON + DAY)
    await campaigning.end(campaign=winter.id, by=OLIVIA, at=NOON + DAY)
    (ended,) = await campaigning.campaigns()
    assert ended.ends_at == NOON + DAY, "one that never began is gone"
    with pytest.raises(NoSuchCampaign):
        await campaigning.end(campaign=made, by=OLIVIA, at=NOON + 2 * DAY)


async def test_all_that_is_wrong_with_a_campaign_is_said_at_once(inside: ground.Ground):
    wrong = Wanted(key="Sommer 24", name="", begins_at=NOON, ends_at=NOON)
    with pytest.raises(Refusals) as caught:
        await campaigning.make(wanted=wrong, by=OLIVIA, at=NOON)
    assert {fault.field for fault in caught.value.faults} == {"key", "name", "ends_at"}
    fine = Wanted(key="sommer", name="Sommer", begins_at=NOON)
    await campaigning.make(wanted=fine, by=OLIVIA, at=NOON)
    with pytest.raises(campaigning.Taken):
        await campaigning.make(wanted=fine, by=OLIVIA, at=NOON)
