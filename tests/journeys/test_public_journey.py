"""The whole way over HTTP and mail alone: Clara answers gladly and becomes an advocate, Bert follows her link."""

from collections.abc import Awaitable, Callable

import pytest

from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import guests, regulars
from tests.journeys.guests import Form, Guest, Postbox

Post = Callable[[Tenant], Awaitable[Postbox]]
Visit = Callable[..., Guest]


@pytest.mark.parametrize("slug", ["linden", "birke"])
@pytest.mark.parametrize("lang", ["de", "en"])
async def test_from_a_survey_to_a_confirmed_friend(
    deployment: Deployment, brands: dict[str, Tenant], visit: Visit, postbox: Post, slug: str, lang: str
):
    tenant = brands[slug]
    clara = await guests.surveyed(deployment, tenant, language=lang)
    phone = visit(tenant, language=lang)
    survey = (await postbox(tenant)).link(clara.email, "/s/")

    await phone.open(survey.replace("?", "?score=9&"))
    assert Form(phone.page, "/s/").fields["recommend"] == "9", "the tap in the mail chose the mark"
    await phone.submit("/s/", comment="Immer freundlich.")
    assert set(Form(phone.page, "/join/").boxes.values()) == {False}, "no box is ticked for anybody"
    await phone.submit("/join/", ticked={"terms", "consent_recommendation"})
    assert phone.answer.status_code == 200
    assert clara.email not in phone.page, "a masked address is hint enough"

    await phone.open((await postbox(tenant)).link(clara.email, "/confirm/"))
    await phone.submit("/confirm/")
    assert phone.answer.status_code == 200
    assert not phone.client.cookies
    await phone.open(guests.found(r'/portal/enter/[^"]+', phone.page))
    await phone.submit("/portal/enter/")
    assert phone.answer.url.path == "/portal"
    link = Form.value_of(phone.page, "link")
    assert link.startswith(f"https://{tenant.host}/r/")

    friend, bert = visit(tenant, language=lang), guests.address_of("bert")
    await friend.open(link)
    assert "Clara" in friend.page
    assert "Quendel" not in friend.page, "a first name is enough to know who recommends"
    await friend.submit("/r/", given_name="Bert", family_name="Freund", email=bert, ticked={"terms"})
    assert friend.answer.status_code == 200
    await friend.open((await postbox(tenant)).link(bert, "/confirm/"))
    await friend.submit("/confirm/")
    assert friend.answer.status_code == 200
    assert not friend.client.cookies

    await phone.open("/portal")
    assert "Bert" not in phone.page, "who signed up is the friend's own business"
    assert phone.page.count('class="state attributed"') == 1
    referrals = await regulars.rows(
        deployment,
        tenant,
        "SELECT r.state, r.confirmed_at IS NOT NULL AS confirmed FROM referral r "
        "WHERE r.advocate = $1 AND r.friend = $2",
        clara.customer,
        await regulars.who(deployment, tenant, bert),
    )
    assert referrals == [{"state": "attributed", "confirmed": True}]
