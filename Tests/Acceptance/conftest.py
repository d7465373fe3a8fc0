"""The options and fixtures of the acceptance tests.

`MLCORE` names the program (default: .build/release/mlcore). The servers are those of the
environment that tools/with-s3 and its like give. A test that this system does not permit (mounting,
another user, another clock) is skipped and says why.
"""
import os
import shutil

import pytest
from support.bucket import Bucket
from support.clock import Clock
from support.loop_directory import LENIENT_GATE, LoopDirectory
from support.program import ROOT, Program, succeeds
from support.tables import customers, misnamed, moved, unlabelled

PROGRAM = os.environ.get("MLCORE", str(ROOT / ".build/release/mlcore"))


def pytest_sessionstart(session):
    if not session.config.getoption("model") and not os.access(PROGRAM, os.X_OK):
        raise pytest.UsageError(f"{PROGRAM} is no program; build it or name another one by MLCORE")


def pytest_addoption(parser):
    group = parser.getgroup("mlcore")
    for name, what in [
            ("kills", "how often a program is killed"), ("days", "days of a loop"),
            ("files", "files that are dropped at once"), ("repeats", "measurements"),
            ("seeds", "random deals of the customers")]:
        group.addoption(f"--{name}", type=int, help=f"{what} (default: each test has its own)")
    group.addoption("--update-snapshots", action="store_true",
                    help="write the texts of Tests/Snapshots anew (test_messages)")
    group.addoption("--data", help="a table in place of a generated one (test_gate, test_towers)")
    group.addoption("--target", default="churn", help="its column to predict (test_gate)")
    group.addoption("--id", default="customer_id", help="its column of identifiers (test_gate)")
    group.addoption("--segment", default="contract", help="its column of groups (test_gate)")
    group.addoption("--model", help="a recommender's folder in place of a new one (test_towers)")
    group.addoption("--users", help="its table of users (test_towers)")
    group.addoption("--items", help="its table of items (test_towers)")


def counted(item):
    """How often a test repeats what it does, and its marker."""
    marker = item.get_closest_marker("counted")
    option, default = marker.args
    given = item.config.getoption(option)
    return default if given is None else given, marker


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("counted"):
            count, marker = counted(item)
            seconds = marker.kwargs["limit"] + marker.kwargs["each"] * count
            item.add_marker(pytest.mark.timeout(seconds))


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "said":
                terminalreporter.write_line(f"{report.nodeid.split('::')[-1]}: {text}")


@pytest.fixture
def count(request):
    """How often the test repeats what it does."""
    return counted(request.node)[0]


@pytest.fixture
def say(record_property):
    """Tells a result, which the end of the run shows."""
    return lambda text: record_property("said", text)


@pytest.fixture(scope="session")
def program():
    return Program(PROGRAM)


@pytest.fixture
def make_loop(program, tmp_path):
    """Makes directories of loops; what runs in them ends with the test."""
    made = []

    def make(name, *settings, program=program, **options):
        made.append(LoopDirectory.made(program, tmp_path / name, *settings, **options))
        return made[-1]

    yield make
    for loop in made:
        loop.close()


@pytest.fixture(scope="session")
def data(program, tmp_path_factory):
    """Tables by name."""
    folder = tmp_path_factory.mktemp("tables")

    def unlabelled_customers(rows, seed):
        return unlabelled(customers(program, folder, 1, rows, seed)[0])

    tables = dict(zip("abc", customers(program, folder, 3, 1500)))
    tables["big"], = customers(program, folder, 1, 20_000, 50)
    tables["u"] = unlabelled_customers(200, 20)
    tables["u2"] = unlabelled_customers(200, 21)
    tables["small"] = unlabelled_customers(60, 30)
    tables["bad"] = misnamed(tables["u2"])
    tables["moved"] = moved(tables["u2"], b"tenure_months", b"90000")
    return tables


@pytest.fixture(scope="session")
def template(program, data, tmp_path_factory):
    """A loop that has a champion, learnt from a.csv, and has predicted u.csv."""
    loop = LoopDirectory.made(
        program, tmp_path_factory.mktemp("template") / "loop", "watch.settle=0.2",
        "watch.patience=0.6", "watch.scan_every=1", "train.gather=0.2", *LENIENT_GATE)
    for name in "a", "u":
        loop.drop(f"{name}.csv", data[name])
    code, lines = loop.once()
    assert code == 0, lines
    return loop


@pytest.fixture
def copy_loop(template, tmp_path):
    """Makes copies of the loop that has a champion; what runs in them ends with the test."""
    made = []

    def copy(name):
        made.append(template.copied(tmp_path / name))
        return made[-1]

    yield copy
    for loop in made:
        loop.close()


@pytest.fixture
def loop(copy_loop):
    """A loop that has a champion."""
    return copy_loop("loop")


@pytest.fixture
def mount(loop):
    """Puts a small disk in the place of a folder and keeps its content; gone with the test."""
    mounted = []

    def mount(place, size):
        place.mkdir(exist_ok=True)
        kept = place.with_name(f".{place.name}-kept")
        shutil.copytree(place, kept, symlinks=True)
        if not succeeds("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place):
            pytest.skip("mounting is not permitted")
        mounted.append(place)
        shutil.copytree(kept, place, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(kept)

    yield mount
    loop.close()
    for place in reversed(mounted):
        succeeds("umount", "-l", place)


@pytest.fixture
def clock(tmp_path):
    """A clock that a test sets."""
    if not shutil.which("faketime"):
        pytest.skip("the program faketime is not installed")
    clock = Clock(tmp_path / "clock")
    yield clock
    clock.close()


@pytest.fixture
def make_bucket():
    """Makes buckets with queues on the server that tools/with-s3 starts."""
    return Bucket
