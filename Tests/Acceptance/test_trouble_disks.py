"""Full, read-only and unwatched disks: each is said in one clear line and loses nothing."""
import resource
import signal

import pytest
from support.loop_directory import counts, expect
from support.program import processor_seconds, succeeds
from support.waiting import quiet_moment


def fill(folder):
    with open(folder / "filler", "wb", 0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


@pytest.mark.parametrize(
    "name", ["objects", "state", "models", "predictions", "runs", "quarantine", "audit"])
def test_one_folder_is_full(loop, data, mount, name):
    mount(loop.path / name, "3m")
    fill(loop.path / name)
    loop.drop("b.csv", data["b"])
    loop.drop("u2.csv", data["u2"])
    loop.drop("bad.csv", data["bad"])
    expect(loop.once(), 4, "full" if name == "state" else "No space left")

    def problems():
        return loop.said("problem") or loop.said("mlcore:")

    loop.start()
    loop.until(problems, "a line about the full folder")
    quiet_moment(1.5)
    assert len(problems()) <= 2, problems()
    (loop.path / name / "filler").unlink()
    if loop.process.poll() is not None:
        loop.start()
    loop.expect_goes_on(counts(ingested=2, quarantined=1))


def test_the_whole_loop_is_full(loop, data, mount):
    mount(loop.path, "6m")
    loop.start()
    loop.until_watching()
    fill(loop.path)
    for name in "b", "u2":
        try:
            loop.drop(f"{name}.csv", data[name])
        except OSError:
            (loop.path / "inbox" / f"{name}.csv").touch()
    loop.until(lambda: loop.said("problem"), "a line about the full disk")
    quiet_moment(2.5)
    problems = loop.said("problem")
    assert len(problems) <= 3 and len(set(problems)) == len(problems), problems
    (loop.path / "filler").unlink()
    for name in "b", "u2":
        loop.drop(f"{name}.csv", data[name])
    loop.until(lambda: loop.files()["ingested"] == 4, "going on")
    loop.wait()
    loop.stop()
    loop.audit()


def test_a_file_is_too_large(loop, data):
    """As a full disk, on a system that does not permit mounting."""
    loop.drop("b.csv", data["big"])
    loop.drop("u2.csv", data["small"])

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))

    code, lines = loop.once(preexec_fn=limit)
    assert code == 4 and any("inbox/b.csv" in line for line in lines), lines
    assert any(line.startswith("ingested u2.csv") for line in lines), lines
    loop.start()
    loop.expect_goes_on(counts(ingested=2))


def test_the_system_has_no_inotify_to_give(loop, data):
    none = ["unshare", "--user", "--map-root-user", "sh", "-c",
            'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"', "sh"]
    if not succeeds(*none, "true"):
        pytest.skip("user namespaces are not permitted")
    loop.start(none)
    loop.until(lambda: loop.said("cannot watch"), "a line about watching")
    loop.drop("b.csv", data["b"])
    loop.expect_goes_on(counts(ingested=1))


def remount(place, mode):
    assert succeeds("mount", "-o", f"remount,{mode}", place), f"remounting {place} {mode}"


def test_the_whole_loop_is_read_only(loop, data, mount):
    mount(loop.path, "8m")
    remount(loop.path, "ro")
    expect(loop.once(), 4, "Read-only file system")
    remount(loop.path, "rw")
    loop.drop("b.csv", data["b"])
    loop.start()
    loop.expect_goes_on(counts(ingested=1))


def test_the_inbox_is_read_only(loop, data, mount):
    inbox = loop.path / "inbox"
    mount(inbox, "3m")
    (inbox / "u2.csv").write_bytes(data["u2"])
    remount(inbox, "ro")
    loop.start()
    loop.until(lambda: loop.said("cannot remove"), "a line about the inbox")
    before = processor_seconds(loop.process)
    quiet_moment(1.5)
    assert processor_seconds(loop.process) - before < 0.7, "the loop is busy with nothing"
    assert len(loop.said("problem")) == 1 and loop.files() == counts(ingested=1), loop.tail()
    remount(inbox, "rw")
    loop.stop()
    loop.start()
    loop.until(lambda: not list(inbox.iterdir()), "an empty inbox")
    loop.expect_goes_on(counts(ingested=1))
