"""The folder is called ``platform`` and the standard library's module of that name still is the one Python finds."""

import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_standard_librarys_platform_is_not_shadowed():
    assert platform.python_version()
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_not_even_from_the_root_of_the_checkout():
    ran = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.python_version())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith("3.")
