"""A survey is drafted by one at a time, released where it has to be, published as a version, closed and reopened."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.audit import listing
from leumund.company import describing
from leumund.kit import ground
from leumund.surveys.answers import answering
from leumund.surveys.questions import checking, editing, judging, starting
from leumund.surveys.questions.defining import Condition, Definition, Wording
from leumund.surveys.questions.kinds import RECOMMEND, SHAPES
from leumund.surveys.studio import closing, drafting, issuing, publishing, releasing
from leumund.surveys.studio.drafting import ChangedSince, InWork, KeyTaken, KeyUnfit, SurveyUnknown
from leumund.surveys.studio.publishing import SettledOtherwise
from leumund.surveys.studio.releasing import Asked, NotReleased, ReasonMissing, WordsChanged
from tests.conftest import NOON
from tests.rooms import whole

CLARA, PAUL = (UUID(int=number) for number in (7, 8))
DAY = timedelta(days=1)
BOTH = ("de", "en")


@pytest.fixture
async def studio(inside: ground.Ground) -> None:
    """Inside a company that speaks German and English."""
    await describing.describe(profile=whole.PROFILE, at=NOON)


async def begun(key: str = "besuch", *, named: bool = True, template: str = "nps") -> InWork:
    definition = starting.template(template, languages=BOTH)
    await drafting.begin(key=key, definition=definition, named=named, member=CLARA, at=NOON)
    return await drafting.in_work(key=key)


async def changed(work: InWork, definition: Definition, *, named: bool = True, member: UUID = CLARA) -> InWork:
    return await drafting.change(key=work.key, seen=work.seen, by=lambda _: (definition, named), member=member, at=NOON)


async def issued(work: InWork, *, at=NOON) -> publishing.Published:
    return await issuing.issue(key=work.key, seen=work.seen, actor=f"staff:{CLARA}", at=at)


def ill(definition: Definition) -> Definition:
    """The survey asking for somebody's health."""
    texts = {lang: Wording(question="Waren Sie in letzter Zeit krank?") for lang in BOTH}
    longer, asked = editing.added(definition, "text")
    return editing.changed(longer, asked.key, msgspec.structs.replace(asked, key="ill", texts=texts))


@pytest.mark.parametrize("languages", [["de"], ["en"], ["en", "de"]])
@pytest.mark.parametrize("name", [name for name in starting.TEMPLATES if name != "blank"])
def test_every_template_can_be_published_as_it_is(name, languages):
    definition = starting.template(name, languages=languages)
    assert checking.objections(definition, languages=languages, named=False) == []
    assert judging.marked(definition) == definition
    assert {lang for question in definition.questions for lang in question.texts} == set(languages)


async def test_a_draft_becomes_a_version_and_the_next_one_leaves_it_as_it_was(studio):
    first = await issued(await begun())
    assert (first.version, first.named) == (1, True)
    work = await drafting.in_work(key="besuch")
    assert (work.draft, work.published, work.seen) == (None, first, "v1")
    work = await changed(work, editing.removed(first.definition, "why_passive"))
    second = await issued(work, at=NOON + DAY)
    standing = await publishing.versions(key="besuch")
    assert [(each.of.version, each.published_at) for each in standing] == [(2, NOON + DAY), (1, NOON)]
    assert [each.of for each in standing] == [second, first]
    noted = [(each.action, each.detail) for each in (await listing.page()).rows]
    assert ("survey.published", {"survey": "besuch", "version": 2}) in noted


async def test_publishing_what_stands_makes_no_version(studio):
    first = await issued(await begun())
    again = await changed(await drafting.in_work(key="besuch"), first.definition)
    assert await issued(again) == first
    assert len([each for each in (await listing.page()).rows if each.action == "survey.published"]) == 1


async def test_a_draft_that_is_not_right_is_kept_and_not_published(studio):
    work = await begun(template="blank")
    with pytest.raises(issuing.NotReady) as fault:
        await issued(work)
    assert {each.rule for each in fault.value.objections} == {"no_title", "no_questions"}
    assert (await drafting.in_work(key="besuch")).draft is not None
    with pytest.raises(publishing.NoSurvey):
        await publishing.current(key="besuch")


