"""``/console/test``: what a company's test company is and where it lives; within it, what is tried out sooner."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.kit import clock, language
from leumund.messages import listing
from leumund.messages.words import writing
from leumund.messages.words.filling import Unfillable
from leumund.rewards import listing as listing_rewards
from leumund.rewards import releasing
from leumund.staff import members
from leumund.staff.members import Member
from leumund.tenancy.arriving import deployment_of, tenant_of
from leumund.tenancy.directory import Tenant, UnknownTenant
from leumund.web import forms, paging, saying
from leumund.web.console import entering, framed, naming
from leumund.web.console.naming import NoSuchPage

_RIGHT = "twin.see"
_HERE = "/console/test"
_DONE = ("released", "waits")
_MOST_REWARDS = 10


class TwinController(Controller):
    """The page, and each mail of a test company; in a company that does business there are no such mails."""

    path = "/test"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Four questions in a test company, and in any other one, asked of the directory."""
        who = await entering.member(request, _RIGHT)
        if tenant_of(request.scope).is_twin:
            return await _inside(request, who)
        return await entering.page(request, who, "console_twin.html", console=await _console_of_twin(request))

    @post("/rewards/{reward:uuid}")
    async def release(self, request: Request[Any, Any, Any], reward: FromPath[UUID]) -> Redirect:
        """Let a reward go whose hold would last for weeks."""
        who = await entering.member(request, _RIGHT)
        _require_twin(request)
        async with entering.inside(request):
            released = await releasing.release_early(reward=reward, actor=who.actor, at=clock.now())
        return entering.redirect(request, f"{_HERE}?done={'released' if released else 'waits'}")

    @get("/mails/{message:str}")
    async def mail(self, request: Request[Any, Any, Any], message: FromPath[str]) -> Response[str]:
        """One mail as it would have been sent."""
        who, say = await entering.member(request, _RIGHT), await saying.here(request)
        _require_twin(request)
        async with entering.reading(request):
            mail = await listing.find(message=naming.known(message))
            try:
                whole = await writing.show_whole(message=mail.id)
            except Unfillable:
                whole = None
        page = await entering.page(request, who, "console_twin_mail.html", say=say, mail=mail, whole=whole)
        return framed.around(page)

    @get("/mails/{message:str}/whole")
    async def whole(self, request: Request[Any, Any, Any], message: FromPath[str]) -> Response[str]:
        """Its HTML, or the plain text where that ``part`` is asked for: links and codes in it are good."""
        await entering.member(request, _RIGHT)
        _require_twin(request)
        async with entering.reading(request):
            try:
                whole = await writing.show_whole(message=naming.known(message))
            except Unfillable:
                return framed.note(language.text("console.messages.unfillable", entering.language(request)))
        return framed.whole(whole.shown, part=paging.asked(request, "part"))


def _require_twin(request: Request[Any, Any, Any]) -> None:
    """Raises NoSuchPage where mails reach people: a link in them is for them alone."""
    if not tenant_of(request.scope).is_twin:
        raise NoSuchPage("errors.http.404.message")


async def _inside(request: Request[Any, Any, Any], who: Member) -> Response[str]:
    say = await saying.here(request)
    async with entering.reading(request):
        page = await listing.log(kind="", state="", reason="", after=paging.after(request), limit=paging.ROWS)
        names = {each.id: each.name for each in await members.everybody()}
        rewards = await listing_rewards.rewards(state="pending", limit=_MOST_REWARDS)
    return await entering.page(
        request,
        who,
        "console_twin_mails.html",
        say=say,
        mails=page.rows,
        names=names,
        ways=paging.onward(request, page),
        rewards=rewards.rows,
        **forms.done(request, _DONE).shown(),
    )


async def _console_of_twin(request: Request[Any, Any, Any]) -> str:
    """Where one signs in to the test company of the company this request is for; empty where there is none."""
    deployment = deployment_of(request.scope)
    try:
        twin: Tenant = await deployment.directory.twin_of(tenant_of(request.scope).id)
    except UnknownTenant:
        return ""
    return f"{deployment.settings.origin(twin.host)}{entering.HOME}" if twin.host else ""
