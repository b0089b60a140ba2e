"""The states of a company are named once in Python and once in the database, and both know the same."""

import re

from leumund.operating import watching
from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import State

_CHECK = (
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'platform.tenant'::regclass AND conname = $1"
)


async def test_the_states_of_a_company_are_those_the_database_knows(deployment: Deployment):
    async with servers.as_owner(deployment.server) as owner:
        check = await owner.fetchval(_CHECK, "tenant_state_check")
    assert sorted(re.findall("'([a-z]+)'", check)) == sorted(State)


def test_operators_can_look_for_every_state():
    assert sorted(watching.STATES) == sorted(State)