async def test_whoever_saves_second_is_told_and_overwrites_nothing(studio):
    work = await begun()
    await changed(work, editing.removed(work.definition, "why_passive"), member=PAUL)
    with pytest.raises(ChangedSince):
        await changed(work, editing.removed(work.definition, "why_promoter"))
    with pytest.raises(ChangedSince):
        await issued(work)
    kept = await drafting.in_work(key="besuch")
    assert [one.key for one in kept.definition.questions] == [RECOMMEND, "why_detractor", "why_promoter"]
    assert kept.draft is not None
    assert kept.draft.changed_by == PAUL


async def test_two_who_begin_to_change_what_is_published_meet_too(studio):
    first = await issued(await begun())
    work = await drafting.in_work(key="besuch")
    await changed(work, editing.removed(first.definition, "why_passive"))
    with pytest.raises(ChangedSince):
        await changed(work, editing.removed(first.definition, "why_promoter"))


@pytest.mark.parametrize("key", ["", "Besuch", "-besuch", "besuch-", "be such", "x" * 61, "besüch"])
async def test_a_survey_is_called_what_an_address_can_be(studio, key):
    with pytest.raises(KeyUnfit):
        await begun(key)


async def test_a_name_is_taken_once(studio):
    await begun()
    with pytest.raises(KeyTaken):
        await begun()
    await issued(await drafting.in_work(key="besuch"))
    with pytest.raises(KeyTaken):
        await begun()
    with pytest.raises(SurveyUnknown):
        await drafting.in_work(key="nichts")


async def test_whether_people_are_known_is_settled_with_the_first_version(studio):
    first = await issued(await begun(named=False))
    work = await changed(await drafting.in_work(key="besuch"), editing.removed(first.definition, "why_passive"))
    assert (first.named, work.named) == (False, False)
    with pytest.raises(SettledOtherwise):
        await publishing.publish(key="besuch", definition=work.definition, named=True, at=NOON)


def read_by_paul(work: InWork) -> Asked:
    digest = judging.digest(work.definition, named=work.named)
    return Asked(key="besuch", definition=work.definition, named=work.named, digest=digest)


async def test_what_article_9_protects_is_published_only_as_it_was_released(studio):
    work = await begun()
    work = await changed(work, ill(work.definition))
    with pytest.raises(NotReleased):
        await issued(work)
    asked = read_by_paul(work)
    with pytest.raises(ReasonMissing):
        await releasing.release(asked=asked, reason=" ", actor=f"staff:{PAUL}", at=NOON)
    read = msgspec.structs.replace(asked, digest="0" * 64)
    with pytest.raises(WordsChanged):
        await releasing.release(asked=read, reason="Nur so.", actor=f"staff:{PAUL}", at=NOON)
    await releasing.release(asked=asked, reason="Freiwillig, für die Kur.", actor=f"staff:{PAUL}", at=NOON)
    release = await releasing.found(work.definition, named=True)
    assert release is not None
    assert (release.reason, release.by) == ("Freiwillig, für die Kur.", f"staff:{PAUL}")
    published = await issued(work)
    assert [one.key for one in published.definition.questions if one.sensitive] == ["ill"]
    (noted,) = [each for each in (await listing.page()).rows if each.action == "survey.released"]
    assert noted.detail == {"survey": "besuch", "sha256": asked.digest, "categories": ["health"]}
    # Another word, and it is another survey that nobody has released.
    other = msgspec.structs.replace(published.definition, titles={"de": "Kur", "en": "Cure"})
    with pytest.raises(NotReleased):
        await issued(await changed(await drafting.in_work(key="besuch"), other))


async def test_what_may_be_asked_of_nobody_known_is_not_released_for_people_with_names(studio):
    work = await begun(named=False)
    work = await changed(work, ill(work.definition), named=False)
    await releasing.release(asked=read_by_paul(work), reason="Anonym, für die Kur.", actor=f"staff:{PAUL}", at=NOON)
    with pytest.raises(NotReleased):
        await publishing.publish(key="andere", definition=work.definition, named=True, at=NOON)
    assert (await issued(work)).version == 1


async def test_a_folder_or_a_command_cannot_pass_the_release_by(studio):
    with pytest.raises(NotReleased):
        await publishing.publish(key="nps", definition=ill(starting.template("nps", languages=BOTH)), at=NOON)


