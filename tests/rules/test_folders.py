"""A company's folder is right, or everything wrong with it is named by file, key and reason."""

import shutil
import string
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.files import reading
from leumund.files.faults import Fault, Faulty
from leumund.kit import places

SLUGS = ("linden", "birke", "airport")
CONTRASTS = ("#777777", "#ffffff")
PURPOSES = ("survey", "recommendation", "profile")
BY_LANGUAGE = ("survey.texts", "program.texts", *(f"consents.{purpose}.about" for purpose in PURPOSES))
# The values of TOML, of which a folder may hold any anywhere.
SCALARS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", " ", "\0", "a\nb", "../../etc/passwd", "x" * 5_000, "de", "#zzzzzz", "localhost", "{0}", "%s"]
    ),
    st.integers(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.times(),
    st.datetimes(),
)
KEYS = st.text(string.printable, min_size=1, max_size=300) | st.sampled_from(
    ["de", "a.b", "../x", "survey", "\0", "x" * 300]
)
VALUES = st.recursive(SCALARS, lambda values: st.lists(values, max_size=4) | st.dictionaries(KEYS, values, max_size=4))


def linden() -> dict[str, Any]:
    return tomllib.loads((places.tenants() / "linden" / "company.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Linden's folder, to be written over."""
    return Path(shutil.copytree(places.tenants() / "linden", tmp_path_factory.mktemp("folders") / "linden"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Linden's folder, for one test."""
    return Path(shutil.copytree(places.tenants() / "linden", tmp_path / "linden"))


def faults(folder: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(Faulty) as raised:
        reading.read(folder)
    return [(fault.file, fault.key, fault.reason) for fault in raised.value.faults]


def with_value(folder: Path, key: str, value: object) -> list[tuple[str, str]]:
    """The faults, without their reasons, of Linden with one value changed."""
    company = linden()
    table, *_, name = _way(company, key)
    if value is None:
        del table[name]
    else:
        table[name] = value
    (folder / "company.toml").write_text(tomlkit.dumps(company), "utf-8")
    return [(file, at) for file, at, _ in faults(folder)]


def _way(company: dict[str, Any], key: str) -> tuple[Any, str]:
    *tables, name = key.split(".")
    inner: Any = company
    for table in tables:
        inner = inner[int(table)] if table.isdecimal() else inner[table]
    return inner, name


def every_place(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a table, the inner ones too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield (*way, name)
        yield from every_place(item, (*way, name))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_companies_that_ship_are_right(slug: str):
    folder = reading.read(places.tenants() / slug)
    assert folder.slug == slug
    assert set(folder.company.consents) == {"survey", "recommendation", *({"profile"} if slug == "linden" else ())}
    assert all(consent.channels == ["email"] for consent in folder.company.consents.values())
    assert folder.logo is not None


def test_the_two_brands_differ_in_what_people_see_and_get():
    linden, birke = (reading.read(places.tenants() / slug).company for slug in ("linden", "birke"))
    assert linden.languages[0] == "de"
    assert birke.languages[0] == "en"
    assert linden.theme.name != birke.theme.name
    kinds = [{reward.side: reward.kind for reward in each.offered[0].rewards} for each in (linden, birke)]
    assert kinds == [{"advocate": "cash", "friend": "cash"}, {"advocate": "credit", "friend": "voucher"}]


def test_three_faults_are_named_and_nothing_else(folder: Path):
    text = (folder / "company.toml").read_text("utf-8")
    text = text.replace('currency = "EUR"', 'currency = "EUX"').replace("hold_days = 14", 'hold_days = "two weeks"')
    (folder / "company.toml").write_text(text, "utf-8")
    (folder / "texts" / "consent-survey.en.md").unlink()
    assert faults(folder) == [
        ("company.toml", "program.hold_days", "Expected `int`, got `str`"),
        ("company.toml", "currency", "EUX is no ISO 4217 code such as EUR"),
        ("texts/consent-survey.en.md", "file", "is missing"),
    ]


@settings(max_examples=120)
@given(data=st.data())
def test_any_value_anywhere_is_taken_or_named(copy: Path, data: st.DataObject):
    company = linden()
    way = data.draw(st.sampled_from(list(every_place(company))))
    inner: Any = company
    for name in way[:-1]:
        inner = inner[name]
    inner[way[-1]] = data.draw(VALUES)
    try:
        written = tomlkit.dumps(company)
        tomllib.loads(written)
    except (ValueError, tomlkit.exceptions.TOMLKitError):
        # What cannot be written as TOML cannot stand in a folder.
        return
    (copy / "company.toml").write_text(written, "utf-8", newline="")
    with suppress(Faulty):
        reading.read(copy)


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=30)
@pytest.mark.parametrize("name", ["company.toml", "texts/terms.de.md", "texts/consent-survey.en.md", "logo.svg"])
def test_any_bytes_in_any_file_are_taken_or_named(tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes):
    folder = tmp_path_factory.getbasetemp() / "any" / "linden"
    if not folder.exists():
        shutil.copytree(places.tenants() / "linden", folder)
    kept = (folder / name).read_bytes()
    (folder / name).write_bytes(content)
    named = reading.examine(folder).faults
    (folder / name).write_bytes(kept)
    # A company.toml of other bytes may miss every text, and then that is not all that is wrong.
    assert not named or name in {fault.file for fault in named}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("slug", None),
        ("slug", ""),
        ("slug", " "),
        ("slug", 7),
        ("name", ""),
        ("name", "  "),
        ("name", "Linden\nBcc: all@people.example"),
        ("name", 7),
        ("name", None),
        ("legal_name", "Lin\0den"),
        ("currency", ""),
        ("currency", "eur"),
        ("country", "Germany"),
        ("country", "DEU"),
        ("country", ""),
        ("time_zone", "Berlin"),
        ("time_zone", ""),
        ("time_zone", datetime(2026, 1, 1)),
        ("languages", []),
        ("sender.email", ""),
        ("sender.email", "freunde"),
        ("sender.email", "Freunde@Linden.example"),
        ("imprint.street", None),
        ("imprint.fax", "030"),
        ("theme.name", "neon"),
        ("theme.tokens", "green"),
        ("theme.tokens.color-brand", 1),
        ("survey.key", "csat"),
        ("survey.texts.de.question", ""),
        ("program.state", "paid"),
        ("program.key", "Freunde werben"),
        ("program.rewards", []),
        ("program.rewards.0.cents", 0),
        ("program.rewards.0.cents", 12.5),
        ("program.rewards.0.cents", True),
        ("program.budget_cents", 2**63),
        ("program.hold_days", 366),
        ("program.hold_days", time(12)),
        ("program.review_above_cents", 0),
        ("program.texts.de.headline", None),
        ("program.texts.en.share_text", "Have a look at Linden:"),
        ("consents.survey.channels", []),
        ("consents.survey.channels", ["email", "email"]),
        ("consents.survey.until", date(2027, 1, 1)),
        ("consents.survey.preselected", True),
        ("consents.survey.frequency_days", -1),
        ("consents.survey.about.de", None),
        ("consents.survey.about.de", "x" * 300),
        ("processors.0.role", "operator"),
        ("processors.0.safeguards", "trust"),
        ("colour", "green"),
    ],
)
def test_a_wrong_value_is_named_at_its_key_alone(folder: Path, key: str, value: object):
    named = key.replace(".0.", "[1].")
    # The texts name the legal person, so they notice when it is another.
    assert [one for one in with_value(folder, key, value) if one[0] == "company.toml"] == [("company.toml", named)]


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("languages", ["de", "en", "de"], ["languages"]),
        ("languages", ["de", "en", 7], ["languages[3]"]),
        ("languages", ["de", "en", "fr"], ["languages", *[f"{area}.fr" for area in BY_LANGUAGE]]),
        ("languages", ["de"], [f"{area}.en" for area in BY_LANGUAGE]),
        ("hosts", ["Linden.Example"], ["hosts[1]"]),
        ("hosts", ["https://linden.example"], ["hosts[1]"]),
        ("hosts", ["ok.linden.example", "127.0.0.1"], ["hosts[2]"]),
        ("hosts", ["ok.linden.example", "ok.linden.example"], ["hosts"]),
        ("program.rewards.0.percent_bp", 500, ["program.rewards"]),
        ("program.rewards.0.kind", "gold", ["program.rewards[1].kind"]),
        ("consents.survey.channels", ["fax"], ["consents.survey.channels[1]"]),
        ("processors.0.country", "US", ["processors[1].safeguards"]),
        ("processors.0.what_for.en", " ", ["processors[1].what_for.en", "processors[1].what_for_en"]),
        ("theme.tokens.color-ink", "#fbf6ec", ["theme.tokens.color-ink"]),
        ("theme.tokens.color-brand", "url(//evil.example)", ["theme.tokens.color-brand"]),
        ("theme.tokens.shadow", "1px", ["theme.tokens.shadow"]),
    ],
)
def test_a_value_at_odds_with_another_is_named(folder: Path, key: str, value: object, named: list[str]):
    assert with_value(folder, key, value) == [("company.toml", one) for one in named]


def test_a_company_may_speak_one_language(folder: Path):
    company = linden()
    company["languages"] = ["de"]
    for area in ("survey", "program"):
        del company[area]["texts"]["en"]
    for consent in company["consents"].values():
        del consent["about"]["en"]
    (folder / "company.toml").write_text(tomlkit.dumps(company), "utf-8")
    strays = {f"texts/{name}.en.md" for name in ("terms", "notice", *(f"consent-{each}" for each in PURPOSES))}
    assert {file for file, _, _ in faults(folder)} == strays
    for text in (folder / "texts").glob("*.en.md"):
        text.unlink()
    assert {lang for _, lang in reading.read(folder).texts} == {"de"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name = ", "is no TOML"),
        (b"\xff\xfe", "is no TOML"),
        (b'name = "a"\nname = "b"', "is no TOML"),
        (b"a = " + b"[" * 5_000 + b"]" * 5_000, "is nested too deeply"),
        (b"a = " + b"9" * 5_000, "is no TOML"),
        (b"#" * 1_000_001, "is too large"),
    ],
)
def test_a_company_toml_that_is_none_is_named(folder: Path, content: bytes, reason: str):
    (folder / "company.toml").write_bytes(content)
    (fault,) = faults(folder)
    assert fault[:2] == ("company.toml", "file")
    assert fault[2].startswith(reason)


