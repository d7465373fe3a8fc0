"""The days of `tools/verify-loop months`: one loop, a clock that is set forward from day to day, and what
grows. Files are given the times of the days they were made on, as the clock of a disk stays real."""
import os
import pathlib
import time

from __main__ import Home, check, mlcore, say, tables, unlabelled
from loop_trouble import Clock

DAY = 86_400


def sizes(home):
    """What may grow."""
    process = pathlib.Path(f"/proc/{home.process.pid}")

    def memory(path):
        return int((path / "status").read_text().split("VmRSS:")[1].split()[0]) / 1024

    children = [child for path in process.glob("task/*/children") for child in path.read_text().split()]
    watches = sum(text.count("inotify wd:") for text in
                  (p.read_text() for p in (process / "fdinfo").iterdir()))

    def files(name):
        return [p for p in (home.path / name).rglob("*") if p.is_file()]

    state = home.path / "state"
    wal = state / "ledger.sqlite-wal"
    return {
        "loop MiB": memory(process),
        "step MiB": max([memory(pathlib.Path(f"/proc/{child}")) for child in children], default=0),
        "open files": len(list((process / "fd").iterdir())), "watches": watches,
        "ledger KiB": (state / "ledger.sqlite").stat().st_size / 1024,
        "WAL KiB": wal.stat().st_size / 1024 if wal.exists() else 0,
        "audit KiB": sum(p.stat().st_size for p in files("audit")) / 1024,
        "objects": len(files("objects")), "models": len(list((home.path / "models/churn").glob("?" * 12))),
        "runs": len(list((home.path / "runs").iterdir())), "predictions": len(files("predictions")),
        "quarantined": len(files("quarantine")),
        "inbox folders": len([p for p in (home.path / "inbox").rglob("*") if p.is_dir()]),
    }


def age(home, day):
    """Gives what was made today the times of that day."""
    now = time.time()
    for name in ("runs", "predictions", "quarantine", "objects", "models", "inbox"):
        for folder, _, files in os.walk(home.path / name, topdown=False):
            for path in [os.path.join(folder, file) for file in files] + [folder]:
                if not os.path.islink(path) and abs(os.stat(path).st_mtime - now) < DAY / 2:
                    os.utime(path, (now + day * DAY, now + day * DAY))


def months(folder, count):
    home = Home(folder / "home", "train.window_rows=3000", "watch.settle=0.1", "watch.scan_every=0.5",
                "train.gather=0.2", "predict.days=20", "watch.exclude=[\"skip*\"]",
                *(f"keep.{what}=10" for what in
                  ("models", "runs", "predictions", "quarantine", "objects")))
    setting = folder / "clock"
    clock = Clock(setting, "+0d")
    labelled = tables(folder, 2 * count, 400)
    others = [unlabelled(text) for text in tables(folder, count, 120, first_seed=5000)]
    # Commands beside the loop have to see its clock too.
    os.environ.update(clock.environment)
    home.start()
    history = []
    dropped = 0
    started = time.monotonic()
    for day in range(count):
        setting.write_text(f"+{day}d")
        place = home.path / "inbox" / f"2026/{day // 30:02}/{day % 30:02}"
        place.mkdir(parents=True)
        header, *rows = others[day].splitlines(keepends=True)
        drops = [("a.csv", labelled[2 * day]), ("customers.csv", others[day]),
                 (f"again-{day}.csv", labelled[2 * max(0, day - 1)]),
                 (f"bad-{day}.csv", others[day].replace(b"tenure_months", b"months")),
                 (f"skip-{day}.csv", b"x\n"), (f"2026/{day // 30:02}/{day % 30:02}/b.csv", labelled[2 * day + 1])]
        drops += [(f"{day}-{part}.csv", header + b"".join(rows[12 * part:12 * part + 12]))
                  for part in range(10)]
        for name, text in drops:
            home.drop(name, text)
        dropped += len(drops)
        home.wait(120)
        for path in (home.path / "inbox").glob("skip-*"):
            path.unlink()
        age(home, day)
        history.append(sizes(home))
        if day % 10 == 9:
            say(f"day {day + 1}:", ", ".join(f"{name} {value:.0f}" for name, value in history[-1].items()))
    seconds = time.monotonic() - started
    home.stop()
    clock.close()
    mlcore("audit", "verify", "--home", home.path)
    home.check_whole()
    removed = home.tail().count("old files")
    check(removed > 0, "nothing was removed: the days did not pass")
    # What a month has brought, the next may not bring again.
    third = history[2 * count // 5], history[-1]
    for name in third[0]:
        before, after = (day[name] for day in third)
        slack = {"loop MiB": 12, "step MiB": 60, "open files": 4, "WAL KiB": 4096, "watches": 40}
        if name in ("ledger KiB", "audit KiB"):
            continue
        check(after <= 1.4 * before + slack.get(name, 12), f"{name} grows:", [d[name] for d in history])
    say(f"{count} days and {dropped} drops in {seconds:.0f} s: " + ", ".join(
        f"{name} {third[0][name]:.0f} -> {value:.0f}" for name, value in third[1].items()))