async def test_a_reason_lies_under_seal(studio):
    work = await begun()
    asked = read_by_paul(work)
    await releasing.release(asked=asked, reason="Wegen der Kur.", actor=f"staff:{PAUL}", at=NOON)
    (row,) = await ground.fetch("SELECT reason_sealed FROM survey_release")
    assert b"Kur" not in row["reason_sealed"]


async def test_a_closed_survey_is_answered_by_nobody_until_it_is_opened_again(inside: ground.Ground):
    await whole.company(at=NOON)
    customer, invitation = await whole.person("clara@people.example", at=NOON), uuid4()
    survey, lasts = await publishing.current(), NOON + 30 * DAY
    await ground.execute(
        "INSERT INTO survey_invitation (id, survey, customer, invited_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        *(invitation, survey.id, customer, NOON, lasts),
    )
    actor = f"staff:{CLARA}"
    assert await closing.close(key="nps", actor=actor, at=NOON)
    assert not await closing.close(key="nps", actor=actor, at=NOON)
    assert (await closing.closed(), await closing.is_closed(key="nps")) == ({"nps": NOON}, True)
    with pytest.raises(answering.NoLongerOpen):
        await answering.look(invitation=invitation, at=NOON)
    with pytest.raises(answering.NoLongerOpen):
        await answering.answer(invitation=invitation, sent={RECOMMEND: ["9"]}, language="de", at=NOON)
    assert await closing.reopen(key="nps", actor=actor, at=NOON)
    assert not await closing.reopen(key="nps", actor=actor, at=NOON)
    assert (await answering.look(invitation=invitation, at=NOON)).survey == survey
    noted = [each.action for each in (await listing.page()).rows if each.action.startswith("survey.")]
    assert sorted(noted) == ["survey.closed", "survey.reopened"]
    with pytest.raises(publishing.NoSurvey):
        await closing.close(key="nichts", actor=actor, at=NOON)


@pytest.mark.parametrize("kind", SHAPES)
def test_a_question_that_is_added_has_a_name_of_its_own(kind):
    definition = Definition(titles={}, questions=[])
    for _ in range(3):
        definition, question = editing.added(definition, kind)
        assert question.shape.key in ("", question.key)
    keys = [question.key for question in definition.questions]
    assert len(set(keys)) == (1 if SHAPES[kind].key else 3)
    rules = {each.rule for each in checking.objections(definition, languages=[], named=True)}
    assert not rules & {"key", "key_reserved", "key_twice", "scale"}


def test_conditions_follow_a_name_and_go_with_their_question():
    nps = starting.template("csat", languages=BOTH)
    renamed = msgspec.structs.replace(nps.questions[0], key="glad")
    after = editing.changed(nps, "satisfied", renamed)
    assert after.questions[1].when == [Condition(question="glad", marks=[1, 2, 3])]
    assert editing.removed(after, "glad").questions[0].when == []


def test_a_question_moves_one_place_and_stays_at_either_end():
    nps = starting.template("nps", languages=BOTH)
    keys = [one.key for one in nps.questions]
    swapped = [one.key for one in editing.moved(nps, keys[1], by=1).questions]
    assert swapped == [keys[0], keys[2], keys[1], keys[3]]
    assert editing.moved(nps, keys[0], by=-1) == editing.moved(nps, keys[3], by=1) == nps
    assert editing.moved(nps, "nobody", by=1) == nps


def test_each_class_is_followed_up_once_right_after_the_score():
    words = {name: dict.fromkeys(BOTH, f"Warum {name}?") for name in editing.CLASSES}
    loyal = starting.template("loyalty", languages=BOTH)
    once = editing.followed_up(loyal, words)
    keys = [one.key for one in once.questions]
    assert keys[1:5] == ["recommend", "why_detractor", "why_passive", "why_promoter"]
    assert [one.when[0].marks for one in once.questions[2:5]] == [[0, 1, 2, 3, 4, 5, 6], [7, 8], [9, 10]]
    assert editing.followed_up(once, words) == once
    without = starting.template("csat", languages=BOTH)
    assert editing.followed_up(without, words) == without
