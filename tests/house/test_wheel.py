"""The built wheel carries themes, companies and migrations, and works away from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FIND = """
import sys; sys.path.insert(0, sys.argv[1])
import leumund
from leumund.kit import language, passwords, places
from leumund.tenancy import migrating
assert str(places.themes()).startswith(sys.argv[1]), places.themes()
assert (places.themes() / "plain" / "theme.toml").is_file()
assert (places.tenants() / "linden" / "company.toml").is_file()
assert migrating.latest() >= 1
assert passwords.is_common("football2019")
assert language.text("errors.http.404.title", "de")
print("whole")
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def test_an_installed_wheel_is_whole(unpacked: Path, tmp_path: Path):
    ran = subprocess.run(
        [sys.executable, "-P", "-c", FIND, str(unpacked)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.stdout == "whole\n", ran.stderr


def test_tests_and_secrets_do_not_travel(unpacked: Path):
    names = {path.name for path in unpacked.rglob("*")}
    assert not names & {"conftest.py", ".env", "var"}
