"""Whoever changes the directory says so: a process that remembers would serve a company that is gone."""

import re
from pathlib import Path

import pytest

LEUMUND = Path(__file__).parent.parent.parent / "platform" / "leumund"
_CHANGES = re.compile(r"\b(UPDATE|INSERT INTO|DELETE FROM) (platform\.)?(tenant|host|company_key)\b")
_SAYS = re.compile(r"\bannouncing\.announce\(|\bpg_notify\('\{CHANNEL\}'|\bpg_notify\('leumund_directory'|\bCHANNEL\b")
# What these write nobody has looked up yet; whoever gives the company its host, and opens it, says so.
BEFORE_ANYBODY_LOOKS = {"tenancy/keys/keeping.py"}


def silent(source: str) -> bool:
    return bool(_CHANGES.search(source)) and not _SAYS.search(source)


def test_every_module_that_changes_the_directory_says_so():
    found = {str(path.relative_to(LEUMUND)) for path in LEUMUND.rglob("*.py") if silent(path.read_text("utf-8"))}
    assert found == BEFORE_ANYBODY_LOOKS


@pytest.mark.parametrize(
    "change", ["UPDATE platform.tenant SET", "DELETE FROM host WHERE", "INSERT INTO company_key ("]
)
def test_one_that_does_not_would_be_found(change: str):
    assert silent(f'await owner.execute("{change} ...")')
    assert not silent(f'await owner.execute("{change} ...")\nawait announcing.announce(owner)')
