"""The page that says where the law is names modules and tests there are, and leaves out no requirement unsaid."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "platform/docs/law.md").read_text("utf-8")
ROW = re.compile(r"^\| (A\d+)? ?\| (.+) \| (.+) \| (.+) \|$", re.M)
ASKED = {f"A{number}" for number in (*range(1, 58), *range(136, 160))}


def gone(page: str) -> list[str]:
    """Every module and every test of ``page`` that is not there."""
    named = [row for row in ROW.findall(page) if row[1] != "What is asked"]
    modules = [module for _, _, where, _ in named for module in where.split(", ") if not _is_module(module)]
    return [*modules, *(test for *_, test in named if not _is_test(test))]


def _is_module(name: str) -> bool:
    return (ROOT / "platform/leumund" / f"{name}.py").is_file()


def _is_test(name: str) -> bool:
    file, _, test = name.partition("::")
    path = ROOT / "tests" / f"{file}.py"
    return path.is_file() and re.search(rf"^(?:async )?def {test}\(", path.read_text("utf-8"), re.M) is not None


def test_all_it_names_is_there():
    assert gone(PAGE) == []


def test_every_requirement_has_its_line():
    assert ASKED - set(re.findall(r"^(?:\||-) (A\d+)\b", PAGE, re.M)) == set()


@pytest.mark.parametrize(
    "line", ["privacy/nowhere | house/test_law::test_all_it_names_is_there", "consent/judging/asking | x::y"]
)
def test_what_is_not_there_is_found(line: str):
    assert len(gone(f"| A1 | Something | {line} |")) == 1
