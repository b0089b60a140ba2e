"""Where each route stands in the matrix: what may be put into each of its parameters.

A route that is not here fails the tests. To give it its place, add ``"METHOD /path/{name}"`` (``"METHOD //path"`` for
the operator's) to PLACES and say for each parameter, field and query which shape it has; ``shapes.py`` knows what
another company has of each shape, and gets a new one when yours is not among them. A route that takes nothing of
anybody's has the empty place. ``fields.py`` hears which names a route takes, and one that is not here
fails the run.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from leumund.events.rules import TYPES as EVENTS
from leumund.kit import sight
from leumund.staff.api_keys import SCOPES
from leumund.surveys.questions.moods import MOODS

Shapes = Mapping[str, str]
NOTHING: Shapes = {}
# Which language is spoken, asked of every page and tried where a company's pages and the operator's begin; and the name
# of a header, which Litestar looks for in the query too when it says where a fault lies.
EVERYWHERE = frozenset({"lang", "idempotency_key"})


class Asked(NamedTuple):
    """A leaf of a JSON body, dotted where it lies deeper, in an otherwise whole ``body``."""

    field: str
    shape: str
    body: Mapping[str, Any]


class Place(NamedTuple):
    """The shapes a route takes in its path, its query and its form or JSON; ``own`` is what fits of the caller's.

    ``own`` that begins with ``theirs.`` is the other company's all the same: what stands beside it is then tried alone.
    ``beside`` is sent along with every form, so that it gets as far as the lookup; a field that stands there alone
    names nothing of anybody's, and is tried as ``plain``. A field ``consent_*`` is named by what is put into it.
    ``creates`` where what was sent becomes the caller's own, so that it can be sent once and is shown by other pages.
    ``anew`` where each answer is another one, a file that is printed anew or a log that tells of the answer before, so
    that its status alone can be compared. ``ends`` where the caller's session would be over.
    """

    path: Shapes = NOTHING
    query: Shapes = NOTHING
    form: Shapes = NOTHING
    json: tuple[Asked, ...] = ()
    own: Mapping[str, str] = NOTHING
    beside: Mapping[str, str] = NOTHING
    creates: bool = False
    anew: bool = False
    ends: bool = False

    def fields(self) -> Shapes:
        """The shapes of all that a form may hold."""
        return dict.fromkeys(self.beside, "plain") | dict(self.form)

    def names(self, kind: str) -> Collection[str]:
        """All that is known to stand in the ``query``, the ``form`` or the ``json``."""
        return {"query": self.query, "form": self.fields(), "json": [each.field for each in self.json]}[kind]


_LIST = Place(query={"after": "cursor", "q": "search", "state": "word"})
_THEME = {
    "/theme/tokens.css": Place(query={"v": "word"}),
    "/theme/logo": Place(query={"v": "word"}),
    "/theme/{theme}/{name}": Place(path={"theme": "word", "name": "word"}, query={"v": "word"}),
}
_BREACH = {"breach": "uuid"}
_SEARCH = {"q": "search", "who": "word", "about": "search", "from": "plain", "until": "plain"}
_ORDER = {
    "order_id": "{fresh}",
    "amount_cents": 100,
    "currency": "EUR",
    "customer": {"external_id": "{external_id}"},
    "occurred_at": "{moment}",
}
_EVENT = {
    "event_id": "{fresh}",
    "survey": "nps",
    "event": "support.closed",
    "customer": {"external_id": "{external_id}"},
    "occurred_at": "{moment}",
}
_MALLORY = {"email": "mallory@people.example"}
_CONSENT = {
    **_MALLORY,
    "consents": [{"purpose": "survey", "basis": "asked", "given_at": "{moment}", "channel": "email"}],
}
_SHOP_FORM = {
    "customer": "{api_customer}",
    "offered": ["{api_text}"],
    "chosen": ["{api_text}"],
    "url": "https://shop.example/checkout",
    "form_version": "1",
    "html": '<input type="checkbox">{name} Ja, {name}.',
}
_TICKS = {"consent_*": "purpose"}
_PASSWORD = {"password": "Kaffeetasse steht schief", "code": "123456"}
_TOKEN = {"token": "token"}
_TEXT = {"text": "text_name"}
_DRAFT = {
    **dict.fromkeys(("title_*", "about_*", "template_*", "channel_*"), "word"),
    "frequency_days": "plain",
    "profiling": "plain",
}
_IMPORT = {"kept": "sealed", "file": "plain", "column_*": "word"}
_BROUGHT = {"brought": "uuid"}
_SEGMENT = {"segment": "uuid"}
_BATCH, _IN_BATCH = {"batch": "uuid"}, {"state": "word", "after": "cursor"}
_CODED = {"code": "123456"}
_TOTAL = {"seen_cents": "700", **_CODED}
_ARRANGED = {
    **dict.fromkeys(("holder", "purpose", "donation_to", "forget"), ""),
    "iban": "DE89370400440532013000",
    "schedule": "none",
    "schedule_day": "1",
    "way_cash": "sepa",
    "way_credit": "manual",
    "way_voucher": "voucher",
    "way_goods": "goods",
    "way_donation": "donation",
    "way_points": "points",
    "least_EUR": "1",
    "batch_EUR": "500",
    "payout_EUR": "200",
    "year_EUR": "",
    **_CODED,
}
_ENDPOINT = {"endpoint": "uuid"}
_OCCASION, _LISTED = {"occasion": "uuid"}, {"state": "word", "after": "cursor"}
_STEPS = dict.fromkeys(("step_*", "segment", "purpose"), "plain") | {"name": "word"}
_OCCASIONED = {
    "revision": "2",
    "deed": "keep",
    "trigger": "birthday",
    "answer": "promoter",
    "category": "",
    "goal": "bought",
    **dict.fromkeys(("days", "month", "day", "control_percent"), "1"),
    "hour": "9",
    "from_date": "",
    "until_date": "",
    "on_date": "",
}
_MAIL_OF = {"occasion": "uuid", "place": "plain", "tongue": "word"}
_OWN_MAIL = {"occasion": "occasion", "place": "first_step", "tongue": "tongue"}
_ROWS = dict.fromkeys(("row_*", "group_*", "fact_*"), "plain")
_BUILT = {
    "purpose": "Einladung zum Fest",
    "version": "1",
    "join": "all",
    "group_0_join": "all",
    "row_0_0_fact": "language",
    "row_0_0_among": "de",
    "do": "save",
}
_STUDIO, _ASKED = {"survey": "survey_key"}, {"survey": "survey_key", "question": "survey_key"}
_DRAFTED, _ASKED_BY_US = {"survey": "survey_key"}, {"survey": "survey_key", "question": "survey_question"}
_SEEN = {"seen": "v1"}
# Called like what else a company names by a short key of its own.
_PROGRAM = {"program": "survey_key"}
_QUESTION = {
    **dict.fromkeys(("question_*", "help_*", "low_*", "high_*", "choice_*", "when_*"), "word"),
    **dict.fromkeys(("key", "required", "driver", "low", "high", "lift", "more", "seen"), "plain"),
}
_CLAIM, _SIGHT, _REPORT = {"claim": "uuid"}, {"asked": "uuid"}, {"report": "uuid"}
_CASE = {"case": "uuid"}
_SURVEY = {"key": "word"}
_DRAWN = {"shape": "plain", "shade": "plain"}
_WORDS, _MAIL_WORDS = {"kind": "word", "tongue": "word"}, {"kind": "mail_kind", "tongue": "tongue"}
_SHARED = {"program": "word", "channel": "word", "tongue": "word"}
_WAVE_WORDS = {"wave": "uuid", "tongue": "word"}
_WORDED = {"subject": "Ihre Prämie", "wording": "Sie ist da.", "version": "0"}
_MEMBER, _KEY, _REFERRAL, _PLACE = {"member": "uuid"}, {"key": "uuid"}, {"referral": "uuid"}, {"place": "uuid"}
_WAVE = {
    "key": "word",
    "segment": "uuid",
    "language_*": "word",
    **dict.fromkeys(("sample", "includes_c", "quiet"), "plain"),
    **dict.fromkeys(("sample_number", "starts_at", "control_percent", "goal"), "plain"),
}
_A_WAVE = {"channel": "email", "lasts_days": "30", "reminders": "0", "remind_after_days": "7", "language_de": "yes"}
_ASKING = (
    *("rest_days", "yearly", "link_days", "delay_hours", "from_hour", "until_hour", "sundays", "holidays", "region"),
)

_PUBLIC = {
    "GET /": Place(query={"lang": "word"}),
    "GET /robots.txt": Place(),
    "GET /imprint": Place(),
    "GET /privacy": Place(),
    "GET /terms": Place(),
    "GET /s/{token}": Place(path=_TOKEN, query={"score": "plain"}, own={"token": "survey"}),
    "POST /s/{token}": Place(path=_TOKEN, beside={"recommend": "3", "comment": "anything"}),
    "GET /u/survey.js": Place(),
    "GET /u/{code}": Place(path={"code": "place_code"}, own={"code": "place_code"}),
    "POST /u/{code}": Place(
        path={"code": "place_code"},
        form={"form_token": "form_token"},
        beside={"recommend": "3", "comment": "anything"},
    ),
    "GET /join/{token}": Place(path=_TOKEN, query={"program": "survey_key"}, own={"token": "join"}),
    "POST /join/{token}": Place(
        path=_TOKEN,
        query={"program": "survey_key"},
        form={"form_token": "form_token"} | _TICKS,
        own={"token": "join"},
        beside={"terms": "yes"},
    ),
    "GET /confirm/{token}": Place(path=_TOKEN, own={"token": "confirm"}),
    "POST /confirm/{token}": Place(path=_TOKEN),
    # The click in its address is of this second.
    "GET /r/{code}": Place(path={"code": "code"}, query={"c": "plain"}, own={"code": "code"}, anew=True),
    "GET /r/{code}/welcome": Place(path={"code": "code"}, query={"click": "click"}, own={"code": "code"}),
    "POST /r/{code}/welcome": Place(
        path={"code": "code"},
        form={"form_token": "form_token", "click": "click"} | _TICKS,
        own={"code": "code"},
        beside={"terms": "yes", "given_name": "Bert", "family_name": "Beispiel", "email": "bert@people.example"},
    ),
    "GET /portal": Place(),
    "GET /portal/qr.svg": Place(),
    "GET /portal/referrals/{referral}": Place(path=_REFERRAL),
    "GET /portal/statement": Place(),
    "POST /portal/statement": Place(beside={"form": "csv"}, anew=True),
    "GET /portal/qr.png": Place(query={"size": "word"}),
    "GET /portal/share": Place(query={"done": "word"}),
    "POST /portal/share/code": Place(
        query={"done": "plain"}, form={"code": "code"}, beside={"code": "frei-gewählt"}, creates=True
    ),
    "POST /portal/share/spoken": Place(query={"done": "plain"}),
    "GET /portal/share/qr": Place(),
    "GET /portal/share/{product}/print.pdf": Place(path={"product": "word"}, anew=True),
    "GET /r": Place(query={"code": "code"}),
    "POST /r": Place(form={"code": "code"}),
    "GET /recommend/{program}": Place(path=_PROGRAM),
    "POST /recommend/{program}": Place(path=_PROGRAM, form={"email": "email"}),
    "GET /portal/login": Place(),
    "POST /portal/login": Place(form={"email": "email"}),
    "GET /portal/enter/{token}": Place(path=_TOKEN, own={"token": "portal"}),
    "POST /portal/enter/{token}": Place(path=_TOKEN),
    "POST /portal/logout": Place(ends=True),
    "GET /portal/surveys/{invitation}": Place(path={"invitation": "uuid"}),
    "POST /portal/surveys/{invitation}": Place(path={"invitation": "uuid"}, beside={"recommend": "3"}),
    "POST /portal/consents/{purpose}": Place(
        path={"purpose": "purpose"},
        form={"text": "uuid"},
        own={"purpose": "purpose"},
        beside={"choice": "yes", "channel": "email"},
    ),
    "GET /portal/join": Place(),
    "POST /portal/join": Place(form={"form_token": "form_token"} | _TICKS, beside={"terms": "yes"}),
    "GET /portal/join/{program}": Place(path=_PROGRAM),
    "POST /portal/join/{program}": Place(
        path=_PROGRAM, form={"form_token": "form_token"} | _TICKS, beside={"terms": "yes"}
    ),
    "GET /preferences/{token}": Place(path=_TOKEN, own={"token": "preferences"}),
    "POST /preferences/{token}/stop": Place(path=_TOKEN),
    "POST /preferences/{token}/{purpose}": Place(
        path=_TOKEN | {"purpose": "purpose"}, form={"text": "uuid"}, beside={"choice": "yes", "channel": "email"}
    ),
    "GET /portal/preferences": Place(),
    "GET /portal/data": Place(query={"done": "word"}),
    "POST /portal/data/correction": Place(
        form={"given_name": "word", "family_name": "word", "phone": "plain", "birth_date": "plain"}, creates=True
    ),
    "POST /portal/data/restriction": Place(form={"reason": "plain", "words": "word"}, creates=True),
    "POST /portal/data/objection": Place(form={"against": "plain", "words": "word"}, creates=True),
    "POST /portal/data/review": Place(form={"decision": "uuid", "words": "word"}),
    "POST /portal/data/departure": Place(),
    "GET /portal/recommended": Place(query={"done": "word"}),
    "POST /portal/recommended": Place(form={"code": "code"}),
    "GET /portal/score": Place(),
    "POST /portal/score/doubt": Place(form={"wish": "plain", "words": "word"}, creates=True),
    "POST /portal/score/objection": Place(creates=True),
    "GET /portal/data/copy": Place(),
    "GET /portal/data/copy.pdf": Place(),
    "GET /portal/data/copy.json": Place(),
    "GET /portal/data/portable.json": Place(),
    "GET /portal/data/portable.csv": Place(),
    "GET /portal/data/address": Place(),
    "POST /portal/data/address": Place(form={"email": "email"}),
    "GET /portal/data/erasure": Place(),
    "POST /portal/data/erasure": Place(form={"meant": "plain", "reason": "word"}),
    "POST /portal/data/erasure/cancellation": Place(),
    "GET /address/{token}": Place(path=_TOKEN),
    "POST /address/{token}": Place(path=_TOKEN),
    "GET /portal/payouts": Place(query={"done": "word"}),
    "GET /portal/payouts/account": Place(),
    "POST /portal/payouts/account": Place(form={"holder": "word"}, beside={"iban": "DE89370400440532013000"}),
    "POST /portal/payouts/account/removal": Place(),
    "GET /portal/payouts/address": Place(),
    "POST /portal/payouts/address": Place(form={"address": "word"}),
    "GET /portal/prove": Place(query={"back": "plain"}),
    "POST /portal/prove": Place(form={"passkey": "plain", "back": "plain"}, beside={"code": "123456"}),
    "POST /portal/prove/question": Place(creates=True),
    "GET /portal/security": Place(),
    "GET /portal/security/app": Place(),
    "GET /portal/security/app/qr.svg": Place(),
    "POST /portal/security/app": Place(beside={"code": "123456", "name": "Telefon"}),
    "POST /portal/security/question": Place(creates=True),
    "POST /portal/security/passkey": Place(form={"passkey": "plain"}, beside={"name": "Telefon"}),
    "POST /portal/security/codes": Place(),
    "POST /portal/security/factors/{factor}/removal": Place(path={"factor": "uuid"}),
    "POST /portal/preferences/stop": Place(),
    "POST /portal/preferences/{purpose}": Place(
        path={"purpose": "purpose"},
        form={"text": "uuid"},
        own={"purpose": "purpose"},
        beside={"choice": "yes", "channel": "email"},
    ),
    "GET /rights": Place(query={"kind": "word"}),
    "POST /rights": Place(
        query={"kind": "word"}, form={"email": "email"}, beside={"kind": "objection", "words": "anything"}
    ),
    "GET /rights/confirm/{token}": Place(path=_TOKEN, own={"token": "rights"}),
    "POST /rights/confirm/{token}": Place(path=_TOKEN, beside={"code": "12345678"}),
    "GET /rights/answer/{token}": Place(path=_TOKEN, own={"token": "rights_answer"}),
    "GET /rights/copy/{token}": Place(path=_TOKEN, own={"token": "rights_copy"}),
    "POST /rights/copy/{token}": Place(path=_TOKEN, beside={"secret": "anything", "form": "json"}),
    "GET /portal/messages": Place(),
    "GET /portal/receipts": Place(),
    "POST /portal/receipts": Place(beside={"form": "json"}, anew=True),
    "GET /unsubscribe/{token}": Place(path=_TOKEN, own={"token": "unsubscribe"}),
    "POST /unsubscribe/{token}": Place(path=_TOKEN),
}
_CONSOLE = {
    "GET /console": Place(),
    "GET /console/charts/funnel.svg": Place(query={"shape": "plain", "shade": "plain"}),
    "GET /console/charts/nps.svg": Place(query={"shape": "plain", "shade": "plain"}),
    "GET /console/customers": Place(query={"after": "cursor", "q": "search", "stage": "word"}),
    "GET /console/customers/{customer}": Place(
        path={"customer": "uuid"}, query={"done": "word"}, own={"customer": "advocate"}
    ),
    "GET /console/customers/{customer}/consents": Place(path={"customer": "uuid"}, own={"customer": "advocate"}),
    "POST /console/customers/{customer}/consents": Place(
        path={"customer": "uuid"},
        form={"purpose": "purpose"},
        own={"customer": "advocate"},
        beside={
            "channel": "email",
            "way": "paper",
            "said_at": "2026-01-01T10:00",
            "words": "anything",
            "taker": "anybody",
            "reference": "anywhere",
        },
        creates=True,
    ),
    "POST /console/customers/{customer}/consents/end": Place(
        path={"customer": "uuid"},
        form={"ending": "purpose"},
        own={"customer": "advocate"},
        beside={"kind": "withdrawal", "by": "letter", "said": "anything"},
    ),
    "POST /console/customers/{customer}/contact": Place(path={"customer": "uuid"}),
    "POST /console/customers/{customer}/recommendation": Place(
        path={"customer": "uuid"},
        form={"recommended_by": "code", "program": "uuid"},
        own={"customer": "advocate"},
        beside={"recommended_by": "frei-gewählt", "conditions_shown": "yes", "reason": "called"},
    ),
    "POST /console/customers/{customer}/consents/proof": Place(
        path={"customer": "uuid"},
        own={"customer": "advocate"},
        beside={"form": "json", "reason": "claim", "code": "000000"},
    ),
    "GET /console/customers/import": Place(),
    "POST /console/customers/import": Place(form=_IMPORT),
    "POST /console/customers/import/check": Place(form=_IMPORT),
    "POST /console/customers/import/report": Place(form=_IMPORT),
    "GET /console/purchases": Place(),
    "GET /console/purchases/template.csv": Place(),
    "POST /console/purchases": Place(form=_IMPORT),
    "POST /console/purchases/check": Place(form=_IMPORT),
    "POST /console/purchases/report": Place(form=_IMPORT),
    "GET /console/purchases/{brought}": Place(path=_BROUGHT, own={"brought": "purchase_import"}),
    "POST /console/purchases/{brought}/cancellation": Place(path=_BROUGHT),
    "POST /console/purchases/{brought}/refused": Place(path=_BROUGHT, own={"brought": "purchase_import"}),
    "GET /console/occasions": Place(),
    "POST /console/occasions": Place(beside={"template": "birthday"}, creates=True),
    "GET /console/occasions/cards": Place(query={"done": "word"}),
    "POST /console/occasions/cards/{card}": Place(path={"card": "uuid"}),
    "POST /console/occasions/cards/file": Place(beside={"code": "000000"}, anew=True),
    "GET /console/occasions/{occasion}": Place(
        path=_OCCASION, query=_LISTED | {"done": "word"}, own={"occasion": "occasion"}
    ),
    "POST /console/occasions/{occasion}/pause": Place(path=_OCCASION, query=_LISTED),
    "POST /console/occasions/{occasion}/resumption": Place(path=_OCCASION, query=_LISTED),
    "POST /console/occasions/{occasion}/end": Place(path=_OCCASION, query=_LISTED),
    "GET /console/occasions/{occasion}/draft": Place(
        path=_OCCASION, query={"done": "word"}, own={"occasion": "occasion"}
    ),
    "POST /console/occasions/{occasion}/draft": Place(path=_OCCASION, form=_STEPS, beside=_OCCASIONED),
    "POST /console/occasions/{occasion}/publication": Place(path=_OCCASION, form=_STEPS, beside=_OCCASIONED),
    "GET /console/occasions/{occasion}/mails/{place}/{tongue}": Place(
        path=_MAIL_OF, query={"done": "word"}, own=_OWN_MAIL
    ),
    "GET /console/occasions/{occasion}/mails/{place}/{tongue}/preview": Place(
        path=_MAIL_OF, query={"part": "word"}, own=_OWN_MAIL
    ),
    "POST /console/occasions/{occasion}/mails/{place}/{tongue}/test": Place(path=_MAIL_OF),
    "GET /console/share": Place(),
    "GET /console/share/campaigns": Place(query={"done": "word"}),
    "POST /console/share/campaigns": Place(
        query={"done": "plain"},
        form=dict.fromkeys(("begins_at", "ends_at"), "plain") | {"name": "word"},
        beside={"key": "fest", "name": "Fest"},
        creates=True,
    ),
    "POST /console/share/campaigns/{campaign}/end": Place(path={"campaign": "uuid"}),
    "GET /console/share/codes": Place(query={"after": "cursor", "done": "word"}),
    "GET /console/share/codes/{code}/takedown": Place(path={"code": "uuid"}),
    "POST /console/share/codes/{code}/takedown": Place(path={"code": "uuid"}, beside={"reason": "Passt nicht."}),
    "GET /console/share/counter/{program}/{product}/{tongue}/print.pdf": Place(
        path={"program": "word", "product": "word", "tongue": "word"}, anew=True
    ),
    "GET /console/share/texts/{program}/{channel}/{tongue}": Place(path=_SHARED, query={"done": "word"}),
    "POST /console/share/texts/{program}/{channel}/{tongue}": Place(
        path=_SHARED, query={"done": "plain"}, beside=_WORDED | {"deed": "keep"}
    ),
    "GET /console/segments": Place(query={"done": "word"}),
    "POST /console/segments/starting": Place(),
    "GET /console/segments/new": Place(),
    "POST /console/segments/new": Place(form={"name": "word"} | _ROWS, beside=_BUILT, creates=True),
    "GET /console/segments/classes": Place(query={"done": "word"}),
    "POST /console/segments/classes": Place(
        query={"done": "plain"}, beside={"a_percent": "70", "b_percent": "90", "months": "6", "spares_c": "yes"}
    ),
    "GET /console/segments/{segment}": Place(
        path=_SEGMENT, query={"done": "word", "after": "cursor"}, own={"segment": "segment"}
    ),
    "POST /console/segments/{segment}/computing": Place(path=_SEGMENT),
    "POST /console/segments/{segment}/ending": Place(path=_SEGMENT),
    "POST /console/segments/{segment}/export": Place(
        path=_SEGMENT,
        query={"done": "plain", "after": "cursor"},
        beside={"form": "csv", "reason": "post", "code": "123456", "with_c": "yes"},
    ),
    "GET /console/segments/{segment}/definition": Place(path=_SEGMENT, own={"segment": "segment"}),
    "POST /console/segments/{segment}/definition": Place(
        path=_SEGMENT, form={"name": "word"} | _ROWS, own={"segment": "segment"}, beside=_BUILT
    ),
    "GET /console/scores": Place(query={"after": "cursor"}),
    "GET /console/scores/model": Place(),
    "GET /console/surveys": Place(query={"after": "cursor", "class": "word", "said": "word"}),
    "GET /console/surveys/waves": Place(query={"after": "cursor", "done": "word"}),
    "GET /console/surveys/waves/new": Place(query={"key": "word"}),
    "POST /console/surveys/waves/new": Place(query={"key": "plain"}, form=_WAVE, beside=_A_WAVE, creates=True),
    "GET /console/surveys/waves/limits": Place(query={"done": "word"}),
    "POST /console/surveys/waves/limits": Place(query={"done": "plain"}, form=dict.fromkeys(_ASKING, "plain")),
    "GET /console/surveys/waves/{wave}": Place(path={"wave": "uuid"}, query={"done": "word"}),
    "POST /console/surveys/waves/{wave}/release": Place(
        path={"wave": "uuid"}, query={"done": "plain"}, form={"typed": "word"}
    ),
    "GET /console/surveys/waves/{wave}/words/{tongue}": Place(path=_WAVE_WORDS, query={"done": "word"}),
    "POST /console/surveys/waves/{wave}/words/{tongue}": Place(
        path=_WAVE_WORDS, query={"done": "plain"}, beside=_WORDED
    ),
    "POST /console/surveys/waves/{wave}/words/{tongue}/restoration": Place(path=_WAVE_WORDS, query={"done": "plain"}),
    "GET /console/surveys/waves/{wave}/words/{tongue}/preview": Place(path=_WAVE_WORDS, query={"part": "word"}),
    "POST /console/surveys/waves/{wave}/words/{tongue}/preview": Place(
        path=_WAVE_WORDS, query={"part": "plain"}, beside=_WORDED
    ),
    "POST /console/surveys/waves/{wave}/words/{tongue}/test": Place(
        path=_WAVE_WORDS, query={"done": "plain"}, beside=_WORDED
    ),
    "POST /console/surveys/waves/{wave}/discard": Place(path={"wave": "uuid"}, query={"done": "plain"}),
    "POST /console/surveys/waves/{wave}/stop": Place(path={"wave": "uuid"}),
    "GET /console/surveys/rates": Place(query={"year": "word", "survey": "word"}),
    "POST /console/surveys/rates/export": Place(
        form={"reason": "word", "year": "word", "survey": "word", "code": "plain"}
    ),
    "GET /console/surveys/results": Place(),
    "GET /console/surveys/results/{key}": Place(path=_SURVEY, query={"year": "word"}),
    "GET /console/surveys/results/{key}/parts": Place(path=_SURVEY, query={"year": "word", "by": "word"}),
    "GET /console/surveys/results/{key}/drivers": Place(path=_SURVEY),
    "GET /console/surveys/results/{key}/comments": Place(
        path=_SURVEY, query={"after": "cursor", "q": "search", "class": "word", "language": "word"}
    ),
    "GET /console/surveys/results/{key}/loyalty": Place(path=_SURVEY),
    "POST /console/surveys/results/{key}/loyalty": Place(
        path=_SURVEY,
        form=dict.fromkeys(("overall", "recommend", "again", "advantage", "satisfied_from", "loyal_from"), "plain"),
    ),
    "POST /console/surveys/results/{key}/export": Place(
        path=_SURVEY, form={"reason": "word", "form": "word", "year": "word", "code": "plain"}
    ),
    "GET /console/charts/surveys/{key}/course.svg": Place(path=_SURVEY, query=_DRAWN | {"year": "word"}),
    "GET /console/charts/surveys/{key}/types.svg": Place(path=_SURVEY, query=_DRAWN | {"year": "word"}),
    "GET /console/charts/surveys/{key}/parts.svg": Place(path=_SURVEY, query=_DRAWN | {"year": "word", "by": "word"}),
    "GET /console/charts/surveys/{key}/drivers.svg": Place(path=_SURVEY, query=_DRAWN),
    "GET /console/surveys/studio": Place(query={"copy": "survey_key", "done": "word"}),
    "POST /console/surveys/studio": Place(
        query={"copy": "plain", "done": "plain"},
        form={"copy": "survey_key"},
        beside={"like": "copy", "named": "named", "key": "another"},
    ),
    "GET /console/surveys/studio/{survey}": Place(path=_STUDIO, query={"done": "word"}, own=_DRAFTED),
    "GET /console/surveys/studio/{survey}/versions/{version}": Place(path={"version": "plain"} | _STUDIO),
    "POST /console/surveys/studio/{survey}/closing": Place(path=_STUDIO),
    "POST /console/surveys/studio/{survey}/reopening": Place(path=_STUDIO),
    "POST /console/surveys/studio/{survey}/discarding": Place(path=_STUDIO, beside=_SEEN),
    "GET /console/surveys/studio/{survey}/draft": Place(path=_STUDIO, query={"done": "word"}, own=_DRAFTED),
    "POST /console/surveys/studio/{survey}/draft/title": Place(
        path=_STUDIO, form=dict.fromkeys(("titles_*", "intro_*", "named"), "word"), beside=_SEEN
    ),
    "POST /console/surveys/studio/{survey}/draft/additions": Place(path=_STUDIO, beside=_SEEN | {"kind": "csat"}),
    "POST /console/surveys/studio/{survey}/draft/followups": Place(path=_STUDIO, beside=_SEEN),
    "GET /console/surveys/studio/{survey}/draft/questions/{question}": Place(
        path=_ASKED, query={"done": "word"}, own=_ASKED_BY_US
    ),
    "POST /console/surveys/studio/{survey}/draft/questions/{question}": Place(path=_ASKED, form=_QUESTION),
    "POST /console/surveys/studio/{survey}/draft/questions/{question}/moving": Place(
        path=_ASKED, beside=_SEEN | {"to": "up"}
    ),
    "POST /console/surveys/studio/{survey}/draft/questions/{question}/removal": Place(path=_ASKED, beside=_SEEN),
    "GET /console/surveys/studio/{survey}/preview": Place(
        path=_STUDIO, query={"in": "word", "version": "plain"}, own=_DRAFTED
    ),
    "GET /console/surveys/studio/{survey}/preview/walk": Place(path=_STUDIO, query={"version": "plain"}, own=_DRAFTED),
    "POST /console/surveys/studio/{survey}/preview/walk": Place(
        path=_STUDIO, query={"version": "plain"}, beside={"recommend": "3", "page": "0"}
    ),
    "GET /console/surveys/studio/{survey}/publication": Place(path=_STUDIO, own=_DRAFTED),
    "POST /console/surveys/studio/{survey}/publication": Place(path=_STUDIO, beside=_SEEN),
    "GET /console/surveys/studio/{survey}/release": Place(path=_STUDIO),
    "POST /console/surveys/studio/{survey}/release": Place(
        path=_STUDIO, beside={"digest": "0" * 64, "reason": "anything"}
    ),
    "GET /console/referrals": _LIST,
    "GET /console/referrals/{referral}": Place(path=_REFERRAL, own={"referral": "referral"}),
    "POST /console/referrals/{referral}/approval": Place(path=_REFERRAL),
    "POST /console/referrals/{referral}/refusal": Place(
        path=_REFERRAL, beside={"category": "terms", "reason": "anything"}
    ),
    "POST /console/referrals/{referral}/objection": Place(
        path=_REFERRAL, beside={"verdict": "upheld", "answer": "anything"}
    ),
    "GET /console/reviews": Place(query={"after": "cursor", "order": "word", "sign": "word"}),
    "GET /console/reviews/doubts": Place(query={"after": "cursor"}),
    "POST /console/reviews/doubts": Place(
        query={"after": "cursor"},
        form={"conversion": "uuid", "reward": "uuid"},
        beside={"verdict": "denied", "category": "terms"},
    ),
    "GET /console/reviews/signs": Place(query={"program": "plain", "done": "word"}),
    "POST /console/reviews/signs/term": Place(query={"program": "plain"}, form={"days": "plain"}),
    "POST /console/reviews/signs": Place(
        query={"program": "plain"},
        form={
            **dict.fromkeys(
                (
                    "same_address",
                    "same_phone",
                    "same_birth",
                    "same_name",
                    "same_household",
                    "same_network",
                    "circle",
                    "bought_before",
                    "known_before",
                    "disposable_mail",
                    "velocity",
                    "refunds",
                    "from_file",
                    "large_order",
                ),
                "plain",
            ),
            "deed": "word",
        },
    ),
    "POST /console/reviews": Place(
        query={"after": "cursor", "order": "word", "sign": "word"},
        form={"referral": "uuid"},
        beside={"verdict": "refused", "category": "terms", "reason": "anything"},
    ),
    "GET /console/rewards": _LIST,
    "GET /console/ledger/export": Place(query={"done": "word"}),
    "POST /console/ledger/export": Place(
        beside={
            "what": "datev",
            "from": "2026-01-01",
            "until": "2026-01-31",
            "currency": "EUR",
            "fixed": "yes",
            "again": "yes",
            "form": "csv",
            "reason": "accounting",
            "code": "123456",
        },
        anew=True,
    ),
    "POST /console/ledger/export/chart": Place(
        form={"account_*": "plain"},
        beside={"consultant": "1001", "client": "1", "account_digits": "4", "year_begins": "1"},
    ),
    "GET /console/ledger": Place(query={"at": "plain"}),
    "GET /console/ledger/postings": Place(
        query={"account": "word", "program": "word", "after": "cursor", "from": "plain", "until": "plain"}
    ),
    "GET /console/program": Place(query={"done": "word"}),
    # What it is called in addresses is made of its name: of an id it is the id.
    "POST /console/program": Place(
        query={"done": "plain"}, form={"name": "plain"}, beside={"like": "both"}, creates=True
    ),
    "GET /console/program/{program}": Place(path=_PROGRAM, query={"done": "word"}, own=_PROGRAM),
    "POST /console/program/{program}/state": Place(path=_PROGRAM, beside={"state": "paused"}),
    "GET /console/program/{program}/versions/{number}": Place(path={"number": "plain"} | _PROGRAM),
    "GET /console/program/{program}/frame": Place(path=_PROGRAM, own=_PROGRAM),
    "POST /console/program/{program}/frame": Place(
        path=_PROGRAM,
        form=dict.fromkeys(("begins_at", "ends_at", "review_above_cents", "four_eyes_above_cents"), "plain"),
        beside={"seen": "v1", "budget_cents": "100"},
    ),
    "GET /console/program/{program}/ending": Place(path=_PROGRAM, own=_PROGRAM),
    "POST /console/program/{program}/ending": Place(path=_PROGRAM, form={"typed": "survey_key"}),
    "GET /console/program/{program}/draft/{step}": Place(path={"step": "plain"} | _PROGRAM),
    "POST /console/program/{program}/draft/{step}": Place(
        path={"step": "plain"} | _PROGRAM,
        form=dict.fromkeys(
            (
                *("budget_cents", "begins_at", "ends_at", "review_above_cents", "four_eyes_above_cents"),
                *("audience", "minimum_age", "countries", "new_customers_only", "once_per_relation", "hold_days"),
                *(
                    "attribution_days",
                    "cents_*",
                    "rewards_*",
                    "headline_*",
                    "text_*",
                    "advocate_text_*",
                    "share_text_*",
                    "conditions_*",
                ),
            ),
            "plain",
        ),
        beside=_SEEN,
    ),
    "POST /console/program/{program}/draft/discarding": Place(path=_PROGRAM, beside=_SEEN),
    "GET /console/program/{program}/draft/rewards": Place(path=_PROGRAM, query={"done": "word"}, own=_PROGRAM),
    "GET /console/program/{program}/draft/rewards/{reward}": Place(
        path={"reward": "plain"} | _PROGRAM, own={"reward": "program_reward"} | _PROGRAM
    ),
    "POST /console/program/{program}/draft/rewards/{reward}": Place(
        path={"reward": "plain"} | _PROGRAM,
        form=dict.fromkeys(
            (
                *("side", "kind", "trigger", "worth", "times", "counts", "event_key", "nth", "count", "percent"),
                *("minimum_order_cents", "least_cents", "most_cents", "recurring_months", "most_times", "hold_days"),
                *("begins_at", "ends_at", "bonus"),
            ),
            "plain",
        ),
        beside=_SEEN | {"cents": "25"},
    ),
    "POST /console/program/{program}/draft/rewards/{reward}/removal": Place(
        path={"reward": "plain"} | _PROGRAM, beside=_SEEN
    ),
    "GET /console/program/{program}/trial": Place(
        path=_PROGRAM, query={"from": "plain", "until": "plain"}, own=_PROGRAM
    ),
    "GET /console/program/{program}/trial/file": Place(
        path=_PROGRAM, query={"from": "plain", "until": "plain"}, own=_PROGRAM
    ),
    "GET /console/program/{program}/publication": Place(path=_PROGRAM, own=_PROGRAM),
    "POST /console/program/{program}/publication": Place(path=_PROGRAM, beside=_SEEN),
    "GET /console/texts": Place(query={"done": "word"}),
    "POST /console/texts": Place(
        query={"done": "plain"}, form={"purpose": "purpose"}, beside={"like": "survey"}, creates=True
    ),
    "GET /console/texts/{text}": Place(path=_TEXT, own={"text": "text_name"}),
    "GET /console/texts/{text}/versions/{version}": Place(path={"version": "uuid"} | _TEXT),
    "GET /console/texts/{text}/versions/{version}/form.pdf": Place(path={"version": "uuid"} | _TEXT),
    "GET /console/texts/{text}/retirement": Place(path=_TEXT),
    "POST /console/texts/{text}/retirement": Place(path=_TEXT, form={"typed": "purpose"}),
    "GET /console/texts/{text}/draft": Place(path=_TEXT),
    "POST /console/texts/{text}/draft": Place(path=_TEXT, form=_DRAFT),
    "GET /console/texts/{text}/preview": Place(path=_TEXT, query={"in": "word"}),
    "POST /console/texts/{text}/publication": Place(path=_TEXT, form=_DRAFT),
    "POST /console/texts/{text}/discarding": Place(path=_TEXT),
    "GET /console/care": Place(query={"after": "cursor", "view": "word", "mood": "word", "mine": "plain"}),
    "GET /console/care/settings": Place(query={"done": "word"}),
    "POST /console/care/settings": Place(
        form={"owner": "uuid"},
        beside={f"opens_{mood}": "yes" for mood in MOODS}
        | {f"amount_{mood}": "3" for mood in MOODS}
        | {f"unit_{mood}": "days" for mood in MOODS},
    ),
    "GET /console/care/{case}": Place(path=_CASE, own={"case": "care_case"}),
    "POST /console/care/{case}/owner": Place(
        path=_CASE, form={"owner": "uuid", "mine": "plain"}, own={"case": "care_case"}
    ),
    "POST /console/care/{case}/notes": Place(path=_CASE, beside={"note": "anything"}),
    "POST /console/care/{case}/contacts": Place(
        path=_CASE, beside={"way": "phone", "reached": "yes", "contact_note": "anything"}
    ),
    "POST /console/care/{case}/letters": Place(path=_CASE, beside={"subject": "anything", "wording": "anything"}),
    "POST /console/care/{case}/outcome": Place(path=_CASE, beside={"outcome": "no_answer", "outcome_note": "anything"}),
    "POST /console/care/{case}/reopening": Place(path=_CASE, beside={"reopening_note": "anything"}),
    "POST /console/care/{case}/contact": Place(path=_CASE),
    "GET /console/cases": Place(query={"after": "cursor", "kind": "word", "mine": "plain"}),
    "GET /console/cases/new": Place(query={"person": "search"}),
    "POST /console/cases/new": Place(
        form={"person": "email", "referral": "uuid"},
        beside={
            "kind": "review",
            "came": "letter",
            "received": "2026-11-01",
            "language": "de",
            "words": "anything",
        },
    ),
    "GET /console/cases/{case}": Place(path=_CASE, own={"case": "case"}),
    "POST /console/cases/{case}/person": Place(path=_CASE, form={"person": "email"}),
    "POST /console/cases/{case}/loop": Place(path=_CASE),
    "POST /console/cases/{case}/identification": Place(path=_CASE, beside={"proof": "anything"}),
    "POST /console/cases/{case}/work": Place(path=_CASE, beside={"over": "yes"}),
    "POST /console/cases/{case}/extension": Place(
        path=_CASE, beside={"extension_reason": "complex", "extension": "anything"}
    ),
    "POST /console/cases/{case}/refusal": Place(
        path=_CASE, beside={"refusal_reason": "unfounded", "refusal": "anything"}
    ),
    "POST /console/cases/{case}/copy": Place(path=_CASE),
    "POST /console/cases/{case}/execution": Place(path=_CASE, beside={"ground": "unlawful", "answer": "anything"}),
    "POST /console/cases/{case}/correction": Place(
        path=_CASE, beside=dict.fromkeys(("given_name", "family_name", "phone", "birth_date"), "")
    ),
    "POST /console/cases/{case}/completion": Place(path=_CASE, beside={"outcome": "carried_out", "answer": "anything"}),
    "POST /console/cases/{case}/lifting": Place(path=_CASE),
    "POST /console/cases/{case}/notices/{notice}": Place(path=_CASE | {"notice": "uuid"}),
    "GET /console/messages": Place(query={"after": "cursor", "kind": "word", "state": "word", "reason": "word"}),
    "GET /console/messages/{message}": Place(path={"message": "uuid"}, own={"message": "message"}),
    "GET /console/messages/{message}/preview": Place(
        path={"message": "uuid"}, query={"part": "word"}, own={"message": "message"}
    ),
    # Both companies do business: of what reached people there is nothing to be read again.
    "GET /console/test": Place(query={"after": "cursor", "done": "word"}),
    "POST /console/test/rewards/{reward}": Place(path={"reward": "uuid"}),
    "GET /console/test/mails/{message}": Place(path={"message": "uuid"}),
    "GET /console/test/mails/{message}/whole": Place(path={"message": "uuid"}, query={"part": "word"}),
    "GET /console/messages/texts": Place(),
    "GET /console/messages/texts/{kind}/{tongue}": Place(path=_WORDS, query={"done": "word"}, own=_MAIL_WORDS),
    "POST /console/messages/texts/{kind}/{tongue}": Place(path=_WORDS, query={"done": "plain"}, beside=_WORDED),
    "POST /console/messages/texts/{kind}/{tongue}/restoration": Place(
        path=_WORDS, query={"done": "plain"}, beside={"version": "0"}
    ),
    "POST /console/messages/texts/{kind}/{tongue}/test": Place(path=_WORDS, query={"done": "plain"}, beside=_WORDED),
    "GET /console/messages/texts/{kind}/{tongue}/preview": Place(path=_WORDS, query={"part": "word"}, own=_MAIL_WORDS),
    "POST /console/messages/texts/{kind}/{tongue}/preview": Place(path=_WORDS, query={"part": "plain"}, beside=_WORDED),
    "GET /console/messages/limits": Place(query={"done": "word"}),
    "POST /console/messages/limits": Place(
        query={"done": "plain"}, form={"purpose": "purpose"}, beside={"most": "1", "within_days": "7"}
    ),
    "GET /console/login": Place(query={"enrolled": "plain"}),
    "POST /console/login": Place(form={"email": "email"}, beside=_PASSWORD),
    "POST /console/logout": Place(ends=True),
    "GET /console/enrol/{token}": Place(path=_TOKEN, own={"token": "enrol"}),
    "GET /console/enrol/{token}/qr.svg": Place(path=_TOKEN, own={"token": "enrol"}),
    "POST /console/enrol/{token}": Place(path=_TOKEN, beside=_PASSWORD),
    "GET /console/team": Place(query={"done": "word"}),
    "POST /console/team": Place(
        query={"done": "plain"},
        form={"email": "email", "name": "word", "role": "word", "language": "word"},
        beside={"email": "mallory@staff.example", "name": "Mallory", "role": "viewer"},
        creates=True,
    ),
    "POST /console/team/{member}/invitation": Place(path=_MEMBER, query={"done": "plain"}),
    "POST /console/team/{member}/role": Place(path=_MEMBER, query={"done": "plain"}, beside={"role": "owner"}),
    "GET /console/team/{member}/closure": Place(path=_MEMBER, own={"member": "member"}),
    "POST /console/team/{member}/closure": Place(path=_MEMBER, query={"done": "plain"}, beside={"typed": "{name}"}),
    "GET /console/keys": Place(query={"done": "word"}),
    "POST /console/keys": Place(
        query={"done": "plain"},
        form={"name": "word"} | {f"scope_{scope}": "plain" for scope in SCOPES},
        beside={"scope_rewards.read": "yes"},
        creates=True,
    ),
    "GET /console/surveys/places": Place(query={"done": "plain"}),
    "POST /console/surveys/places": Place(
        form={"key": "word", "name": "word"}, beside={"kind": "qr", "origins": "https://www.linden.example"}
    ),
    "GET /console/surveys/places/{place}": Place(path=_PLACE, query={"done": "plain"}, own={"place": "place"}),
    "GET /console/surveys/places/{place}/code.svg": Place(path=_PLACE, own={"place": "place"}),
    "GET /console/surveys/places/{place}/code.png": Place(path=_PLACE, own={"place": "place"}),
    "GET /console/surveys/places/{place}/{paper}/{tongue}/poster.pdf": Place(
        path=_PLACE | {"paper": "word", "tongue": "tongue"}
    ),
    "GET /console/surveys/places/{place}/retirement": Place(path=_PLACE, own={"place": "place"}),
    "POST /console/surveys/places/{place}/retirement": Place(path=_PLACE, beside={"typed": "{name}"}),
    "GET /console/keys/{key}/revocation": Place(path=_KEY, own={"key": "key"}),
    "POST /console/keys/{key}/revocation": Place(path=_KEY, beside={"typed": "{key_name}"}),
    "GET /console/webhooks": Place(query={"done": "word"}),
    "POST /console/webhooks": Place(
        query=_LISTED,
        form={"name": "word", "url": "plain"} | {f"kind_{kind}": "plain" for kind in EVENTS},
        beside={"code": "123456"},
    ),
    "GET /console/webhooks/{endpoint}": Place(
        path=_ENDPOINT, query=_LISTED | {"done": "word"}, own={"endpoint": "endpoint"}
    ),
    "POST /console/webhooks/{endpoint}/secret": Place(path=_ENDPOINT, query=_LISTED, beside={"code": "123456"}),
    "POST /console/webhooks/{endpoint}/test": Place(path=_ENDPOINT, query=_LISTED),
    "POST /console/webhooks/{endpoint}/pause": Place(path=_ENDPOINT),
    "POST /console/webhooks/{endpoint}/resumption": Place(path=_ENDPOINT),
    "POST /console/webhooks/{endpoint}/replay": Place(
        path=_ENDPOINT, query=_LISTED, form={"delivery": "uuid"}, own={"endpoint": "endpoint"}
    ),
    "GET /console/webhooks/{endpoint}/removal": Place(path=_ENDPOINT, own={"endpoint": "endpoint"}),
    "POST /console/webhooks/{endpoint}/removal": Place(path=_ENDPOINT, beside={"typed": "{endpoint_name}"}),
    "GET /console/audit": Place(query=_SEARCH | {"after": "cursor"}),
    "POST /console/audit/export": Place(form=_SEARCH, beside={"reason": "review", "code": "123456"}, anew=True),
    "GET /console/mail": Place(query={"done": "word"}),
    "POST /console/mail/records": Place(),
    "POST /console/mail/look": Place(),
    "POST /console/mail/server": Place(
        query={"done": "word"},
        beside={"host": "smtp.linden.example", "port": "587", "username": "a", "password": "b", "code": "123456"},
    ),
    "POST /console/mail/server/removal": Place(),
    "POST /webhooks/stripe": Place(),
    "GET /portal/stripe": Place(query={"done": "word"}),
    "POST /portal/stripe": Place(),
    "POST /portal/stripe/state": Place(),
    "GET /console/payouts": Place(query={"done": "word", "after": "cursor"}),
    "POST /console/payouts": Place(query={"after": "cursor"}, form={"way": "word", "currency": "word"}),
    "GET /console/payouts/{batch}": Place(
        path=_BATCH, query=_IN_BATCH | {"done": "word"}, own={"batch": "payout_batch"}
    ),
    "POST /console/payouts/{batch}/approval": Place(path=_BATCH, query=_IN_BATCH, beside=_TOTAL),
    "POST /console/payouts/{batch}/sending": Place(
        path=_BATCH, query=_IN_BATCH, form={"execution_date": "plain"}, beside=_CODED
    ),
    "POST /console/payouts/{batch}/settlement": Place(
        path=_BATCH, query=_IN_BATCH, form={"reference": "word"}, beside=_CODED
    ),
    "POST /console/payouts/{batch}/discarding": Place(path=_BATCH, query=_IN_BATCH),
    "POST /console/payouts/{batch}/file": Place(path=_BATCH, query=_IN_BATCH, beside={"reason": "bank", **_CODED}),
    "POST /console/payouts/{batch}/{payout}/aside": Place(path=_BATCH | {"payout": "uuid"}, query=_IN_BATCH),
    "POST /console/payouts/{batch}/{payout}/outcome": Place(
        path=_BATCH | {"payout": "uuid"},
        query=_IN_BATCH,
        form={"reference": "word"},
        beside={"outcome": "arrived", **_CODED},
    ),
    "GET /console/payouts/vouchers": Place(query={"done": "word"}),
    "POST /console/payouts/vouchers": Place(
        query={"done": "word"},
        form={"name": "word"},
        beside={"worth": "9", "currency": "EUR", "low_below": "1"},
        creates=True,
    ),
    "POST /console/payouts/vouchers/{pool}": Place(
        path={"pool": "uuid"}, query={"done": "word"}, form={"file": "plain"}
    ),
    "POST /console/payouts/vouchers/{pool}/invented": Place(path={"pool": "uuid"}),
    "GET /console/payouts/settings": Place(query={"done": "word"}),
    "POST /console/payouts/settings": Place(query={"done": "word"}, beside=_ARRANGED),
    "GET /console/payouts/stripe": Place(query={"done": "word"}),
    "POST /console/payouts/stripe/key": Place(query={"done": "word"}, beside={"key": "rk_live_no", "code": "123456"}),
    "GET /console/payouts/stripe/secrets": Place(),
    "POST /console/payouts/stripe/secrets": Place(
        beside={"secret": "whsec_Mallory0815", "connect_secret": "", "code": "123456"}
    ),
    "GET /console/payouts/stripe/removal": Place(),
    "POST /console/payouts/stripe/removal": Place(beside={"typed": "Stripe", "code": "123456"}),
    "GET /console/retention": Place(query={"done": "word"}),
    "GET /console/retention/preview": Place(),
    "POST /console/retention": Place(
        query={"done": "plain"},
        form={"person": "email", "reason": "word"},
        beside={"what": "person", "until": "2027-01-01"},
        creates=True,
    ),
    "POST /console/retention/{hold}/release": Place(path={"hold": "uuid"}),
    "GET /console/agreement": Place(query={"done": "word"}),
    "POST /console/agreement": Place(
        query={"done": "plain"}, form={"read": "word"}, beside={"accepted": "yes", "code": "123456"}
    ),
    "GET /console/agreement/agreement.pdf": Place(),
    "GET /console/agreement/{acceptance}/agreement.pdf": Place(
        path={"acceptance": "uuid"}, own={"acceptance": "acceptance"}
    ),
    "POST /console/agreement/notices/{notice}/objection": Place(path={"notice": "uuid"}),
    "GET /console/breaches": Place(),
    "POST /console/breaches": Place(form={"words": "word"}, beside={"known_at": "2026-11-01T12:00"}, creates=True),
    "GET /console/breaches/{breach}": Place(path=_BREACH, own={"breach": "breach"}),
    "POST /console/breaches/{breach}/steps": Place(
        path=_BREACH, form={"words": "word"}, beside={"what": "nature", "people": "1", "records": "1"}
    ),
    "GET /console/breaches/{breach}/breach.pdf": Place(path=_BREACH, own={"breach": "breach"}),
    "GET /console/breaches/{breach}/breach.json": Place(path=_BREACH, own={"breach": "breach"}),
    "GET /console/records": Place(query={"done": "word"}),
    "POST /console/records": Place(
        query={"done": "plain"},
        beside=dict.fromkeys(("officer", "representative", "joint_controllers", "own_measures"), "anything"),
    ),
    "GET /console/records/{record}": Place(path={"record": "word"}, query={"from": "plain", "until": "plain"}),
    "GET /console/records/{record}/record.pdf": Place(
        path={"record": "word"}, query={"from": "plain", "until": "plain"}
    ),
    "GET /console/records/{record}/record.json": Place(
        path={"record": "word"}, query={"from": "plain", "until": "plain"}
    ),
    "GET /console/links": Place(query={"done": "word"}),
    "POST /console/links/pages": Place(form={"page": "plain"}, beside={"code": "123456"}),
    "POST /console/links/pages/{target}/removal": Place(path={"target": "uuid"}),
    "POST /console/links/destinations/{program}": Place(path={"program": "uuid"}, form={"url": "plain"}),
    "GET /console/domains": Place(query={"done": "word"}),
    "POST /console/domains": Place(form={"name": "domain"}, beside={"code": "123456"}),
    "GET /console/domains/{claim}": Place(path=_CLAIM, query={"done": "word"}, own={"claim": "claim"}),
    "POST /console/domains/{claim}/check": Place(path=_CLAIM),
    "POST /console/domains/{claim}/preference": Place(path=_CLAIM),
    "GET /console/domains/{claim}/removal": Place(path=_CLAIM, own={"claim": "claim"}),
    "POST /console/domains/{claim}/removal": Place(path=_CLAIM, beside={"typed": "{name}.example", "code": "123456"}),
    "GET /console/isolation": Place(),
    "GET /console/isolation/{report}": Place(path=_REPORT, own={"report": "report"}),
    "GET /console/isolation/{report}/report.html": Place(path=_REPORT, own={"report": "report"}),
    "GET /console/isolation/{report}/report.json": Place(path=_REPORT, own={"report": "report"}),
    "GET /console/leaving": Place(query={"done": "word"}),
    "POST /console/leaving": Place(
        query={"done": "plain"}, beside={"typed": "anything", "code": "123456", "at_once": "yes"}
    ),
    "POST /console/leaving/withdrawal": Place(),
    "GET /console/support": Place(),
    "GET /console/support/{asked}": Place(path=_SIGHT, query={"after": "cursor"}, own={"asked": "asked"}),
    "POST /console/support/{asked}/grant": Place(
        path=_SIGHT,
        query={"after": "cursor"},
        beside={"hours": "1", "code": "123456"} | dict.fromkeys(sight.ROOMS, "yes"),
    ),
    "POST /console/support/{asked}/refusal": Place(path=_SIGHT, query={"after": "cursor"}),
    "POST /console/support/{asked}/end": Place(path=_SIGHT),
}
_API = {
    "GET /api/v1/customers/{customer}": Place(path={"customer": "api_id"}, own={"customer": "api_customer"}),
    "POST /api/v1/customers": Place(
        json=(
            Asked("external_id", "word", {}),
            Asked("email", "email", {}),
            *(Asked(name, "plain", _MALLORY) for name in ("given_name", "family_name", "phone", "country", "language")),
            *(Asked(name, "plain", _MALLORY) for name in ("birth_date", "customer_since_date", "conditions_shown")),
            Asked("click_token", "click", _MALLORY),
            Asked("code", "code", _MALLORY),
            Asked("consents.0.purpose", "purpose", _CONSENT),
            *(Asked(f"consents.0.{name}", "plain", _CONSENT) for name in ("basis", "given_at", "channel")),
        ),
        creates=True,
    ),
    "GET /api/v1/consents": Place(query={"language": "word"}),
    "POST /api/v1/consents": Place(
        json=(
            Asked("customer", "api_id", _SHOP_FORM),
            Asked("offered.0", "api_text", _SHOP_FORM),
            Asked("chosen.0", "api_text", _SHOP_FORM),
            *(Asked(name, "plain", _SHOP_FORM) for name in ("url", "form_version", "html", "shown_at")),
        )
    ),
    "POST /api/v1/conversions": Place(
        json=(
            Asked("customer.id", "api_id", {**_ORDER, "customer": {}}),
            Asked("customer.external_id", "word", {**_ORDER, "customer": {}}),
            Asked("customer.email", "email", {**_ORDER, "customer": {}}),
            Asked("order_id", "word", _ORDER),
            *(
                Asked(name, "plain", _ORDER)
                for name in ("event", "amount_cents", "currency", "categories", "occurred_at", "conditions_shown")
            ),
            Asked("click_token", "click", _ORDER),
            Asked("code", "code", _ORDER),
        ),
        creates=True,
    ),
    "POST /api/v1/survey-events": Place(
        json=(
            Asked("customer.id", "api_id", {**_EVENT, "customer": {}}),
            Asked("customer.external_id", "word", {**_EVENT, "customer": {}}),
            Asked("customer.email", "email", {**_EVENT, "customer": {}}),
            Asked("event_id", "word", _EVENT),
            *(Asked(name, "plain", _EVENT) for name in ("survey", "event", "occurred_at")),
            Asked("attributes", "plain", _EVENT),
        ),
        creates=True,
    ),
    "POST /api/v1/refunds": Place(
        json=(
            Asked("order_id", "order", {}),
            *(Asked(name, "plain", {"order_id": "places"}) for name in ("amount_cents", "refund_id")),
        ),
        # An order nobody told is waited for, whoever else has one of that name.
        creates=True,
    ),
    "POST /api/v1/refunds/restored": Place(
        # What was told of before, by this very test too, would be known here: nobody told of these.
        json=(
            Asked("order_id", "order", {"refund_id": "never told"}),
            Asked("refund_id", "plain", {"order_id": "never told"}),
        ),
    ),
    "GET /api/v1/conversions/{conversion}": Place(path={"conversion": "api_id"}, own={"conversion": "api_conversion"}),
    "GET /api/v1/referrals/{referral}": Place(path={"referral": "api_id"}, own={"referral": "api_referral"}),
    "GET /api/v1/referrals/{referral}/trace": Place(path={"referral": "api_id"}, own={"referral": "api_referral"}),
    "GET /api/v1/rewards/{reward}": Place(path={"reward": "api_id"}, own={"reward": "api_reward"}),
    "GET /api/v1/payouts": Place(query={"after": "cursor", "state": "word", "limit": "plain"}),
    "GET /api/v1/payouts/{payout}": Place(path={"payout": "api_id"}, own={"payout": "api_payout"}),
    "GET /api/v1/referrals": Place(query={"after": "cursor", "state": "word", "limit": "plain"}),
    "GET /api/v1/rewards": Place(query={"after": "cursor", "state": "word", "limit": "plain"}),
    "GET /api/v1/openapi.json": Place(),
    # Litestar's own; nobody gets to them through the door.
    "GET /openapi": Place(),
    "GET /openapi/openapi.json": Place(),
    "GET /openapi/{path}": Place(path={"path": "word"}),
}
_SLUG = {"slug": "slug"}
# An operator who was granted nothing, at the very company that granted another one something.
_GRANTED = {"slug": "theirs.slug", "asked": "theirs.granted"}
_OPERATOR = {
    "GET //operator/companies/{slug}/support": Place(path=_SLUG),
    "POST //operator/companies/{slug}/support": Place(
        path=_SLUG,
        beside={"reason": "too short", "hours": "1"} | dict.fromkeys(sight.ROOMS, "yes"),
    ),
    "POST //operator/companies/{slug}/support/{asked}/withdrawal": Place(path=_SLUG | _SIGHT, own=_GRANTED),
    "POST //operator/companies/{slug}/support/{asked}/end": Place(path=_SLUG | _SIGHT, own=_GRANTED),
    "GET //operator/companies/{slug}/support/{asked}/customers": Place(
        path=_SLUG | _SIGHT, query={"q": "search", "after": "cursor"}, own=_GRANTED
    ),
    "GET //operator/companies/{slug}/support/{asked}/customers/{customer}": Place(
        path=_SLUG | _SIGHT | {"customer": "uuid"}, own=_GRANTED
    ),
    "GET //operator/companies/{slug}/support/{asked}/{room}": Place(
        path=_SLUG | _SIGHT | {"room": "word"}, query={"after": "cursor"}, own=_GRANTED
    ),
    "GET //operator": Place(query={"text": "slug", "state": "word", "after": "slug"}),
    "GET //operator/companies/new": Place(),
    "GET //operator/companies/{slug}": Place(path=_SLUG),
    "POST //operator/companies/{slug}/close": Place(path=_SLUG, beside={"typed": "anything"}),
    "POST //operator/companies/{slug}/open": Place(path=_SLUG),
    "GET //operator/jobs": Place(query={"company": "slug", "after": "cursor"}),
    "POST //operator/jobs/replay": Place(form={"company": "slug"}),
    "POST //operator/jobs/{job}/replay": Place(path={"job": "uuid"}, form={"company": "slug"}),
    "GET //operator/log": Place(query={"after": "cursor"}),
    # Hosts themselves are no secret: whoever calls one learns as much.
    "GET //served": Place(query={"domain": "word"}),
    "GET //operator/login": Place(query={"lang": "word"}),
    "POST //operator/login": Place(form={"email": "email"}, beside=_PASSWORD),
    "POST //operator/logout": Place(ends=True),
}
PLACES: dict[str, Place] = {
    **_PUBLIC,
    **_CONSOLE,
    **_API,
    **_OPERATOR,
    **{f"GET {path}": place for path, place in _THEME.items()},
    **{f"GET /{path}": place for path, place in _THEME.items()},
}
