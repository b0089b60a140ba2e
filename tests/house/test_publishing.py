"""Words come before people by one way, which reads them first."""

import re
from pathlib import Path

import leumund

PACKAGE = Path(leumund.__path__[0])
# A survey's publishing is another room's.
PUBLISHES = re.compile(
    r"from leumund\.consent\.texts(?:\.publishing import .*\bpublish\b| import (?:.*\b)?publishing\b.*)"
)
CALL = re.compile(r"\b(?:publishing|texts)\.publish\(")


def doors() -> set[str]:
    """Every module that publishes a text."""
    found = {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    return {name for name, code in found.items() if PUBLISHES.search(code) and CALL.search(code)}


def test_only_what_was_read_is_published():
    assert doors() == {"privacy/texts/releasing.py"}
