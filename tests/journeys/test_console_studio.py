"""The studio: a survey is drafted by plain forms, read with what is wrong, released, published, closed and copied."""

import re
from uuid import uuid4

import msgspec
import pytest

from leumund.kit import clock
from leumund.surveys.questions import checking
from leumund.surveys.questions.defining import Condition
from leumund.surveys.studio import drafting, publishing
from tests.journeys import guests
from tests.journeys.desks import said
from tests.journeys.guests import OURS

STUDIO = "/console/surveys/studio"
HERE = f"{STUDIO}/besuch"
IN_BOTH = {"titles_de": "Besuch", "titles_en": "Visit"}


async def begun(guest, *, like: str = "nps", named: str = "named", key: str = "besuch"):
    await guest.open(STUDIO)
    return await guest.submit("/studio", like=like, named=named, key=key)


async def in_work(deployment, tenant, key: str = "besuch"):
    async with deployment.scopes.reading(tenant):
        return await drafting.in_work(key=key)


async def published(deployment, tenant, key: str = "besuch"):
    async with deployment.scopes.reading(tenant):
        return await publishing.versions(key=key)


async def publish(guest):
    await guest.open(f"{HERE}/publication")
    return await guest.submit("/publication")


async def test_a_template_becomes_a_version_in_three_steps(deployment, birke, desk):
    guest = await desk(role="marketing")
    await begun(guest)
    assert "Was ist nicht gut gelaufen?" in said(guest.page)
    assert "mit 0 bis 6 beantwortet ist" in said(guest.page) or "0 bis 6 (Kritiker)" in said(guest.page)
    await guest.open(f"{HERE}/publication")
    assert "Das gilt von jetzt an für jede Fassung." in said(guest.page)
    await guest.submit("/publication")
    assert "Veröffentlicht." in said(guest.page)
    (version,) = await published(deployment, birke)
    assert (version.of.version, version.of.named) == (1, True)
    await guest.open(f"{HERE}/versions/1")
    assert "1. Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?" in said(guest.page)


async def test_a_question_is_written_in_both_languages_with_choices_and_a_condition(deployment, birke, desk):
    guest = await desk()
    await begun(guest)
    await guest.submit("/additions", kind="multiple")
    assert "Die Frage ist angelegt." in said(guest.page)
    await guest.submit(
        "/questions/multiple",
        ticked={"required"},
        key="gruende",
        question_de="Was war gut?",
        question_en="What was good?",
        choice_fresh_1_de="Beratung",
        choice_fresh_1_en="Advice",
        choice_fresh_2_de="Preis",
        when_recommend="class:promoter",
    )
    words = said(guest.page)
    assert "Gespeichert. Einiges ist noch zu ändern" in words
    assert "Diese Antwort fehlt in dieser Sprache." in words
    assert 'id="choice_c2_en-wrong"' in guest.page
    more = {"choice_c2_en": "Price", "when_recommend": "class:promoter", "lift": "c2"}
    await guest.submit("/questions/gruende", ticked={"required"}, **more)
    question = (await in_work(deployment, birke)).definition.questions[-1]
    assert (question.key, question.kind, question.required, question.choices) == (
        "gruende",
        "multiple",
        True,
        ["c2", "c1"],
    )
    assert question.when == [Condition(question="recommend", marks=[9, 10])]
    assert question.texts["en"].choices == {"c1": "Advice", "c2": "Price"}
    await publish(guest)
    assert len(await published(deployment, birke)) == 1


async def test_everything_wrong_is_named_and_nothing_is_published(deployment, birke, desk):
    guest = await desk()
    await begun(guest, like="blank")
    await guest.submit("/additions", kind="text")
    await guest.submit("/questions/comment", question_de="Bitte geben Sie uns 10 Punkte", question_en="")
    words = said(guest.page)
    assert "„geben Sie uns 10“ legt eine gute Antwort nahe." in words
    assert "Beginnen Sie deshalb mit einer Frage, auf die man mit einer Zahl antwortet." in words
    await guest.open(f"{HERE}/publication")
    assert "Fassung 1 veröffentlichen" not in guest.page
    answer = await guest.send(f"{HERE}/publication", seen=(await in_work(deployment, birke)).seen)
    assert answer.status_code == 422
    assert "auch in dieser Sprache einen Titel" in said(answer.text)
    assert await published(deployment, birke) == []


async def test_questions_are_moved_removed_and_followed_up(deployment, birke, desk):
    guest = await desk()
    await begun(guest, like="loyalty")
    for to, order in (("down", ["recommend", "overall"]), ("up", ["overall", "recommend"])):
        seen = (await in_work(deployment, birke)).seen
        await guest.client.post(f"{HERE}/draft/questions/overall/moving", data={"to": to, "seen": seen}, headers=OURS)
        assert [one.key for one in (await in_work(deployment, birke)).definition.questions][:2] == order
    await guest.open(f"{HERE}/draft")
    await guest.submit("/questions/advantage/removal")
    await guest.submit("/followups")
    keys = [one.key for one in (await in_work(deployment, birke)).definition.questions]
    assert keys == ["overall", "recommend", "why_detractor", "why_passive", "why_promoter", "again", "comment"]
    assert "Nachfragen je Antwort" not in said(guest.page)
    await guest.submit("/additions", kind="nps")
    assert "Diese Frage kann eine Umfrage nur einmal stellen." in said(guest.page)


