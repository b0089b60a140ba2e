"""The house stands as designed: one direction, and no room too large to see at a glance."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CODE = sorted((ROOT / "platform" / "leumund").rglob("*.py"))


def test_imports_go_one_way_only():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_no_module_imports_itself_by_way_of_others():
    names = [path.relative_to(ROOT / "platform").with_suffix("").parts for path in CODE]
    known = {".".join(parts).removesuffix(".__init__"): path for parts, path in zip(names, CODE, strict=True)}
    # Raises CycleError, which names the circle.
    TopologicalSorter({name: _imported(path) & known.keys() - {name} for name, path in known.items()}).prepare()


def _imported(path: Path) -> set[str]:
    froms = [each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.ImportFrom)]
    return {f"{each.module}.{alias.name}" for each in froms for alias in each.names} | {
        str(each.module) for each in froms
    }


def test_every_room_says_in_one_sentence_what_it_is():
    for path in CODE:
        if path.name == "__init__.py" and path.parent.parent.name == "leumund" and path.parent.name != "cli":
            tree = ast.parse(path.read_text("utf-8"))
            assert len(tree.body) == 1, f"{path} re-exports something"
            # How its packages stand to each other may follow.
            assert (ast.get_docstring(tree) or "").partition("\n\n")[0].count("\n") == 0


def test_files_stay_small():
    sizes = sorted(len(path.read_text("utf-8").splitlines()) for path in CODE)
    assert sizes[len(sizes) // 2] <= 80
    assert [path.name for path in CODE if len(path.read_text("utf-8").splitlines()) > 300] == []


def test_no_room_for_odds_and_ends():
    names = {path.stem for path in CODE} | {path.parent.name for path in CODE}
    assert names & {"utils", "helpers", "base", "common", "service", "manager"} == set()
