"""A company's states are the same in Python and in the database, and whatever a row may be has a word."""

import re

import pytest

from leumund.kit import ground, language
from leumund.operating import watching
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import State

_CHECK = (
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'platform.tenant'::regclass AND conname = $1"
)

_ALLOWED = """
SELECT pg_get_constraintdef(c.oid) AS told
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
WHERE c.contype = 'c' AND c.conrelid = $1::text::regclass AND a.attname = $2
"""


async def test_the_states_of_a_company_are_those_the_database_knows(deployment: Deployment):
    async with servers.as_owner(deployment.server) as owner:
        check = await owner.fetchval(_CHECK, "tenant_state_check")
    assert sorted(re.findall("'([a-z]+)'", check)) == sorted(State)


def test_operators_can_look_for_every_state():
    assert sorted(watching.STATES) == sorted(State)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("consent_event.state", "records.report.consents"),
        ("consent_event.state", "console.state.consent"),
        ("breach.source", "records.report.breaches"),
        ("rights_case.kind", "rights.kind"),
        ("staff_member.role", "staff.role"),
    ],
)
async def test_whatever_a_row_may_be_has_a_word(inside: ground.Ground, column: str, words: str):
    """A page that counts them is opened the day after the first one of a rare kind, too."""
    (check,) = await ground.fetch(_ALLOWED, *column.split("."))
    allowed = re.findall("'([a-z_]+)'", check["told"])
    assert len(allowed) > 1
    for each in allowed:
        assert all(language.text(f"{words}.{each}", lang) for lang in language.LANGUAGES)
