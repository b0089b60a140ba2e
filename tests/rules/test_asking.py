"""A form asks for what it needs, says why, and ticks nothing for anybody."""

import re

import msgspec
import pytest

from leumund.consent.judging import asking
from leumund.consent.judging.asking import FORMS, Box, Field, Form
from leumund.kit import language, places

NAMED = re.compile(r"\bfield\('(\w+)'|<(?:input|textarea|select)\b[^>]*\bname=\"(\w+)\"")
HIDDEN = re.compile(r"<input[^>]*type=\"hidden\"[^>]*>")
EMAIL = Field(name="email", why="forms.why.email")
PHONE = Field(name="phone", why="forms.why.phone")
NEWSLETTER = Form(fields=(EMAIL,), boxes=(Box(purpose="recommendation"),), advertising=True)


def rules(form: Form) -> list[str]:
    return [each.rule for each in asking.objections(form)]


@pytest.mark.parametrize("name", FORMS)
def test_our_forms_may_be_used(name: str):
    assert rules(FORMS[name]) == []
    for field in FORMS[name].fields:
        assert language.text(field.why, "de", company="Linden")


@pytest.mark.parametrize("name", FORMS)
def test_a_page_asks_for_what_its_form_says_and_for_nothing_else(name: str):
    page = HIDDEN.sub("", (places.themes() / "plain" / "templates" / f"{name}.html").read_text("utf-8"))
    asked = [plain or macro for macro, plain in NAMED.findall(page)]
    assert asked == [field.name for field in FORMS[name].fields]
    for field in FORMS[name].fields:
        assert field.why in page, "and says beside it what it is for"


def test_advertising_needs_an_address_and_nothing_more():
    assert rules(NEWSLETTER) == []
    greedy = msgspec.structs.replace(NEWSLETTER, fields=(EMAIL, PHONE))
    assert rules(greedy) == ["too_much"]
    optional = msgspec.structs.replace(PHONE, is_mandatory=False)
    assert rules(msgspec.structs.replace(greedy, fields=(EMAIL, optional))) == []
    assert rules(msgspec.structs.replace(greedy, advertising=False)) == [], "a contract may need more"


@pytest.mark.parametrize(
    ("box", "rule"),
    [
        (Box(purpose="survey", is_ticked=True), "pre_ticked"),
        (Box(purpose="survey", is_mandatory=True), "coupling"),
    ],
)
def test_a_box_is_neither_ticked_nor_required(box: Box, rule: str):
    assert rules(msgspec.structs.replace(NEWSLETTER, boxes=(box,))) == [rule]


def test_a_field_that_does_not_say_why_is_found():
    assert rules(Form(fields=(msgspec.structs.replace(EMAIL, why=""),))) == ["no_why"]
