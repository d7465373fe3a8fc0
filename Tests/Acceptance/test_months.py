"""Days of drops in one process whose clock is set forward from day to day: what grows?

Files are given the times of the days they were made on, as the clock of a disk stays real.
"""
import os
import pathlib
import time

import pytest
from support.program import Program, children
from support.tables import customers, misnamed, parts, unlabelled

DAY = 86_400
# What the next month may add to the largest of the month before: a share, and so much more.
SLACK = {"loop MiB": 12, "step MiB": 60, "open files": 4, "WAL KiB": 4096, "watches": 40}
# The first two tell all that was ever dropped. What the champion has predicted of each name stays
# while it is in service.
MAY_GROW = ["ledger KiB", "audit KiB", "predictions"]


def text(path):
    # A file may be closed, or a process end, between two looks.
    try:
        return path.read_text()
    except OSError:
        return ""


def memory(process):
    return int((text(pathlib.Path(f"/proc/{process}/status")).split("VmRSS:") + ["0"])[1]
               .split()[0]) / 1024


def sizes(loop):
    """What may grow."""
    process = pathlib.Path(f"/proc/{loop.process.pid}")

    def files(name):
        return [path for path in (loop.path / name).rglob("*") if path.is_file()]

    state = loop.path / "state"
    wal = state / "ledger.sqlite-wal"
    return {
        "loop MiB": memory(loop.process.pid),
        "step MiB": max(map(memory, children(loop.process)), default=0),
        "open files": len(list((process / "fd").iterdir())),
        "watches": sum(text(path).count("inotify wd:") for path in (process / "fdinfo").iterdir()),
        "ledger KiB": (state / "ledger.sqlite").stat().st_size / 1024,
        "WAL KiB": wal.stat().st_size / 1024 if wal.exists() else 0,
        "audit KiB": sum(path.stat().st_size for path in files("audit")) / 1024,
        "objects": len(files("objects")),
        "models": len(list((loop.path / "models/churn").glob("?" * 12))),
        "runs": len(list((loop.path / "runs").iterdir())),
        "predictions": len(files("predictions")),
        "quarantined": len(files("quarantine")),
        "inbox folders": len([path for path in (loop.path / "inbox").rglob("*") if path.is_dir()]),
    }


def age(loop, day):
    """Gives what was made today the times of that day."""
    now = time.time()
    for name in "runs", "predictions", "quarantine", "objects", "models", "inbox":
        for folder, _, files in os.walk(loop.path / name, topdown=False):
            for path in [os.path.join(folder, file) for file in files] + [folder]:
                if not os.path.islink(path) and abs(os.stat(path).st_mtime - now) < DAY / 2:
                    os.utime(path, (now + day * DAY,) * 2)


def make_folder(inbox, name, day):
    """Makes a folder in the inbox, and gives it and those above it the time of the day."""
    place = inbox / name
    while True:
        try:
            place.mkdir(parents=True, exist_ok=True)
            for path in place, place.parent, place.parent.parent:
                os.utime(path, (time.time() + day * DAY,) * 2)
            return
        except FileNotFoundError:
            # To the loop the new folder looked old and empty, so it has removed it.
            pass


def drop_day(loop, day, labelled, others):
    """Drops the files of a day: labelled, unlabelled, new, known, copied, unusable and many."""
    folder = f"2026/{day // 30:02}/{day % 30:02}"
    make_folder(loop.path / "inbox", folder, day)
    drops = [("a.csv", labelled[2 * day]), ("customers.csv", others[day]),
             (f"again-{day}.csv", labelled[2 * max(0, day - 1)]),
             (f"bad-{day}.csv", misnamed(others[day])), (f"skip-{day}.csv", b"x\n"),
             (f"{folder}/b.csv", labelled[2 * day + 1])]
    drops += [(f"{day}-{part}.csv", table) for part, table in enumerate(parts(others[day], 12))]
    for name, content in drops:
        loop.drop(name, content)
    return len(drops)


@pytest.mark.long
@pytest.mark.counted("days", 90, limit=600, each=60)
def test_months(program, tmp_path, make_loop, clock, count, say):
    labelled = customers(program, tmp_path, 2 * count, 400)
    others = [unlabelled(table) for table in customers(program, tmp_path, count, 120, 5000)]
    loop = make_loop(
        "loop", "train.window_rows=3000", "watch.settle=0.1", "watch.scan_every=0.5",
        "train.gather=0.2", "predict.days=20", 'watch.exclude=["skip*"]',
        *(f"keep.{what}=10"
          for what in ("models", "runs", "predictions", "quarantine", "objects")),
        # Commands beside the loop have to see its clock too.
        program=Program(program.path, clock.environment))
    loop.start()
    history = []
    dropped = 0
    started = time.monotonic()
    for day in range(count):
        clock.set(f"+{day}d")
        dropped += drop_day(loop, day, labelled, others)
        loop.wait()
        for path in (loop.path / "inbox").glob("skip-*"):
            path.unlink()
        age(loop, day)
        history.append(sizes(loop))
    seconds = time.monotonic() - started
    loop.stop()
    loop.audit()
    loop.check_whole()
    assert loop.said("old files"), "nothing was removed: the days did not pass"
    # What a month has brought, the next may not bring again.
    before, after = history[2 * count // 5], history[-1]
    for name in before.keys() - MAY_GROW:
        limit = 1.4 * before[name] + SLACK.get(name, 12)
        assert after[name] <= limit, f"{name} grows: {[day[name] for day in history]}"
    for day in range(9, count, 10):
        say(f"day {day + 1}: " + ", ".join(f"{name} {value:.0f}"
                                           for name, value in history[day].items()))
    say(f"{count} days and {dropped} drops in {seconds:.0f} s: " + ", ".join(
        f"{name} {before[name]:.0f} -> {value:.0f}" for name, value in after.items()))