@pytest.mark.parametrize("slug", ["Linden", "www", "operator", "l", "-linden", "lin--den", "linden.de", "lindén"])
def test_a_slug_must_do_as_a_host(folder: Path, slug: str):
    assert with_value(folder, "slug", slug) == [("company.toml", "slug")]


def test_a_folder_may_be_called_anything(folder: Path):
    assert reading.read(folder.rename(folder.parent / "Wherever It Lies")).slug == "linden"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    assert faults(tmp_path / "nobody") == [("company.toml", "file", "is missing")]


def test_a_currency_that_is_none_is_named_beside_other_faults(folder: Path):
    company = linden()
    company.update(currency="XXX", country="Germany", time_zone="Berlin", slug="www")
    (folder / "company.toml").write_text(tomlkit.dumps(company), "utf-8")
    assert [key for _, key, _ in faults(folder)] == ["slug", "country", "currency", "time_zone"]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path):
    with pytest.raises(Faulty) as raised:
        reading.read(tmp_path / "No Such Company")
    assert [fault.key for fault in raised.value.faults] == ["file"]
    assert str(Faulty([Fault("a", "b", "c"), Fault("d", "e", "f")])) == "a: b: c; d: e: f"


@pytest.mark.parametrize("currency", ["DEM", "XXX", "XAU"])
def test_a_currency_that_is_money_nowhere_today_is_none(folder: Path, currency: str):
    file = folder / "company.toml"
    file.write_text(file.read_text("utf-8").replace('currency = "EUR"', f'currency = "{currency}"'), "utf-8")
    assert faults(folder) == [("company.toml", "currency", f"{currency} is no ISO 4217 code such as EUR")]
