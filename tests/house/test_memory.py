"""Whatever a process keeps in its memory has been looked at, and says why other processes need not know it."""

import re
from pathlib import Path

import pytest

from tests.house import memory

ROOT = Path(__file__).parent.parent.parent
SCALING = ROOT / "platform" / "docs" / "scaling.md"
_ROW = re.compile(r"^\| `(?P<place>[a-z_/]+\.py [A-Za-z_.]+)` \| (?P<reason>[^|]{20,}) \|$", re.MULTILINE)


def test_all_that_is_kept_in_memory_is_in_the_inventory_with_a_reason():
    reviewed = {row["place"] for row in _ROW.finditer(SCALING.read_text("utf-8"))}
    kept = memory.states(ROOT / "platform" / "leumund")
    assert kept - reviewed == set(), f"say in {SCALING.name} why another process need not know this"
    assert reviewed - kept == set(), "this is kept no longer"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("_seen = {}", "_seen"),
        ("_seen: dict[str, int] = {}", "_seen"),
        ("from collections import deque\n_seen = deque(maxlen=9)", "_seen"),
        ("_seen = {'a': 1}\ndef note(): _seen['b'] = 2", "_seen"),
        ("SEEN = ['a']\ndef note(): SEEN.append('b')", "SEEN"),
        ("_turns = 0\ndef note():\n    global _turns\n    _turns += 1", "_turns"),
        ("from functools import cache\n@cache\ndef rows(): ...", "rows"),
        ("import functools\n@functools.lru_cache(maxsize=3)\ndef rows(): ...", "rows"),
        ("from contextvars import ContextVar\n_who = ContextVar('who')", "_who"),
        ("class Desk:\n    seen = {}", "Desk.seen"),
        ("class Desk:\n    def __init__(self): self.seen = []", "Desk.seen"),
    ],
)
def test_what_could_be_left_behind_is_found(source: str, name: str):
    assert memory.kept(source) == {name}


@pytest.mark.parametrize(
    "source",
    ["_WORDS = {'a': 1}", "_WORDS = frozenset({'a'})", "def deed():\n    seen = {}\n    seen['a'] = 1", "_MOST = 3"],
)
def test_constants_and_what_ends_with_its_call_are_none(source: str):
    assert memory.kept(source) == set()
