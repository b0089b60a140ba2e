"""The demo empties a folder of its own and nobody else's, and tells a shell how to run commands on it."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leumund.cli import app
from leumund.demo import claiming, processes, staging


def test_a_folder_that_holds_something_else_stays_as_it_is(tmp_path: Path):
    data = tmp_path / "var"
    data.mkdir()
    (data / "database").write_text("Linden's")
    answer = CliRunner().invoke(app, ["demo", "--data", str(data)])
    assert (answer.exit_code, "may be emptied" in answer.stderr) == (1, True)
    assert (data / "database").read_text() == "Linden's"
    with pytest.raises(claiming.SomebodyElses), claiming.claimed(data):
        pass


def test_a_folder_a_demo_has_been_in_is_taken_again(tmp_path: Path):
    data = tmp_path / "demo"
    with claiming.claimed(data):
        data.mkdir()
        (data / "mails").mkdir()
    with claiming.claimed(data):
        pass


async def test_a_second_demo_is_given_another_port_before_the_first_one_serves(tmp_path: Path):
    async with staging.prepared(tmp_path / "one") as stage:
        port = stage.deployment.settings.listen_port
        with processes.held_port(port) as other:
            assert other != port


async def test_a_shell_that_reads_its_settings_reaches_it(tmp_path: Path):
    async with staging.prepared(tmp_path) as stage:
        staging.write_settings(stage)
        assert stage.settings_file.stat().st_mode & 0o777 == 0o600
        for read, code in ((f". {stage.settings_file};", 0), ("", 1)):
            listing = f"{read} {sys.executable} -m leumund.cli tenant list"
            ended = subprocess.run(["sh", "-c", listing], capture_output=True, check=False)  # noqa: ASYNC221 - our own
            assert ended.returncode == code, ended.stderr