async def test_title_introduction_and_whose_answers_they_are_can_change_until_the_first_version(
    deployment, birke, desk
):
    guest = await desk()
    await begun(guest)
    await guest.submit("/title", **IN_BOTH, intro_de="Guten Tag", intro_en="", named="anonymous")
    assert "Die Einleitung fehlt in dieser Sprache." in said(guest.page)
    await guest.submit("/title", **IN_BOTH, intro_de="Guten Tag", intro_en="Hello", named="anonymous")
    await publish(guest)
    (version,) = await published(deployment, birke)
    assert (version.of.named, version.of.definition.titles) == (False, {"de": "Besuch", "en": "Visit"})
    await guest.open(f"{HERE}/draft")
    assert 'name="named"' not in guest.page
    seen = (await in_work(deployment, birke)).seen
    await guest.send(f"{HERE}/draft/title", seen=seen, named="named", titles_de="Besuch", titles_en="A visit")
    assert (await in_work(deployment, birke)).named is False


async def test_who_saves_second_is_told_and_what_was_saved_first_stays(deployment, birke, desk):
    guest = await desk()
    await begun(guest)
    seen = (await in_work(deployment, birke)).seen
    await guest.submit("/title", **IN_BOTH)
    answer = await guest.send(f"{HERE}/draft/title", seen=seen, titles_de="Anders", titles_en="Otherwise")
    assert answer.status_code == 409
    assert "Jemand anders hat die Umfrage inzwischen geändert." in said(answer.text)
    assert (await in_work(deployment, birke)).definition.titles == {"de": "Besuch", "en": "Visit"}


async def test_no_draft_grows_beyond_what_can_be_read_again_and_again(deployment, birke, desk):
    guest, key = await desk(), "single"
    await begun(guest)
    await guest.submit("/additions", kind=key)
    long = {f"{part}_{lang}": "x" * 5_000 for part in ("question", "help") for lang in ("de", "en")}
    long |= {f"choice_fresh_{row}_{lang}": str(row) * 5_000 for row in (1, 2, 3) for lang in ("de", "en")}
    await guest.submit(f"/questions/{key}", **long)
    assert said(guest.page).count("zu lang") >= 10, "what is too long is told beside its field"
    kept = (await in_work(deployment, birke, "besuch")).definition.question(key)
    assert len(kept.texts["de"].question) == checking.LONGEST["question"] + 1
    work = await in_work(deployment, birke, "besuch")
    grown = msgspec.structs.replace(work.definition, questions=[kept] * 60)
    change = {"key": work.key, "seen": work.seen, "by": lambda _: (grown, True), "member": uuid4()}
    async with deployment.scopes.inside(birke):
        with pytest.raises(drafting.TooLarge):
            await drafting.change(**change, at=clock.now())


async def test_a_draft_that_was_changed_meanwhile_is_not_thrown_away(deployment, birke, desk):
    marta, bert = await desk(role="marketing", name="Marta"), await desk(role="marketing", name="Bert")
    await begun(marta)
    await marta.open(HERE)
    await bert.open(f"{HERE}/draft")
    await bert.submit("/additions", kind="csat")
    assert (await marta.submit("/discarding")).status_code == 409
    assert 'role="alert"' in marta.page
    assert (await in_work(deployment, birke, "besuch")).definition.question("csat") is not None
    await marta.submit("/discarding")
    assert (await marta.open(HERE)).status_code == 404, "and what was read is"


async def test_what_is_protected_waits_for_the_privacy_officer(deployment, birke, desk):
    guest, officer = await desk(role="marketing"), await desk(role="privacy_officer", name="Paul")
    await begun(guest)
    await guest.open(f"{HERE}/draft/questions/why_passive")
    await guest.submit("/questions/why_passive", question_de="Waren Sie krank?", question_en="Did we do well?")
    await guest.open(f"{HERE}/publication")
    assert "„krank“: Gesundheit" in said(guest.page)
    assert (await guest.open(f"{HERE}/release")).status_code == 403
    seen = (await in_work(deployment, birke)).seen
    assert (await guest.send(f"{HERE}/publication", seen=seen)).status_code == 422
    await officer.open(HERE)
    assert "Lesen und freigeben" in officer.page
    assert (await officer.open(f"{HERE}/draft")).status_code == 403
    await officer.open(f"{HERE}/release")
    await officer.submit("/release", reason=" ")
    assert "Bitte begründen Sie die Freigabe" in said(officer.page)
    await officer.submit("/release", reason="Für die Kur, freiwillig.")
    assert "Freigegeben." in said(officer.page)
    await officer.open(HERE)
    assert "Für die Kur, freiwillig." in said(officer.page)
    await publish(guest)
    (version,) = await published(deployment, birke)
    assert [one.key for one in version.of.definition.questions if one.sensitive] == ["why_passive"]
    await officer.open("/console/audit")
    words = said(officer.page)
    assert "Umfrage mit geschützten Angaben freigegeben" in words
    assert "Geschützt Gesundheit" in words or "Geschützt: Gesundheit" in words


