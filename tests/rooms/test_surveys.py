"""Who is asked, how often, and what becomes of an answer; past answers come in once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from leumund.audit import listing
from leumund.company import describing
from leumund.consent import addressing
from leumund.consent.stopping import withdrawing
from leumund.customers.intake.columns import NoSuchColumn
from leumund.customers.intake.reading import TooManyRows
from leumund.kit import free_text, ground, language, places
from leumund.kit.faults import Refusals
from leumund.surveys.answers import answering, importing, reading, thanking
from leumund.surveys.answers.reading import Otherwise, Past
from leumund.surveys.asking import rules as asking
from leumund.surveys.figures import measuring
from leumund.surveys.questions import starting
from leumund.surveys.questions.filling import NoMark
from leumund.surveys.studio import publishing
from tests import allowing, opened, polled
from tests.conftest import NOON
from tests.polled import Invited
from tests.rooms import whole

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CLARA = "clara@people.example"
GUESTS = {"ref": "RESPNUM", "external_id": "RESPNUM", "score": "NETPRO", "weight": "WEIGHT"}
ACTOR = f"staff:{uuid4()}"
IN_MAY = Otherwise(language="en", answered_on=date(2017, 5, 15))


async def agreed(email: str) -> UUID:
    """A customer who allowed to be asked."""
    customer = await whole.person(email, at=NOON)
    await allowing.given(
        customer=customer,
        purpose=asking.PURPOSE,
        channel="email",
        source="import",
        basis="asked at the counter",
        at=NOON,
        email=email,
    )
    return customer


async def invite(*customers: UUID, at: datetime = NOON) -> Invited:
    return await polled.invite(list(customers) or None, languages=["de", "en"], at=at)


async def invited(customer: UUID, *, at: datetime = NOON) -> UUID:
    """Invite one person and return the invitation."""
    assert (await invite(customer, at=at)).invited == 1
    rows = await ground.fetch(
        "SELECT id FROM survey_invitation WHERE customer = $1 ORDER BY invited_at DESC LIMIT 1", customer
    )
    invitation: UUID = rows[0]["id"]
    return invitation


async def answer(invitation: UUID, score: int | None, *, at: datetime, comment: str = "") -> str:
    return await whole.answer(invitation, score, comment=comment, at=at)


def read(text: str, *, blanks: tuple[str, ...] = (), otherwise: Otherwise = IN_MAY, **mapping: str) -> Past:
    return reading.read(text.encode(), mapping=mapping, blanks=blanks, otherwise=otherwise)


async def test_only_who_agreed_is_invited_and_mailed(inside: ground.Ground):
    await whole.company(at=NOON)
    clara = await agreed(CLARA)
    await whole.person("bert@people.example", at=NOON)
    assert await invite() == Invited(invited=1, held={"no_consent": 1})
    mails = await ground.fetch("SELECT customer, kind, purpose FROM message")
    assert mails == [{"customer": clara, "kind": "survey_invitation", "purpose": "survey"}]


async def test_past_answers_are_noted_with_figures_and_by_whom(inside: ground.Ground):
    await whole.company(at=NOON)
    answers = reading.read(b"ref;score\n1;9\n2;3\n", mapping={}, otherwise=IN_MAY).answers
    await importing.import_answers(answers=answers, actor=ACTOR, at=NOON)
    noted = {each.action: each for each in (await listing.page()).rows}["surveys.answers_imported"]
    assert (noted.detail, noted.actor) == ({"created": 2}, ACTOR)


async def test_a_withdrawal_ends_the_asking(inside: ground.Ground):
    await whole.company(at=NOON)
    clara = await agreed(CLARA)
    await withdrawing.withdraw(customer=clara, email=CLARA, purpose="survey", source="portal", at=NOON + MINUTE)
    assert await invite(clara, at=NOON + DAY) == Invited(held={"suppressed": 1})


async def test_nobody_is_asked_twice_within_ninety_days(inside: ground.Ground):
    await whole.company(at=NOON)
    clara = await agreed(CLARA)
    assert (await invite(clara)).invited == 1
    held = Invited(held={"quarantine": 1})
    assert await invite(clara) == held
    assert await invite(clara, at=NOON + 90 * DAY - MINUTE) == held
    assert await invite(clara, at=NOON + 90 * DAY) == Invited(invited=1)


async def test_an_answer_can_be_corrected_for_half_an_hour_and_counts_once(inside: ground.Ground):
    await whole.company(at=NOON)
    invitation = await invited(await agreed(CLARA))
    assert await answer(invitation, 6, at=NOON) == "detractor"
    assert await answer(invitation, 9, at=NOON + 29 * MINUTE, comment=" Nett. ") == "promoter"
    with pytest.raises(answering.NoLongerOpen):
        await answer(invitation, 10, at=NOON + 30 * MINUTE)
    assert await opened.answers() == [(9, "Nett.")]


async def test_an_invitation_expires_after_thirty_days(inside: ground.Ground):
    await whole.company(at=NOON)
    invitation = await invited(await agreed(CLARA))
    assert not (await answering.look(invitation=invitation, at=NOON + 30 * DAY - MINUTE)).answered
    with pytest.raises(answering.NoLongerOpen):
        await answer(invitation, 9, at=NOON + 30 * DAY)
    assert await opened.answers() == []


@pytest.mark.parametrize("score", [None, -1, 11, 10**6])
async def test_what_is_no_mark_is_refused_next_to_the_marks(inside: ground.Ground, score: int | None):
    await whole.company(at=NOON)
    invitation = await invited(await agreed(CLARA))
    with pytest.raises(Refusals) as refused:
        await answer(invitation, score, at=NOON)
    assert [(type(each), each.field) for each in refused.value.faults] == [(NoMark, "recommend")]
    assert await opened.answers() == []


async def test_a_comment_may_be_long_and_no_longer(inside: ground.Ground):
    await whole.company(at=NOON)
    invitation = await invited(await agreed(CLARA))
    with pytest.raises(Refusals, match="too_long"):
        await answer(invitation, 9, at=NOON, comment="a" * (free_text.LONGEST + 1))
    await answer(invitation, 9, at=NOON, comment="a" * free_text.LONGEST)


async def test_a_stranger_guessing_invitations_learns_nothing(inside: ground.Ground):
    await whole.company(at=NOON)
    for attempt in (answering.look(invitation=uuid4(), at=NOON), answer(uuid4(), 9, at=NOON)):
        with pytest.raises(answering.InvitationUnknown):
            await attempt


async def test_only_a_glad_answer_is_thanked_with_the_offer(inside: ground.Ground):
    await whole.company(at=NOON)
    clara = await agreed(CLARA)
    invitation = await invited(clara)
    for unglad in (None, 0, 8):
        if unglad is not None:
            await answer(invitation, unglad, at=NOON)
        with pytest.raises(answering.InvitationUnknown):
            await thanking.glad(invitation=invitation)
    await answer(invitation, 9, at=NOON)
    assert (await thanking.glad(invitation=invitation)).customer == clara


async def test_a_survey_gets_a_version_only_when_it_says_something_else(inside: ground.Ground):
    texts = {"de": {"question": "Wie wahrscheinlich?", "followup": "Warum?"}}
    first = await publishing.publish(key="nps", definition=starting.nps(texts), at=NOON)
    assert await publishing.publish(key="nps", definition=starting.nps(texts), at=NOON + DAY) == first
    changed = await publishing.publish(
        key="nps", definition=starting.nps({"de": {"question": "Und jetzt?"}}), at=NOON + DAY
    )
    assert (changed.version, await publishing.current()) == (2, changed)


async def test_past_answers_come_to_no_anonymous_survey(inside: ground.Ground):
    await describing.describe(profile=whole.PROFILE, at=NOON)
    texts = {"de": {"question": "Wie war es?"}}
    await publishing.publish(key="nps", definition=starting.nps(texts), named=False, at=NOON)
    with pytest.raises(importing.NothingNamed):
        await importing.import_answers(answers=read("ref,score\n1,9\n").answers, actor=ACTOR, at=NOON)


async def test_the_airports_guests_give_the_figures_they_are_known_for(inside: ground.Ground):
    await whole.company(at=NOON)
    content = (places.tenants() / "airport" / "guests.csv").read_bytes()
    past = reading.read(content, mapping=GUESTS, blanks=["11"], otherwise=IN_MAY)
    assert (len(past.answers), past.blank, past.refused) == (2746, 85, [])
    assert await importing.import_answers(answers=past.answers, actor=ACTOR, at=NOON) == 2746
    assert await importing.import_answers(answers=past.answers, actor=ACTOR, at=NOON) == 0
    nps = await measuring.nps()
    assert (nps.answers, nps.promoters, nps.detractors) == (2746, 1436, 342)
    assert nps.nps is not None
    assert nps.low is not None
    assert nps.high is not None
    assert (round(nps.nps, 2), round(nps.low, 2), round(nps.high, 2)) == (39.84, 37.18, 42.41)


async def test_a_past_answer_finds_its_customer(inside: ground.Ground):
    await whole.company(at=NOON)
    clara = await whole.person(CLARA, at=NOON)
    await ground.execute("UPDATE customer SET external_id = 'K-7' WHERE id = $1", clara)
    past = read("ref;external_id;score\nA1;K-7;10\nA2;K-8;3\n")
    assert await importing.import_answers(answers=past.answers, actor=ACTOR, at=NOON) == 2
    found = await ground.fetch("SELECT imported_ref, customer, channel FROM survey_answer ORDER BY imported_ref")
    assert found == [
        {"imported_ref": "A1", "customer": clara, "channel": "import"},
        {"imported_ref": "A2", "customer": None, "channel": "import"},
    ]


def test_a_file_says_all_that_an_answer_has():
    past = read(
        "Antwort-Nr;Kundennummer;Bewertung;Grund;Sprache;Datum;Gewicht\n"
        "7;K-7;9;Nett;Deutsch;23.11.2026;0,5\n8;;0;;en;2026-11-23T23:30:00+02:00;\n"
    )
    one, other = past.answers
    assert (one.ref, one.external_id, one.score, one.comment, one.language) == ("7", "K-7", 9, "Nett", "de")
    assert (one.answered_at, one.weight) == (datetime(2026, 11, 23, 12, tzinfo=UTC), Decimal("0.5"))
    assert (other.external_id, other.score, other.weight) == (None, 0, None)
    assert other.answered_at == datetime(2026, 11, 23, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "field", "key"),
    [
        ("12", "score", "errors.surveys.no_score"),
        ("-1", "score", "errors.surveys.no_score"),
        ("9.5", "score", "errors.surveys.no_score"),
        ("ten", "score", "errors.surveys.no_score"),
        ("٣", "score", "errors.surveys.no_score"),
        ("1" * 5000, "score", "errors.surveys.no_score"),
        ("klingonisch", "language", "errors.customers.no_language"),
        ("3.4.5", "answered_at", "errors.customers.no_date"),
        ("0", "weight", "errors.surveys.no_weight"),
        ("NaN", "weight", "errors.surveys.no_weight"),
        ("1e999999", "weight", "errors.surveys.no_weight"),
        ("100", "weight", "errors.surveys.no_weight"),
        ("0.00000000001", "weight", "errors.surveys.no_weight"),
        ("c" * 4001, "comment", "errors.words.too_long"),
        ("r" * 201, "ref", "errors.customers.too_long"),
        ("", "ref", "errors.surveys.no_ref"),
        ("A1", "ref", "errors.customers.repeated_in_file"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_taken(cell: str, field: str, key: str):
    good = {"ref": "A1", "score": "9", "comment": "", "language": "en", "answered_at": "2017-05-01", "weight": "1"}
    bad = good | {"ref": "A2", field: cell}
    rows = [",".join(row.values()) for row in (good, bad, good | {"ref": "A3"})]
    past = read("\n".join([",".join(good), *rows]))
    assert [(row.number, row.field, row.key) for row in past.refused] == [(3, field, key)]
    assert [one.ref for one in past.answers] == ["A1", "A3"]


@pytest.mark.parametrize("blank", ["", ",", ",,,"])
def test_a_bad_row_is_named_by_its_number_in_the_file_past_all_blank_ones(blank: str):
    past = read(f"ref,score\n1,9\n{blank}\n{blank}\n2,99\n3,8\n{blank}\n4,ten\n")
    assert [row.number for row in past.refused] == [5, 8]
    assert ([one.ref for one in past.answers], past.blank) == (["1", "3"], 0)


def test_a_row_without_a_mark_is_no_answer_and_no_fault():
    past = read("ref,score\n1,9\n2,11\n3,\n4,99\n,\n", blanks=("11", "99"))
    assert ([one.ref for one in past.answers], past.blank, past.refused) == (["1"], 3, [])


def test_an_answer_needs_a_day_from_somewhere():
    past = read("ref,score\n1,9\n", otherwise=Otherwise(language="de"))
    assert [row.key for row in past.refused] == ["errors.surveys.no_moment"]


def test_columns_are_asked_for_by_name():
    with pytest.raises(NoSuchColumn, match="no_column_for"):
        read("ref,mark\n1,9\n")
    with pytest.raises(NoSuchColumn, match="no_such_column"):
        read("ref,mark\n1,9\n", score="Mark")
    assert len(read("ref,mark\n1,9\n", score="mark").answers) == 1


async def test_many_are_invited_in_as_many_statements_as_one(inside: ground.Ground):
    await whole.company(at=NOON)
    asking = {"de": {"question": "Wie wahrscheinlich?"}, "en": {"question": "How likely?"}}
    await publishing.publish(key="nps", definition=starting.nps(asking), at=NOON + MINUTE)
    people = {f"guest{number}@people.example": ("de", "en", "fr")[number % 3] for number in range(60)}
    for email in people:
        customer = await agreed(email)
        await ground.execute("UPDATE customer SET language = $2 WHERE id = $1", customer, people[email])
    seen: list[str] = []
    with inside.connection.query_logger(lambda query: seen.append(query.query)):
        assert (await invite()).invited == 60
    assert len(seen) <= 42, seen
    mails = await ground.fetch(
        "SELECT m.customer, m.language, m.question, m.message_id = '<' || m.id || '@' || $1 || '>' AS named, "
        "i.customer = c.id AS theirs FROM message m JOIN customer c ON c.id = m.customer "
        "JOIN survey_invitation i ON i.id = m.subject_id",
        urlsplit(inside.origin).hostname,
    )
    emails = {person.id: person.email for person in await opened.people()}
    assert {emails[mail["customer"]]: mail["language"] for mail in mails} == {
        email: "en" if spoken == "en" else "de" for email, spoken in people.items()
    }
    assert all(mail["named"] and mail["theirs"] for mail in mails)
    assert all(mail["question"] == asking[mail["language"]]["question"] for mail in mails)


def test_a_file_of_more_rows_than_are_read_is_refused_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert len(read("ref,score\n1,9\n\n2,10\n,\n").answers) == 2, "empty rows are no rows"
    with pytest.raises(TooManyRows) as refused:
        read("ref,score\n1,9\n2,10\n3,4\n")
    assert (refused.value.key, refused.value.field) == ("errors.customers.too_many_rows", "file")
    assert "2" in language.text(refused.value.key, "de", **refused.value.values)


async def test_a_comment_without_a_letter_postgresql_refuses_is_kept_from_every_entrance(inside: ground.Ground):
    await whole.company(at=NOON)
    invitation = await invited(await agreed(CLARA))
    assert await answer(invitation, 9, at=NOON, comment="Gern\0 wieder\ud83d") == "promoter"
    assert await opened.answers() == [(9, "Gern wieder")]


async def test_whoever_has_the_mailbox_of_before_neither_answers_nor_reads_nor_takes_part(inside: ground.Ground):
    await whole.company(at=NOON)
    clara = await agreed(CLARA)
    invitation = await invited(clara)
    await ground.execute(
        "UPDATE message SET state = 'sent', sent_at = $1, address_hash = $2", NOON, addressing.hashed(CLARA)
    )
    await answer(invitation, 10, at=NOON, comment="Bitte rufen Sie an.")
    assert (await thanking.glad(invitation=invitation)).email == CLARA
    await opened.change(clara, email="clara.neu@people.example")
    with pytest.raises(answering.InvitationUnknown):
        await answering.look(invitation=invitation, at=NOON + MINUTE)
    with pytest.raises(answering.InvitationUnknown):
        await answer(invitation, 0, at=NOON + MINUTE)
    with pytest.raises(answering.InvitationUnknown):
        await thanking.glad(invitation=invitation)
