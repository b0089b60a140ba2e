"""Staff get in with both factors and no other way, and out again at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pyotp
import pytest

from leumund.company import describing
from leumund.kit import ground, knocking, passwords, tokens
from leumund.kit.faults import Refusals
from leumund.kit.ground import Ground
from leumund.kit.knocking import Knock
from leumund.staff import api_keys, changing, enrolling, inviting, members, rules, sessions, signing_in
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests import links
from tests.rooms.test_consent import PROFILE

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
ANNA = "anna@linden.example"
PASSWORD = "Kaffeetasse steht schief"
ACTOR = "system:test"


class Enrolled:
    """Anna, and the app on her telephone."""

    def __init__(self, member: UUID, secret: str) -> None:
        self.member = member
        self._totp = pyotp.TOTP(secret)

    def code(self, at: datetime) -> str:
        return self._totp.at(at)

    def wrong_code(self, at: datetime) -> str:
        right = {self._totp.at(at + step * HALF_A_MINUTE) for step in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


@pytest.fixture
async def described(inside: Ground) -> None:
    await describing.describe(profile=PROFILE, at=NOON)


@pytest.fixture
async def anna(described: None) -> Enrolled:
    return await enrol(ANNA, role="owner")


async def enrol(email: str, *, role: str) -> Enrolled:
    invitation = await inviting.invite(email=email, name="Anna", role=role, language="de", actor=ACTOR, at=NOON)
    token = links.enrolment(invitation.enrolment)
    secret = (await enrolling.show(token=token, at=NOON)).secret
    enrolled = Enrolled(invitation.member, secret)
    await enrolling.finish(token=token, password=PASSWORD, code=enrolled.code(NOON), at=NOON)
    return enrolled


async def sign_in(
    code: str, at: datetime, *, email: str = ANNA, password: str = PASSWORD, token: str = ""
) -> signing_in.SignedIn | None:
    # Somewhere else each time: who tries too often from one place is another test's.
    knocks = Knock(email=email, code=code, peer=str(uuid4()), token=token)
    kept = await signing_in.knock(email=email, peer=knocks.peer, at=at)
    return await signing_in.sign_in(knocks=knocks, password=await passwords.judge(kept, password), at=at)


# Enrolling


async def test_the_page_of_the_link_shows_the_same_secret_each_time_and_changes_nothing(described: None):
    invitation = await inviting.invite(email=ANNA, name="Anna", role="owner", language="de", actor=ACTOR, at=NOON)
    token = links.enrolment(invitation.enrolment)
    first, second = [await enrolling.show(token=token, at=NOON) for _ in range(2)]
    assert first == second
    assert "issuer=Linden" in first.otpauth_uri
    assert not (await members.find(member=invitation.member)).enrolled


async def test_the_link_is_good_once(described: None):
    invitation = await inviting.invite(email=ANNA, name="Anna", role="owner", language="de", actor=ACTOR, at=NOON)
    token = links.enrolment(invitation.enrolment)
    app = Enrolled(invitation.member, (await enrolling.show(token=token, at=NOON)).secret)
    await enrolling.finish(token=token, password=PASSWORD, code=app.code(NOON), at=NOON)
    with pytest.raises(enrolling.LinkUnknown):
        await enrolling.finish(token=token, password=PASSWORD, code=app.code(NOON), at=NOON)


async def test_the_link_runs_out_after_72_hours(described: None):
    invitation = await inviting.invite(email=ANNA, name="Anna", role="owner", language="de", actor=ACTOR, at=NOON)
    with pytest.raises(enrolling.LinkUnknown):
        await enrolling.show(token=links.enrolment(invitation.enrolment), at=NOON + timedelta(hours=72))


async def test_inviting_again_kills_the_older_link_and_keeps_the_second_factor_asked(anna: Enrolled):
    older = await inviting.invite_again(member=anna.member, actor=ACTOR, at=NOON)
    newer = await inviting.invite_again(member=anna.member, actor=ACTOR, at=NOON)
    with pytest.raises(enrolling.LinkUnknown):
        await enrolling.show(token=links.enrolment(older.enrolment), at=NOON)
    assert (await enrolling.show(token=links.enrolment(newer.enrolment), at=NOON)).email == ANNA


@pytest.mark.parametrize("purpose", ["confirm", "portal", "unsubscribe"])
async def test_mallory_enrols_with_no_other_link(described: None, purpose: str):
    invitation = await inviting.invite(email=ANNA, name="Anna", role="owner", language="de", actor=ACTOR, at=NOON)
    for token in (tokens.sign(purpose, invitation.enrolment), tokens.sign("enrol", invitation.member), "", "ü"):
        with pytest.raises(enrolling.LinkUnknown):
            await enrolling.show(token=token, at=NOON)


async def test_a_wrong_code_or_a_weak_password_enrols_nobody(described: None):
    invitation = await inviting.invite(email=ANNA, name="Anna", role="owner", language="de", actor=ACTOR, at=NOON)
    token = links.enrolment(invitation.enrolment)
    app = Enrolled(invitation.member, (await enrolling.show(token=token, at=NOON)).secret)
    wrong = {
        (PASSWORD, app.wrong_code(NOON)): [enrolling.WrongCode],
        ("AnnaLinden2026", app.code(NOON)): [passwords.WeakPassword],
        ("AnnaLinden2026", ""): [passwords.WeakPassword, enrolling.WrongCode],
    }
    for (password, code), faults in wrong.items():
        with pytest.raises(Refusals) as refusal:
            await enrolling.finish(token=token, password=password, code=code, at=NOON)
        assert [type(fault) for fault in refusal.value.faults] == faults
    assert not (await members.find(member=invitation.member)).enrolled


async def test_nothing_secret_is_stored_in_the_clear(anna: Enrolled):
    (stored,) = await ground.fetch("SELECT * FROM staff_member WHERE id = $1", anna.member)
    assert stored["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert anna._totp.secret not in str(stored)


async def test_an_address_works_here_once(anna: Enrolled):
    with pytest.raises(inviting.AddressTaken):
        await inviting.invite(email=ANNA.upper(), name="A", role="viewer", language="de", actor=ACTOR, at=NOON)


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("no address", "viewer"),
        # Our mails could not name it, so nobody would ever get the link.
        ("jürgen@linden.example", "viewer"),
        ("bert@linden.example", "god"),
    ],
)
async def test_nonsense_is_refused(described: None, email: str, role: str):
    with pytest.raises((inviting.AddressInvalid, inviting.RoleUnknown)):
        await inviting.invite(email=email, name="B", role=role, language="de", actor=ACTOR, at=NOON)


async def test_an_address_is_kept_as_a_mail_names_it_and_signs_in_however_it_is_written(described: None):
    anna = await enrol(" Anna@Müller.example ", role="owner")
    assert (await members.find(member=anna.member)).email == "anna@xn--mller-kva.example"
    for minutes, written in enumerate(("anna@müller.example", "ANNA@XN--MLLER-KVA.example "), 1):
        at = NOON + minutes * MINUTE
        assert await sign_in(anna.code(at), at, email=written) is not None
    later = NOON + 5 * MINUTE
    for written in ("", "jürgen@müller.example", "anna@müller.example\0"):
        assert await sign_in(anna.code(later), later, email=written) is None


# Signing in


async def test_both_factors_open_a_session(anna: Enrolled):
    at = NOON + MINUTE
    signed_in = await sign_in(anna.code(at), at, email=f" {ANNA.upper()} ")
    assert signed_in is not None
    found = await sessions.recognise(token=signed_in.token, at=at)
    assert found == signed_in.member
    assert len(signed_in.token) >= 43
    assert not await ground.fetch("SELECT FROM staff_session WHERE token_hash = $1", signed_in.token)


async def test_no_factor_alone_opens_one(anna: Enrolled):
    at = NOON + MINUTE
    assert await sign_in(anna.wrong_code(at), at) is None
    assert await sign_in("", at) is None
    assert await sign_in(anna.code(at), at, password=PASSWORD.lower()) is None
    assert await sign_in(anna.code(at), at, email="mallory@linden.example") is None


async def test_a_code_is_good_once(anna: Enrolled):
    at = NOON + MINUTE
    code = anna.code(at)
    assert await sign_in(code, at) is not None
    assert await sign_in(code, at) is None
    assert await sign_in(anna.code(at + HALF_A_MINUTE), at + HALF_A_MINUTE) is not None


async def test_the_code_of_the_enrolment_is_used_up_too(anna: Enrolled):
    assert await sign_in(anna.code(NOON), NOON) is None


async def test_a_clock_half_a_minute_off_is_forgiven_and_one_of_two_minutes_is_not(anna: Enrolled):
    at = NOON + 5 * MINUTE
    assert await sign_in(anna.code(at - 2 * MINUTE), at) is None
    assert await sign_in(anna.code(at + HALF_A_MINUTE), at) is not None


async def test_mallory_without_the_password_cannot_keep_anna_out(anna: Enrolled):
    at = NOON + MINUTE
    for _ in range(20):
        assert await sign_in("000000", at, password="Mallory rät und rät und rät") is None
    assert await sign_in(anna.code(at), at) is not None


async def test_wrong_codes_after_the_right_password_wait_longer_and_longer(anna: Enrolled):
    at = NOON + MINUTE
    for _ in range(knocking.FREE_ATTEMPTS):
        assert await sign_in(anna.wrong_code(at), at) is None
    assert await sign_in(anna.code(at), at) is None, "within the wait even the right code is not looked at"
    later = at + HALF_A_MINUTE
    assert await sign_in(anna.code(later), later) is not None, "after the wait it is"


def test_the_wait_grows_to_a_quarter_of_an_hour_and_no_further():
    waits = [knocking.wait(n) for n in range(2000)]
    assert waits == sorted(waits)
    assert (waits[4], waits[5], waits[-1]) == (timedelta(seconds=2) * 0, timedelta(seconds=2), timedelta(minutes=15))


async def test_an_old_hash_is_renewed_by_signing_in(anna: Enrolled):
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    await ground.execute("UPDATE staff_member SET password_hash = $2 WHERE id = $1", anna.member, weak)
    at = NOON + MINUTE
    assert await sign_in(anna.code(at), at) is not None
    (stored,) = await ground.fetch("SELECT password_hash FROM staff_member WHERE id = $1", anna.member)
    assert "m=19456" in stored["password_hash"]


async def test_a_password_that_was_changed_while_it_was_looked_at_opens_nothing(anna: Enrolled):
    at = NOON + MINUTE
    knocks = Knock(email=ANNA, code=anna.code(at), peer="192.0.2.1")
    kept = await signing_in.knock(email=ANNA, peer=knocks.peer, at=at)
    verdict = await passwords.judge(kept, PASSWORD)
    changed = await passwords.hashed("Teetasse steht gerade")
    await ground.execute("UPDATE staff_member SET password_hash = $2 WHERE id = $1", anna.member, changed)
    assert await signing_in.sign_in(knocks=knocks, password=verdict, at=at) is None


async def test_a_verdict_on_nobodys_password_opens_nothing(anna: Enrolled):
    at = NOON + MINUTE
    verdict = await passwords.judge(None, PASSWORD)
    knocks = Knock(email=ANNA, code=anna.code(at), peer="192.0.2.1")
    assert await signing_in.sign_in(knocks=knocks, password=verdict, at=at) is None


async def test_a_browser_that_signs_in_again_has_one_session_and_others_keep_theirs(anna: Enrolled):
    here, there = [await sessions.begin(member=anna.member, at=NOON) for _ in range(2)]
    at = NOON + MINUTE
    assert await sign_in(anna.wrong_code(at), at, token=here) is None
    assert await sessions.recognise(token=here, at=at), "who fails ends nothing"
    assert await sign_in(anna.code(at), at, token=here) is not None
    assert await sessions.recognise(token=here, at=at) is None
    assert await sessions.recognise(token=there, at=at)


async def test_what_happened_is_noted(anna: Enrolled):
    at = NOON + MINUTE
    await sign_in(anna.wrong_code(at), at)
    await sign_in(anna.code(at), at)
    rows = await ground.fetch("SELECT action FROM audit_entry WHERE subject = $1", anna.member)
    told = {row["action"] for row in rows}
    assert told == {"staff.invited", "staff.enrolled", "staff.sign_in_refused", "staff.signed_in"}


async def test_ten_tries_at_once_with_one_code_open_one_session(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await describing.describe(profile=PROFILE, at=NOON)
        anna = await enrol(ANNA, role="owner")
    at = NOON + MINUTE

    async def attempt() -> bool:
        async with deployment.scopes.inside(company):
            return await sign_in(anna.code(at), at) is not None

    assert sum(await asyncio.gather(*(attempt() for _ in range(10)))) == 1


# Sessions


async def test_a_session_idles_out_after_half_an_hour(anna: Enrolled):
    token = await sessions.begin(member=anna.member, at=NOON)
    assert await sessions.recognise(token=token, at=NOON + 29 * MINUTE)
    assert await sessions.recognise(token=token, at=NOON + 58 * MINUTE)
    assert await sessions.recognise(token=token, at=NOON + 88 * MINUTE) is None


async def test_a_session_ends_after_half_a_day_however_busy(anna: Enrolled):
    token = await sessions.begin(member=anna.member, at=NOON)
    for quarter in range(48):
        assert await sessions.recognise(token=token, at=NOON + quarter * 15 * MINUTE)
    assert await sessions.recognise(token=token, at=NOON + 48 * 15 * MINUTE) is None


async def test_leaving_ends_this_session_and_no_other(anna: Enrolled):
    here, there = [await sessions.begin(member=anna.member, at=NOON) for _ in range(2)]
    await sessions.leave(token=here, at=NOON)
    assert await sessions.recognise(token=here, at=NOON) is None
    assert await sessions.recognise(token=there, at=NOON)
    await sessions.end_all(member=anna.member, at=NOON)
    assert await sessions.recognise(token=there, at=NOON) is None


async def test_mallorys_own_session_id_is_worth_nothing(anna: Enrolled):
    assert await sessions.recognise(token="chosen-by-mallory", at=NOON) is None


async def test_a_new_password_ends_all_sessions(anna: Enrolled):
    token = await sessions.begin(member=anna.member, at=NOON)
    link = links.enrolment((await inviting.invite_again(member=anna.member, actor=ACTOR, at=NOON)).enrolment)
    app = Enrolled(anna.member, (await enrolling.show(token=link, at=NOON)).secret)
    await enrolling.finish(token=link, password=PASSWORD, code=app.code(NOON), at=NOON)
    assert await sessions.recognise(token=token, at=NOON) is None


# Roles


async def test_a_demotion_counts_from_the_next_request_on(anna: Enrolled):
    bert = await enrol("bert@linden.example", role="owner")
    token = await sessions.begin(member=bert.member, at=NOON)
    await changing.change_role(member=bert.member, role="viewer", actor=ACTOR, at=NOON)
    found = await sessions.recognise(token=token, at=NOON)
    assert found is not None
    assert (found.may("referrals.see"), found.may("referrals.decide")) == (True, False)


async def test_a_disabled_account_is_out_at_once_and_stays_out(anna: Enrolled):
    bert = await enrol("bert@linden.example", role="viewer")
    token = await sessions.begin(member=bert.member, at=NOON)
    await changing.disable(member=bert.member, actor=ACTOR, at=NOON)
    assert await sessions.recognise(token=token, at=NOON) is None
    at = NOON + MINUTE
    assert await sign_in(bert.code(at), at, email="bert@linden.example") is None


async def test_the_last_owner_stays(anna: Enrolled):
    with pytest.raises(changing.LastOwner):
        await changing.change_role(member=anna.member, role="viewer", actor=ACTOR, at=NOON)
    with pytest.raises(changing.LastOwner):
        await changing.disable(member=anna.member, actor=ACTOR, at=NOON)
    with pytest.raises(members.MemberUnknown):
        await changing.change_role(member=uuid4(), role="viewer", actor=ACTOR, at=NOON)


@pytest.mark.parametrize(
    ("role", "right"), [("viewer", "members.manage"), ("owner", "everything"), ("god", "audit.see")]
)
def test_what_is_written_nowhere_is_forbidden(role: str, right: str):
    assert not rules.may(role, right)


# API keys


async def test_a_key_is_shown_once_and_known_again(described: None):
    created = await api_keys.create(name="shop", scopes=api_keys.SCOPES, actor=ACTOR, at=NOON)
    assert created.key.startswith("lk_")
    found = await api_keys.recognise(token=created.key, at=NOON)
    assert found is not None
    assert found.id == created.id
    (listed,) = await api_keys.every()
    assert (listed.name, listed.used_at) == ("shop", NOON)
    assert created.key not in str(await ground.fetch("SELECT * FROM staff_api_key"))


async def test_a_revoked_key_is_worth_nothing_for_good(described: None):
    created = await api_keys.create(name="shop", scopes=api_keys.SCOPES, actor=ACTOR, at=NOON)
    await api_keys.revoke(key=created.id, actor=ACTOR, at=NOON)
    assert await api_keys.recognise(token=created.key, at=NOON) is None
    with pytest.raises(api_keys.KeyUnknown):
        await api_keys.revoke(key=created.id, actor=ACTOR, at=NOON)


async def test_two_keys_have_two_names(described: None):
    await api_keys.create(name="shop", scopes=api_keys.SCOPES, actor=ACTOR, at=NOON)
    with pytest.raises(api_keys.NameTaken):
        await api_keys.create(name=" shop ", scopes=api_keys.SCOPES, actor=ACTOR, at=NOON)


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("owner", "agreement.accept", "nothing.anybody_wrote"),
        ("marketing", "messages.test", "evidence.see"),
        ("support", "evidence.record", "surveys.see"),
        ("support", "cases.see", "cases.work"),
        ("accounting", "rewards.see", "customers.see"),
        ("privacy_officer", "cases.work", "rewards.decide"),
        ("viewer", "customers.see", "consents.see"),
    ],
)
def test_each_department_sees_what_its_work_needs(role: str, may: str, may_not: str):
    assert (rules.may(role, may), rules.may(role, may_not)) == (True, False)


async def test_every_role_may_be_given(described: None):
    for role in rules.ROLES:
        email = f"{role}@linden.example"
        await inviting.invite(email=email, name="Bert", role=role, language="de", actor=ACTOR, at=NOON)
    assert {each.role for each in await members.everybody()} == set(rules.ROLES)