async def test_a_preview_walks_the_branches_and_keeps_nothing(deployment, birke, desk):
    guest = await desk(role="viewer")
    await begun(await desk(role="marketing"))
    await guest.open(f"{HERE}/preview?in=en")
    assert 'src="/console/surveys/studio/besuch/preview/walk?lang=en"' in guest.page
    assert "frame-src 'self'" in (await guest.open(f"{HERE}/preview")).headers["content-security-policy"]
    first = await guest.open(f"{HERE}/preview/walk?lang=en")
    assert "frame-ancestors 'self'" in first.headers["content-security-policy"]
    assert "How likely are you to recommend us?" in said(first.text)
    await guest.submit("/preview/walk", recommend="3")
    assert "What went wrong?" in said(guest.page)
    assert "What do you value about us?" not in guest.page
    await guest.submit("/preview/walk", why_detractor="Nothing much")
    assert "Thank" in said(guest.page)
    answer = await guest.send(f"{HERE}/preview/walk?lang=de", page="0")
    assert answer.status_code == 422
    assert "von 0 bis 10" in said(answer.text)
    async with deployment.scopes.reading(birke) as here:
        assert await here.connection.fetchval("SELECT count(*) FROM survey_answer") == 0


async def test_a_closed_survey_is_open_again_by_one_button(deployment, birke, desk):
    guest, asked = await desk(), await guests.surveyed(deployment, birke)
    assert (await guest.client.get(asked.link)).status_code == 200
    await guest.open(f"{STUDIO}/nps")
    await guest.submit("/closing")
    assert "Die Umfrage ist geschlossen." in said(guest.page)
    gone = await guest.client.get(asked.link)
    assert gone.status_code == 410
    assert "die Umfrage ist inzwischen zu Ende" in said(gone.text)
    await guest.open(STUDIO)
    assert "geschlossen" in said(guest.page)
    await guest.open(f"{STUDIO}/nps")
    await guest.submit("/reopening")
    assert "Die Umfrage ist wieder offen." in said(guest.page)
    assert (await guest.client.get(asked.link)).status_code == 200
    await begun(guest)
    assert (await guest.send(f"{HERE}/closing")).status_code == 404


async def test_a_copy_says_the_same_and_can_be_anonymous(deployment, birke, desk):
    guest = await desk()
    await begun(guest)
    await guest.open(f"{STUDIO}?copy=besuch")
    assert re.search(r'value="copy" checked', guest.page)
    await guest.submit("/studio", like="copy", copy="besuch", named="anonymous", key="kopie")
    copy, original = [await in_work(deployment, birke, key) for key in ("kopie", "besuch")]
    assert copy.definition == original.definition
    assert (copy.named, original.named) == (False, True)
    await guest.open(f"{STUDIO}/kopie")
    await guest.submit("/discarding")
    assert "kopie" not in said(guest.page)


async def test_bad_input_is_told_beside_its_field(birke, desk):
    guest = await desk()
    answer = await begun(guest, key="Mein Besuch")
    assert answer.status_code == 422
    assert 'id="key-wrong"' in guest.page
    await begun(guest, key="nps")
    assert "Es gibt schon eine Umfrage mit der Adresse „nps“." in said(guest.page)
    await begun(guest, named="")
    assert 'id="named-wrong"' in guest.page
    await begun(guest)
    await guest.submit("/additions", kind="csat")
    await guest.submit("/questions/csat", key="recommend", question_de="Wie war es?", question_en="How was it?")
    assert "Zwei Fragen heißen „recommend“." in said(guest.page)
    await guest.open(f"{HERE}/draft")
    await guest.submit("/additions", kind="nothing")
    assert "Bitte wählen Sie eine Art von Frage." in said(guest.page)


async def test_whoever_may_only_see_changes_nothing(deployment, birke, desk):
    await begun(await desk())
    before = await in_work(deployment, birke)
    for role in ("viewer", "privacy_officer"):
        guest = await desk(role=role)
        for path in ("", "/besuch", "/besuch/preview"):
            assert (await guest.open(f"{STUDIO}{path}")).status_code == 200
            assert "/draft" not in guest.page
        assert (await guest.send(STUDIO, key="a", named="named", like="nps")).status_code == 403
        for path in ("draft/title", "draft/additions", "draft/followups", "publication", "closing", "discarding"):
            assert (await guest.send(f"{HERE}/{path}", seen=before.seen)).status_code == 403
        for path in ("recommend", "recommend/moving", "recommend/removal"):
            assert (await guest.send(f"{HERE}/draft/questions/{path}", seen=before.seen)).status_code == 403
    assert await in_work(deployment, birke) == before


async def test_what_is_not_there_is_no_page(birke, desk):
    guest = await desk()
    await begun(guest)
    for path in ("nichts", "nichts/draft", "besuch/versions/7", "besuch/draft/questions/x", "besuch/release"):
        assert (await guest.open(f"{STUDIO}/{path}")).status_code == 404
