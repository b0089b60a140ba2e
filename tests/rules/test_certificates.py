"""A certificate counts in the words of each language, one as one, and own domains too."""

import pytest

from leumund.tenancy.leaving import printing

CERTIFICATE = {
    "company": "Birke",
    "slug": "birke",
    "schema": "t_0123456789abcdef",
    "asked_by": "operator",
    "taken_offline_at": "2026-11-01T12:00:00Z",
    "erased_at": "2026-12-01T12:00:00Z",
    "archive_sha256": None,
    "unarchived_reason": "they have one",
    "tables": 2,
    "rows": {"customer": 1, "staff_member": 0},
    "masters": ["0123456789abcdef"],
}


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        (
            "de",
            "2 Tabellen, 1 Zeile, 1 Aufgabe, 1 Schlüssel, 1 Adresse, 1 eigene Domain",
            "2 Tabellen, 1 Zeile, 0 Aufgaben, 2 Schlüssel, 3 Adressen, 2 eigene Domains",
        ),
        (
            "en",
            "2 tables, 1 row, 1 job, 1 key, 1 address, 1 own domain",
            "2 tables, 1 row, 0 jobs, 2 keys, 3 addresses, 2 own domains",
        ),
    ],
)
def test_one_is_told_as_one(language: str, one: str, many: str):
    counts = {"jobs": 1, "keys": 1, "hosts": 1, "domains": 1}
    assert one in dict(printing.facts(language, CERTIFICATE | counts)).values()
    assert (
        many in dict(printing.facts(language, CERTIFICATE | {"jobs": 0, "keys": 2, "hosts": 3, "domains": 2})).values()
    )


@pytest.mark.parametrize(("language", "label"), [("de", "Abgeschaltet"), ("en", "Taken offline")])
def test_the_moment_it_went_offline_is_told_under_its_name(language: str, label: str):
    told = dict(printing.facts(language, CERTIFICATE | {"jobs": 1, "keys": 1, "hosts": 1, "domains": 1}))
    assert told[label].startswith("2026-11-01 12:00 UTC, ")
