"""A request goes forward only, is known before it is worked on, and is answered within its time."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.customers.login import factors
from leumund.customers.login.factors import Shown
from leumund.customers.records import finding as people
from leumund.customers.records import registering
from leumund.kit import digits, free_text, ground, personal, tokens
from leumund.kit.ground import Ground
from leumund.kit.sheets import Table
from leumund.messages import delivering
from leumund.privacy.cases import (
    answering,
    clearing,
    entering,
    extending,
    finding,
    finishing,
    identifying,
    listing,
    opening,
    refusing,
    reminding,
    rules,
    taking,
    telling,
)
from leumund.privacy.cases.extending import ExtendedAlready, TooLate
from leumund.privacy.cases.finding import NotNow
from leumund.privacy.cases.opening import Asked
from leumund.privacy.records import accounting
from leumund.privacy.records.accounting import Span
from leumund.privacy.rights import carrying_out, copying, objecting, proving, releasing, restricting
from leumund.privacy.rights.proving import ProofGone
from leumund.staff import api_keys
from tests import opened
from tests.conftest import NOON
from tests.rooms import whole

OFFICER = uuid4()
DAY = timedelta(days=1)


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    await whole.company(at=NOON)
    return await whole.person("anna@people.example", at=NOON)


async def entered(customer: UUID | None, kind: rules.Kind = "access", *, told: str = "", at: datetime = NOON) -> UUID:
    """A request that came as a letter."""
    asked = Asked(kind=kind, customer=customer, came="letter", language="de", words=told)
    return await opening.open(asked=asked, actor=f"staff:{OFFICER}", at=at)


async def known(customer: UUID, kind: rules.Kind = "access", *, at: datetime = NOON) -> UUID:
    """One whose person is known."""
    case = await entered(customer, kind, at=at)
    await identifying.vouch(case=case, proof="Rückruf", by=OFFICER, at=at)
    return case


async def in_work(customer: UUID, kind: rules.Kind = "access", *, at: datetime = NOON) -> UUID:
    case = await known(customer, kind, at=at)
    await taking.take(case=case, by=OFFICER, at=at)
    return case


async def state(case: UUID) -> rules.State:
    return (await finding.plain(case=case)).state


async def told(case: UUID) -> list[str]:
    return [step.what for step in await finding.story(case=case)]


async def taken(_: EmailMessage) -> str:
    """A mail server that takes everything."""
    return "250 2.0.0"


async def mailed(kind: str) -> UUID:
    """The newest mail of ``kind``, delivered."""
    (row,) = await ground.fetch("SELECT id FROM message WHERE kind = $1 AND state = 'queued'", kind)
    message: UUID = row["id"]
    await delivering.deliver(message=message, post=taken, at=NOON)
    return message


async def mails() -> list[str]:
    return [row["kind"] for row in await ground.fetch("SELECT kind FROM message ORDER BY created_at, kind")]


async def test_a_case_lives_from_its_letter_to_its_answer(anna: UUID):
    case = await entered(anna, "objection", told="Bitte keine Auswertung mehr.")
    with pytest.raises(free_text.Missing):
        await identifying.vouch(case=case, proof=" ", by=OFFICER, at=NOON)
    assert await state(case) == "received"
    await identifying.vouch(case=case, proof="Rückruf unter der gespeicherten Nummer", by=OFFICER, at=NOON)
    assert await state(case) == "identified"
    await taking.take(case=case, by=OFFICER, at=NOON)
    assert await state(case) == "in_work"
    await finishing.finish(case=case, outcome="carried_out", told="Ist beendet.", by=OFFICER, at=NOON + DAY)
    found = await finding.find(case=case)
    assert (found.state, found.outcome, found.answer) == ("done", "carried_out", "Ist beendet.")
    assert (found.words, found.proof) == ("Bitte keine Auswertung mehr.", "Rückruf unter der gespeicherten Nummer")
    assert found.name == "Anna"
    assert await told(case) == ["received", "identified", "taken", "done"]
    assert await mails() == ["rights_done"]


async def test_nothing_is_done_for_somebody_nobody_knows(anna: UUID):
    case = await entered(anna, "erasure")
    for step in (
        taking.take(case=case, by=OFFICER, at=NOON),
        finishing.finish(case=case, outcome="carried_out", told="", by=OFFICER, at=NOON),
        releasing.release(case=case, by=OFFICER, at=NOON),
    ):
        with pytest.raises(NotNow):
            await step
    assert await state(case) == "received"


async def test_no_step_is_skipped_or_taken_twice(anna: UUID):
    case = await known(anna)
    bert = await whole.person("bert@people.example", at=NOON, name="Bert")
    with pytest.raises(NotNow):
        await identifying.name(case=case, customer=bert, by=OFFICER, at=NOON)
    with pytest.raises(NotNow):
        await finishing.finish(case=case, outcome="carried_out", told="", by=OFFICER, at=NOON)
    with pytest.raises(NotNow):
        await identifying.vouch(case=case, proof="noch einmal", by=OFFICER, at=NOON)
    await taking.take(case=case, by=OFFICER, at=NOON)
    with pytest.raises(NotNow):
        await taking.take(case=case, by=OFFICER, at=NOON)
    await refusing.refuse(case=case, reason="excessive", told="Zum fünften Mal.", by=OFFICER, at=NOON)
    for again in (
        taking.take(case=case, by=OFFICER, at=NOON),
        finishing.finish(case=case, outcome="carried_out", told="", by=OFFICER, at=NOON),
        refusing.refuse(case=case, reason="excessive", told="noch einmal", by=OFFICER, at=NOON),
        extending.extend(case=case, reason="complex", told="", by=OFFICER, at=NOON),
    ):
        with pytest.raises(NotNow):
            await again


@pytest.mark.parametrize(
    "step",
    [
        "SET taken_at = now()",
        "SET identified_at = now()",
        "SET closed_at = now()",
        "SET closed_at = now(), outcome = 'carried_out'",
        "SET outcome = 'carried_out'",
        "SET extended_at = now()",
        "SET customer = NULL, identified_at = now(), identified_by = 'staff'",
    ],
)
async def test_the_rows_themselves_keep_a_step_from_being_skipped(anna: UUID, step: str):
    case = await entered(anna)
    with pytest.raises(asyncpg.CheckViolationError):
        async with ground.savepoint():
            await ground.execute(f"UPDATE rights_case {step} WHERE id = $1", case)
    await ground.execute(
        "UPDATE rights_case SET identified_at = now(), identified_by = 'staff', taken_at = now() WHERE id = $1", case
    )


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE rights_event SET what = 'done'",
        "DELETE FROM rights_event",
        "DELETE FROM rights_case",
        "UPDATE rights_case SET received_at = now()",
        "UPDATE rights_case SET kind = 'access'",
        "DELETE FROM rights_notice",
        "UPDATE rights_notice SET recipient = 'niemand'",
    ],
)
async def test_what_happened_stays_as_it_was_written(anna: UUID, deed: str):
    await entered(anna)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ground.savepoint():
            await ground.execute(deed)
    await ground.execute("UPDATE rights_case SET reminded_days = 10")


async def test_who_asks_twice_has_one_case_with_both_words(anna: UUID):
    first = await entered(anna, told="Was haben Sie von mir?")
    assert await entered(anna, told="Ich warte noch.", at=NOON + DAY) == first
    assert await entered(anna, "erasure") != first
    found = await finding.find(case=first)
    assert found.words == "Was haben Sie von mir?\n\nIch warte noch."
    assert found.received_at == NOON, "time runs from the first"
    await refusing.refuse(case=first, reason="excessive", told="Zu oft.", by=OFFICER, at=NOON)
    assert await entered(anna) != first, "what is closed is over"


async def test_whoever_nobody_knows_yet_is_named_later(anna: UUID):
    case = await entered(None, told="Ich bin Anna, Postfach 1.")
    with pytest.raises(identifying.NobodyNamed):
        await identifying.vouch(case=case, proof="Ausweis", by=OFFICER, at=NOON)
    await identifying.name(case=case, customer=anna, by=OFFICER, at=NOON)
    found = await finding.find(case=case)
    assert (found.words, found.name) == ("Ich bin Anna, Postfach 1.", "Anna")
    await identifying.vouch(case=case, proof="Ausweis", by=OFFICER, at=NOON)
    assert await state(case) == "identified"


@pytest.mark.parametrize("is_known", [False, True])
async def test_all_that_was_written_is_read_on_when_the_case_turns_out_to_be_somebody_s(anna: UUID, is_known: bool):
    case = await entered(anna if is_known else None, told="Ich bin es.")
    await extending.extend(case=case, reason="many", told="Wir suchen noch.", by=OFFICER, at=NOON)
    bert = await whole.person("bert@people.example", at=NOON, name="Bert")
    await identifying.name(case=case, customer=bert, by=OFFICER, at=NOON)
    found = await finding.find(case=case)
    assert (found.name, found.words, found.extension) == ("Bert", "Ich bin es.", "Wir suchen noch.")


async def test_nobody_is_named_who_asked_for_the_same_already(anna: UUID):
    await entered(anna)
    case = await entered(None)
    with pytest.raises(identifying.AlreadyAsked):
        await identifying.name(case=case, customer=anna, by=OFFICER, at=NOON)


async def test_whose_data_rest_is_found_for_what_they_ask_and_an_empty_field_names_nobody(anna: UUID):
    await restricting.restrict(customer=anna, reason="unlawful", actor=f"customer:{anna}", at=NOON)
    assert not (await people.search(text="Anna")).rows, "nobody else comes across them"
    assert await entering.person(text="Anna") == anna
    for nothing in ("", "  ", "Mallory"):
        with pytest.raises(entering.NoPerson):
            await entering.person(text=nothing)


async def test_that_nothing_is_held_can_be_told_to_a_stranger(anna: UUID):
    case = await entered(None)
    with pytest.raises(NotNow):
        await finishing.finish(case=case, outcome="carried_out", told="", by=OFFICER, at=NOON)
    await finishing.finish(case=case, outcome="nothing_held", told="", by=OFFICER, at=NOON)
    assert await state(case) == "done"
    assert await mails() == [], "there is no address to write to"


async def test_time_runs_by_the_company_s_days(anna: UUID):
    case = await entered(anna, at=datetime(2026, 8, 30, 22, 30, tzinfo=UTC))
    assert (await finding.plain(case=case)).due_date == date(2026, 9, 30), "the 31st in Berlin"


async def test_what_was_closed_after_the_last_day_counts_as_late_by_the_company_s_days(anna: UUID):
    case = await in_work(anna, "objection")
    # Half past midnight in Berlin; in Greenwich the last day has half an hour left.
    at = datetime(2026, 12, 23, 23, 30, tzinfo=UTC)
    await finishing.finish(case=case, outcome="carried_out", told="", by=OFFICER, at=at)
    report = await accounting.sheet(lang="en", span=Span(NOON, at, ""), at=at)
    (table,) = next(section.blocks for section in report.sections if section.heading == "Requests of people")
    assert isinstance(table, Table)
    assert dict(zip(table.head, *table.rows, strict=True))["late"] == "1"


async def test_two_months_more_are_given_once_and_told_within_the_first(anna: UUID):
    case = await known(anna)
    await extending.extend(case=case, reason="complex", told="Viele Jahre.", by=OFFICER, at=NOON + 30 * DAY)
    found = await finding.find(case=case)
    assert found.due_date == date(2027, 2, 23)
    assert (found.extension_reason, found.extension) == ("complex", "Viele Jahre.")
    assert await mails() == ["rights_extended"]
    with pytest.raises(ExtendedAlready):
        await extending.extend(case=case, reason="many", told="", by=OFFICER, at=NOON + 30 * DAY)


async def test_whoever_was_reminded_of_the_first_day_is_reminded_of_the_later_one_too(anna: UUID):
    case = await known(anna)
    assert await reminding.remind(at=NOON + 30 * DAY) == 1
    await extending.extend(case=case, reason="complex", told="", by=OFFICER, at=NOON + 30 * DAY)
    assert [await reminding.remind(at=datetime(2027, 2, day, 12, tzinfo=UTC)) for day in (12, 13, 20, 23)] == [
        0,
        1,
        1,
        1,
    ]


async def test_the_first_month_begins_and_ends_by_the_company_s_clocks(anna: UUID):
    """Past eleven in the evening by UTC it is the next day in Berlin."""
    received, last = datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 12, 24, 9, tzinfo=UTC)
    over = last.replace(hour=23, minute=30)
    for kind, at, late in (("access", last, {}), ("erasure", over, {"late": True})):
        case = await known(anna, kind, at=received)
        if late:
            with pytest.raises(TooLate):
                await extending.extend(case=case, reason="complex", told="", by=OFFICER, at=at)
        else:
            await extending.extend(case=case, reason="complex", told="", by=OFFICER, at=at)
            assert (await finding.plain(case=case)).due_date == date(2027, 2, 24)
        await refusing.refuse(case=case, reason="unfounded", told="Nein.", by=OFFICER, at=at)
        assert (await finding.story(case=case))[-1].detail == {"reason": "unfounded"} | late


async def test_what_was_not_told_in_the_first_month_is_not_extended(anna: UUID):
    case = await known(anna)
    with pytest.raises(TooLate):
        await extending.extend(case=case, reason="complex", told="", by=OFFICER, at=NOON + 31 * DAY)
    assert (await finding.plain(case=case)).due_date == date(2026, 12, 23)


async def test_a_refusal_gives_its_reason_and_says_when_it_is_late(anna: UUID):
    case = await known(anna, "erasure")
    with pytest.raises(free_text.Missing):
        await refusing.refuse(case=case, reason="duty_to_keep", told=" ", by=OFFICER, at=NOON)
    await refusing.refuse(case=case, reason="duty_to_keep", told="Belege.", by=OFFICER, at=NOON + 40 * DAY)
    found = await finding.find(case=case)
    assert (found.state, found.refusal_reason, found.answer) == ("refused", "duty_to_keep", "Belege.")
    assert (await finding.story(case=case))[-1].detail == {"reason": "duty_to_keep", "late": True}
    assert await mails() == ["rights_refused"]


async def test_a_copy_is_laid_ready_opened_once_and_saved_for_half_an_hour(anna: UUID):
    case = await in_work(anna)
    await releasing.release(case=case, by=OFFICER, at=NOON)
    assert await state(case) == "done"
    assert await mails() == ["rights_copy_ready"]
    link = tokens.sign(releasing.PURPOSE, case)
    assert await copying.ready(token=link, at=NOON) == "access"
    opened = await copying.open(token=link, at=NOON + DAY)
    assert opened.customer == anna
    for once_more in (copying.open(token=link, at=NOON + DAY), copying.ready(token=link, at=NOON + DAY)):
        with pytest.raises(copying.CopyGone):
            await once_more
    assert (await copying.again(token=link, secret=opened.secret, at=NOON + DAY)).customer == anna
    for secret, at in (("", NOON + DAY), (opened.secret, NOON + DAY + timedelta(minutes=31))):
        with pytest.raises(copying.CopyGone):
            await copying.again(token=link, secret=secret, at=at)


async def test_the_mailbox_somebody_had_before_opens_no_copy_of_theirs(anna: UUID):
    case = await in_work(anna)
    await releasing.release(case=case, by=OFFICER, at=NOON)
    (mail,) = await ground.fetch("SELECT id FROM message WHERE kind = 'rights_copy_ready'")
    await delivering.deliver(message=mail["id"], post=taken, at=NOON)
    link = tokens.sign(releasing.PURPOSE, case)
    assert await copying.ready(token=link, at=NOON + DAY) == "access"
    known, key = await people.known(customer=anna), await personal.key(person=anna)
    await registering.change(known=known, key=key, told={"email": "anna@new.example"}, at=NOON + DAY)
    for late in (copying.ready(token=link, at=NOON + DAY), copying.open(token=link, at=NOON + DAY)):
        with pytest.raises(copying.CopyGone):
            await late


async def test_a_copy_nobody_fetched_is_gone_after_a_week(anna: UUID):
    case = await in_work(anna)
    await releasing.release(case=case, by=OFFICER, at=NOON)
    with pytest.raises(copying.CopyGone):
        await copying.open(token=tokens.sign(releasing.PURPOSE, case), at=NOON + 7 * DAY)


async def test_a_request_of_another_kind_leaves_no_copy(anna: UUID):
    case = await in_work(anna, "objection")
    with pytest.raises(releasing.NothingToCopy):
        await releasing.release(case=case, by=OFFICER, at=NOON)


async def proof_of(email: str, kind: rules.Kind = "objection", *, at: datetime = NOON) -> UUID:
    """The newest proof of the mail loop."""
    await proving.ask(kind=kind, email=email, told="Bitte.", language="de", at=at)
    person = await people.by_email(email=email)
    assert person is not None
    rows = await ground.fetch("SELECT id FROM rights_proof WHERE customer = $1 AND proven_at IS NULL", person.id)
    return rows[0]["id"]


def typed(proof: UUID) -> dict[str, str]:
    return {"token": tokens.sign(proving.PURPOSE, proof), "code": digits.of(proving.PURPOSE, proof)}


def wrong(code: str) -> str:
    return "00000000" if code != "00000000" else "11111111"


async def test_the_code_of_the_mail_opens_the_case_with_the_time_of_asking(anna: UUID):
    proof = await proof_of("anna@people.example")
    proven = await proving.prove(**typed(proof), at=NOON + timedelta(minutes=9))
    assert proven is not None
    assert not proven.must_log_in
    found = await finding.find(case=proven.case.id)
    assert (found.state, found.identified_by, found.received_at, found.words) == ("identified", "loop", NOON, "Bitte.")
    assert await ground.fetch("SELECT FROM rights_proof WHERE words_sealed IS NOT NULL") == [], "the case has them now"
    with pytest.raises(ProofGone):
        await proving.prove(**typed(proof), at=NOON + timedelta(minutes=9))


@pytest.mark.parametrize("kind", ["access", "portability"])
async def test_a_copy_that_the_code_asks_for_lies_ready_at_once(anna: UUID, kind: rules.Kind):
    proof = await proof_of("anna@people.example", kind)
    proven = await proving.prove(**typed(proof), at=NOON)
    assert proven is not None
    assert proven.copy is not None
    assert (await copying.open(token=proven.copy, at=NOON)).customer == anna
    assert await told(proven.case.id) == ["received", "identified", "taken", "released", "done", "copy_opened"]


async def test_five_wrong_codes_end_it(anna: UUID):
    proof = typed(await proof_of("anna@people.example"))
    for _ in range(proving.MOST_WRONG - 1):
        assert await proving.prove(token=proof["token"], code=wrong(proof["code"]), at=NOON) is None
    await proving.waiting(token=proof["token"], at=NOON)
    assert await proving.prove(token=proof["token"], code=wrong(proof["code"]), at=NOON) is None
    with pytest.raises(ProofGone):
        await proving.prove(**proof, at=NOON)
    assert await ground.fetch("SELECT FROM rights_case") == []


async def test_a_code_is_good_for_ten_minutes_for_its_own_link_and_for_the_address_it_went_to(anna: UUID):
    await whole.person("clara@people.example", at=NOON, name="Clara")
    annas, claras = [typed(await proof_of(f"{name}@people.example")) for name in ("anna", "clara")]
    assert await proving.prove(token=annas["token"], code=claras["code"], at=NOON) is None
    with pytest.raises(ProofGone):
        await proving.prove(**annas, at=NOON + proving.WITHIN)
    with pytest.raises(tokens.BadToken):
        await proving.prove(token=tokens.sign("portal", uuid4()), code="12345678", at=NOON)
    await ground.execute("UPDATE customer SET email_hash = 'another' WHERE id = $1", anna)
    with pytest.raises(ProofGone):
        await proving.prove(**annas, at=NOON)


async def test_an_address_nobody_has_leaves_nothing_behind(anna: UUID):
    await proving.ask(kind="access", email="mallory@people.example", told="Alles!", language="de", at=NOON)
    assert await ground.fetch("SELECT FROM rights_proof") == []
    assert await mails() == []


async def test_a_mailbox_is_not_flooded(anna: UUID):
    for _ in range(8):
        await proving.ask(kind="access", email="anna@people.example", told="", language="de", at=NOON)
    assert await mails() == ["rights_code"] * 5


async def test_who_has_a_second_factor_is_asked_to_log_in_before_anything_is_erased(anna: UUID):
    await factors.keep(customer=anna, shown=Shown("totp", "", "X", 0), counts_at=NOON, at=NOON)
    proven = await proving.prove(**typed(await proof_of("anna@people.example", "erasure")), at=NOON)
    assert proven is not None
    assert proven.must_log_in
    assert proven.case.state == "received"
    with pytest.raises(NotNow):
        await taking.take(case=proven.case.id, by=OFFICER, at=NOON)
    asked = Asked(kind="erasure", customer=anna, came="portal", language="de")
    case = await opening.open(asked=asked, actor=f"customer:{anna}", identified=True, at=NOON)
    assert case == proven.case.id, "the login ends what the code began"
    found = await finding.plain(case=case)
    assert (found.state, found.identified_by) == ("identified", "login")


async def test_staff_send_the_code_to_the_address_on_file_alone(anna: UUID):
    case = await entered(anna, "erasure")
    await proving.ask_of(case=case, by=OFFICER, at=NOON)
    rows = await ground.fetch("SELECT id, rights_case FROM rights_proof")
    assert [row["rights_case"] for row in rows] == [case]
    proven = await proving.prove(**typed(rows[0]["id"]), at=NOON)
    assert proven is not None
    assert (proven.case.id, proven.case.state) == (case, "identified")
    with pytest.raises(identifying.NobodyNamed):
        await proving.ask_of(case=await entered(None), by=OFFICER, at=NOON)
    with pytest.raises(NotNow):
        await proving.ask_of(case=case, by=OFFICER, at=NOON)
    bert = await whole.person("bert@people.example", at=NOON, name="Bert")
    nowhere = "UPDATE customer SET external_id = 'K-1', email_sealed = NULL, email_hash = NULL WHERE id = $1"
    await ground.execute(nowhere, bert)
    with pytest.raises(proving.NoAddress):
        await proving.ask_of(case=await entered(bert), by=OFFICER, at=NOON)


async def test_one_press_objects_to_all_that_can_be_objected_to(anna: UUID):
    await whole.allow(anna, "anna@people.example", purpose="survey", at=NOON)
    case = await known(anna, "objection")
    with pytest.raises(NotNow):
        await carrying_out.carry_out(case=case, ground="", told="", by=OFFICER, at=NOON + DAY)
    await taking.take(case=case, by=OFFICER, at=NOON)
    await carrying_out.carry_out(case=case, ground="", told="", by=OFFICER, at=NOON + DAY)
    assert not await whole.is_allowed(anna, "anna@people.example", purpose="survey")
    assert await objecting.objects_to_profiling(customer=anna)
    assert await state(case) == "done"


async def test_an_erasure_that_leaves_something_to_settle_is_told_as_partly_carried_out_and_in_words(anna: UUID):
    asked = Asked(kind="review", customer=anna, came="letter", language="de", words="Warum?", subject=uuid4())
    await opening.open(asked=asked, actor=f"staff:{OFFICER}", at=NOON)
    case = await in_work(anna, "erasure")
    with pytest.raises(free_text.Missing):
        await carrying_out.carry_out(case=case, ground="unlawful", told="", by=OFFICER, at=NOON)
    told = "Erst wird noch einmal nachgesehen."
    await carrying_out.carry_out(case=case, ground="unlawful", told=told, by=OFFICER, at=NOON)
    assert (await finding.plain(case=case)).outcome == "partly"


@pytest.mark.parametrize("kind", ["erasure", "restriction"])
async def test_whoever_carries_it_out_says_by_which_ground_of_the_law(anna: UUID, kind: rules.Kind):
    case = await in_work(anna, kind)
    for wrong in ("", "participation_ended", "wished"):
        with pytest.raises(carrying_out.NoGround):
            await carrying_out.carry_out(case=case, ground=wrong, told="", by=OFFICER, at=NOON)
    await carrying_out.carry_out(case=case, ground="unlawful", told="", by=OFFICER, at=NOON)
    assert (await people.known(customer=anna)).held == kind


async def test_a_code_opens_no_case_that_was_found_to_be_somebody_else_s(anna: UUID):
    case, bert = await entered(anna, "access"), await whole.person("bert@people.example", at=NOON)
    await proving.ask_of(case=case, by=OFFICER, at=NOON)
    (annas,) = await ground.fetch("SELECT id FROM rights_proof")
    await identifying.name(case=case, customer=bert, by=OFFICER, at=NOON)
    with pytest.raises(ProofGone):
        await proving.prove(**typed(annas["id"]), at=NOON)
    assert await state(case) == "received"


async def test_a_code_opens_no_case_that_staff_have_closed(anna: UUID):
    case = await entered(anna, "access")
    await proving.ask_of(case=case, by=OFFICER, at=NOON)
    (proof,) = await ground.fetch("SELECT id FROM rights_proof")
    await refusing.refuse(case=case, reason="not_identified", told="Wir wissen nicht, wer fragt.", by=OFFICER, at=NOON)
    with pytest.raises(ProofGone):
        await proving.prove(**typed(proof["id"]), at=NOON)


async def test_recipients_are_listed_and_told_one_by_one(anna: UUID):
    await api_keys.create(name="Kassensystem", scopes=api_keys.SCOPES, actor="system:test", at=NOON)
    gone = await api_keys.create(name="Altsystem", scopes=api_keys.SCOPES, actor="system:test", at=NOON)
    await api_keys.revoke(key=gone.id, actor="system:test", at=NOON)
    case = await in_work(anna, "rectification")
    await finishing.finish(case=case, outcome="carried_out", told="", by=OFFICER, at=NOON)
    (notice,) = [each for each in await telling.of(case=case) if each.recipient == "Kassensystem"]
    assert [(each.id, each.untold) for each in await telling.untold()] == [(case, 1)]
    with pytest.raises(telling.NoticeUnknown):
        await telling.confirm(case=await entered(anna), notice=notice.id, by=OFFICER, at=NOON)
    await telling.confirm(case=case, notice=notice.id, by=OFFICER, at=NOON)
    assert await telling.untold() == []
    with pytest.raises(telling.NoticeUnknown):
        await telling.confirm(case=case, notice=notice.id, by=OFFICER, at=NOON)


@pytest.mark.parametrize("kind", ["rectification", "restriction", "erasure"])
async def test_whoever_got_the_data_is_told_of_each_change_of_them(anna: UUID, kind: rules.Kind):
    """Art. 19 GDPR."""
    await api_keys.create(name="Kassensystem", scopes=api_keys.SCOPES, actor="system:test", at=NOON)
    case = await in_work(anna, kind)
    await finishing.finish(case=case, outcome="carried_out", told="", by=OFFICER, at=NOON)
    assert {each.recipient for each in await telling.of(case=case)} == {"Kassensystem"}


async def test_a_mere_answer_is_told_to_nobody_else(anna: UUID):
    await api_keys.create(name="Kassensystem", scopes=api_keys.SCOPES, actor="system:test", at=NOON)
    case = await in_work(anna)
    await releasing.release(case=case, by=OFFICER, at=NOON)
    assert await telling.of(case=case) == []


async def test_each_deadline_is_reminded_of_three_times(anna: UUID):
    case = await known(anna, "erasure")
    reminded = []
    for night in range(40):
        if await reminding.remind(at=NOON + night * DAY):
            reminded.append(night)
    assert reminded == [20, 27, 30]
    assert (await told(case)).count("reminded") == 3


async def test_nobody_is_reminded_of_what_is_closed(anna: UUID):
    case = await known(anna, "erasure")
    await refusing.refuse(case=case, reason="unfounded", told="Nein.", by=OFFICER, at=NOON)
    assert await reminding.remind(at=NOON + 30 * DAY) == 0


async def test_the_board_shows_the_most_urgent_first(anna: UUID):
    clara = await whole.person("clara@people.example", at=NOON, name="Clara")
    await known(anna, "access", at=NOON)
    late = await known(clara, "access", at=NOON - 40 * DAY)
    await in_work(clara, "erasure", at=NOON)
    await entered(None)
    board = await listing.board()
    assert [len(board[each]) for each in rules.OPEN] == [1, 2, 1]
    assert board["identified"][0].id == late
    assert board["identified"][0].is_overdue(NOON.date())
    counts = await listing.counts(today=NOON.date())
    assert counts == {"received": 1, "identified": 2, "in_work": 1, "overdue": 1, "soon": 0}
    assert [each.kind for rows in (await listing.board(kind="erasure")).values() for each in rows] == ["erasure"]
    assert [each.kind for each in await listing.of(customer=clara)] == ["erasure", "access"]


async def test_closed_cases_are_paged(anna: UUID):
    for kind in ("access", "erasure", "objection"):
        case = await known(anna, kind)
        await refusing.refuse(case=case, reason="unfounded", told="Nein.", by=OFFICER, at=NOON)
    first = await listing.closed(limit=2)
    rest = await listing.closed(after=first.after, limit=2)
    assert len(first.rows) == 2
    assert len(rest.rows) == 1
    assert rest.after is None


async def test_an_answer_is_readable_for_ninety_days(anna: UUID):
    case = await known(anna)
    await refusing.refuse(case=case, reason="unfounded", told="Nein.", by=OFFICER, at=NOON)
    mail = await mailed("rights_refused")
    assert (await answering.read(mail=mail, at=NOON + 90 * DAY)).answer == "Nein."
    with pytest.raises(answering.AnswerGone):
        await answering.read(mail=mail, at=NOON + 91 * DAY)
    with pytest.raises(answering.AnswerGone):
        await answering.read(mail=uuid4(), at=NOON)


async def test_an_answer_is_not_read_by_whoever_has_the_mailbox_of_before(anna: UUID):
    case = await known(anna)
    await extending.extend(case=case, reason="many", told="", by=OFFICER, at=NOON)
    older = await mailed("rights_extended")
    await opened.change(anna, email="anna.neu@people.example")
    await refusing.refuse(case=case, reason="unfounded", told="Nein.", by=OFFICER, at=NOON)
    newer = await mailed("rights_refused")
    with pytest.raises(answering.AnswerGone):
        await answering.read(mail=older, at=NOON)
    assert (await answering.read(mail=newer, at=NOON)).answer == "Nein."


async def test_codes_that_are_over_are_cleared_away(anna: UUID):
    await proof_of("anna@people.example")
    await clearing.clear(at=NOON + timedelta(minutes=5))
    assert len(await ground.fetch("SELECT FROM rights_proof")) == 1
    await clearing.clear(at=NOON + proving.WITHIN)
    assert await ground.fetch("SELECT FROM rights_proof") == []


async def test_the_code_is_in_the_mail_and_in_no_row(anna: UUID):
    proof = await proof_of("anna@people.example")
    code = digits.of(proving.PURPOSE, proof)
    assert len(code) == 8
    assert code.isdecimal()
    for table in ("rights_proof", "message"):
        rows = await ground.fetch(f"SELECT t::text AS row FROM {table} t")
        assert not [row for row in rows if code in row["row"]]
