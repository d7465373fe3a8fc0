"""The words of the command line: the help of each verb, and what each mistake is answered with.

Tests/Snapshots/ holds them. `--update-snapshots` writes them anew: read the difference before it is
committed.
"""
import difflib
import json
import os
import re
import shlex
import shutil

import pytest
from support.program import ROOT, Program
from support.wrong_commands import COMMANDS, prepare

SNAPSHOTS = ROOT / "Tests/Snapshots"


@pytest.fixture(scope="module")
def quiet_program(program):
    """The program without the settings of this machine that messages may depend on."""
    own = {name: value for name, value in os.environ.items()
           if not name.startswith(("AWS_", "MYSQL_", "PG", "MLCORE_", "COLUMNS"))}
    return Program(program.path, {**own, "HOME": "/nonexistent", "NO_COLOR": "1", "LC_ALL": "C"})


@pytest.fixture
def compare(request):
    """Compares texts with their files, or writes these anew."""
    def compare(texts):
        if request.config.getoption("update_snapshots"):
            for path, text in texts.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        differences = []
        for path, text in texts.items():
            name = path.relative_to(ROOT)
            before = path.read_text() if path.exists() else ""
            differences += difflib.unified_diff(
                before.splitlines(), text.splitlines(), f"{name}", f"{name} of this program",
                lineterm="")
        assert not differences, "\n".join(differences)
    return compare


def commands(command, path=()):
    """The words before --help: the program's own, and those of each verb and what is below it."""
    yield path
    for child in command.get("subcommands", []):
        is_built_in = child["commandName"] == "help" and not child.get("subcommands")
        if child.get("shouldDisplay", True) and not is_built_in:
            yield from commands(child, (*path, child["commandName"]))


def test_help(quiet_program, compare, request):
    dump = json.loads(quiet_program("--experimental-dump-help"))["command"]
    texts = {SNAPSHOTS / "help" / f"{'-'.join(path) or 'mlcore'}.txt": quiet_program(*path, "--help")
             for path in commands(dump)}
    stale = set((SNAPSHOTS / "help").glob("*")) - set(texts)
    if request.config.getoption("update_snapshots"):
        for path in stale:
            path.unlink()
        stale = set()
    compare(texts)
    assert not stale, f"there is no verb of {sorted(path.name for path in stale)}"


# What differs between runs, trainings and versions of libraries.
VARYING = [
    (r"\b[0-9a-f]{64}\b", "<sha256>"), (r"\b[0-9a-f]{12}\b", "<version>"),
    (r"audit-\d{4}-\d\d", "audit-<month>"), (r"expected \d+ bytes", "expected <size> bytes"),
    (r"cannot connect \(.*\)", "cannot connect (<the words of the library>)"),
]


def constant(text, folder):
    """A message without what differs though the program is the same."""
    text = text.replace(f"{folder}/", "").replace(str(folder), ".")
    for pattern, name in VARYING:
        text = re.sub(pattern, name, text)
    return text


def test_messages(quiet_program, compare, tmp_path):
    folder = tmp_path.resolve()
    prepare(folder, quiet_program)
    names = [name for name, _ in COMMANDS]
    assert len(set(names)) == len(names), "two commands have the same name"
    parts, problems = [], []
    for name, command in COMMANDS:
        before = set(os.listdir(folder))
        result = quiet_program.run(*shlex.split(command), cwd=folder)
        said = result.stderr
        if result.returncode in (0, 70):
            problems.append(f"{name}: {result}")
        else:
            said = result.stdout + said
        for left in set(os.listdir(folder)) - before:
            problems.append(f"{name}: the command left {left} behind")
            shutil.rmtree(folder / left) if (folder / left).is_dir() else (folder / left).unlink()
        parts.append(f"# {name}\n$ mlcore {command}\n"
                     f"{constant(said, folder)}exit code {result.returncode}\n")
    compare({SNAPSHOTS / "messages.txt": "\n".join(parts)})
    assert not problems, "\n".join(problems)
