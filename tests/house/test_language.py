"""German and English say the same things, and everything said has its sentence."""

import re
from pathlib import Path

import pytest

from leumund.kit import language, places

ROOT = Path(__file__).parent.parent.parent
PLACE = re.compile(r"\{(\w+)[^}]*\}")
CALLED_IN_TEMPLATES = re.compile(r"\b(?:text|plural)\(\s*[\"']([a-z0-9_.]+)[\"']")
CALLED_IN_CODE = re.compile(r"\b(?:text|plural)\(\s*[\"']([a-z]+\.[a-z0-9_.]*[a-z0-9_])[\"']")

# A key as a whole, and one put together: f"api.{slug}.title" in code, 'portal.kind.' ~ each.kind in a template.
WHOLE = re.compile(r"[\"']([a-z]+(?:\.[a-z0-9_-]+)+)[\"']")
IN_CODE = re.compile(r"f\"([a-z]+\.[a-z0-9_.-]*\{[^\"]+)\"")
IN_TEMPLATES = re.compile(r"'([a-z]+\.[a-z0-9_.-]*)' ~ (?:[\w.\[\]]+|\([^)]*\))(?: ~ '([a-z0-9_.-]+)')?")


def test_both_languages_have_the_same_sentences():
    german, english = (language.catalogue(code).texts for code in ("de", "en"))
    assert german.keys() == english.keys()


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_no_sentence_is_empty(code: str):
    assert [key for key, forms in language.catalogue(code).texts.items() if not forms or not all(forms)] == []


def test_both_languages_fill_the_same_places():
    german, english = (language.catalogue(code).texts for code in ("de", "en"))
    differing = [
        key for key in german if set(PLACE.findall("".join(german[key]))) != set(PLACE.findall("".join(english[key])))
    ]
    assert differing == []


def test_every_sentence_a_template_asks_for_exists():
    texts = language.catalogue("de").texts
    templates = [
        *places.themes().rglob("*.html"),
        *(ROOT / "platform").rglob("*.html"),
        *(ROOT / "platform").rglob("*.txt"),
    ]
    asked = {
        key
        for path in templates
        for key in CALLED_IN_TEMPLATES.findall(path.read_text("utf-8"))
        if not key.endswith(".")
    }
    assert len(asked) > 50
    assert sorted(asked - texts.keys()) == []


def test_every_sentence_the_code_asks_for_exists():
    texts = language.catalogue("de").texts
    code = (path.read_text("utf-8") for path in (ROOT / "platform").rglob("*.py"))
    asked = {key for text in code for key in CALLED_IN_CODE.findall(text)}
    assert len(asked) > 20
    assert sorted(asked - texts.keys()) == []


def test_every_fault_has_its_sentence():
    texts = language.catalogue("de").texts
    code = "".join(path.read_text("utf-8") for path in (ROOT / "platform").rglob("*.py"))
    named = set(re.findall(r"[\"'](errors\.[a-z0-9_]+\.[a-z0-9_]+)[\"']", code))
    assert len(named) > 20
    assert sorted(named - texts.keys()) == []


def test_every_sentence_is_asked_for():
    paths = [path for kind in ("*.py", "*.html", "*.txt") for path in (ROOT / "platform").rglob(kind)]
    said = "\n".join(path.read_text("utf-8") for path in [*paths, *places.themes().rglob("*.html")])
    made = [re.sub(r"\\{[^}]*\}", ".*", re.escape(key).replace(r"\}", "}")) for key in IN_CODE.findall(said)]
    made += [re.escape(begun) + ".*" + re.escape(ended) for begun, ended in IN_TEMPLATES.findall(said)]
    asked, put_together = set(WHOLE.findall(said)), re.compile("|".join(made))
    assert len(made) > 20
    unasked = [key for key in language.catalogue("de").texts if key not in asked and not put_together.fullmatch(key)]
    assert unasked == []
