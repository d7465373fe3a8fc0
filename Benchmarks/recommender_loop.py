#!/usr/bin/env python3
"""Times the loop of a recommender: from the rename of a table of interactions into the inbox to the
promotion of the model that has learnt from it, and to the swap of the tables in PostgreSQL.

  tools/with-postgres Benchmarks/recommender_loop.py FOLDER [DROPS [ROWS]]

FOLDER has train.txt, valid.txt and test.txt of lines "user item item ...". A champion learns from most of
the pairs; then DROPS tables (default 5) of ROWS pairs each (default 10000) are dropped, one after the
other. MLCORE names the program (default: .build/release/mlcore). Needs nothing but Python's own library.
"""
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("MLCORE", str(ROOT / ".build/release/mlcore"))
# The library of linear algebra chooses its kernels itself.
for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)


def pairs(folder):
    """All pairs, in an order that is the same each time."""
    found = set()
    for name in ("train.txt", "valid.txt", "test.txt"):
        path = folder / name
        if not path.exists():
            raise SystemExit(f"recommender_loop: there is no {path}")
        for line in path.read_text().splitlines():
            user, *items = line.split()
            found.update((int(user), int(item)) for item in items)
    ordered = sorted(found)
    random.Random(1).shuffle(ordered)
    return ordered


def main():
    if not 2 <= len(sys.argv) <= 4 or "MLCORE_TEST_POSTGRES" not in os.environ:
        raise SystemExit(__doc__)
    every = pairs(pathlib.Path(sys.argv[1]))
    drops, rows = (int(word) for word in (sys.argv[2:] + ["5", "10000"][len(sys.argv) - 2:])[:2])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="recommender-loop-"))
    home = folder / "home"
    settings = ["task=recommender", f"deliver.pgvector={os.environ['MLCORE_TEST_POSTGRES']}",
                "train.gather=0"]
    subprocess.run([PROGRAM, "watch", "--init", "--home", home,
                    *(word for s in settings for word in ("--set", s))], check=True)
    log = folder / "log"

    def drop(name, chosen):
        temporary = folder / name
        temporary.write_text("user,item\n" + "".join(f"{u},{i}\n" for u, i in chosen))
        os.rename(temporary, home / "inbox" / name)
        return time.monotonic()

    def wait(word, after):
        """The moment at which a line with a word is in the log, behind so many bytes of it."""
        while True:
            text = log.read_text()[after:]
            if re.search("rejected|quarantined|problem", text):
                raise SystemExit(f"recommender_loop: {text}")
            if word in text:
                return time.monotonic()
            if process.poll() is not None:
                raise SystemExit(f"recommender_loop: the loop ended: {log.read_text()}")
            time.sleep(0.002)

    with open(log, "w") as output:
        process = subprocess.Popen([PROGRAM, "watch", "--home", home], stdout=output, stderr=output)
        try:
            started = drop("first.csv", every[drops * rows:])
            promoted = wait("promoted", 0)
            print(f"first: {len(every) - drops * rows} pairs, promoted after "
                  f"{promoted - started:.2f} s, delivered after {wait('delivered', 0) - started:.2f} s",
                  flush=True)
            times = []
            for number in range(drops):
                end = log.stat().st_size
                started = drop(f"new-{number}.csv", every[number * rows:(number + 1) * rows])
                promoted = wait("promoted", end) - started
                times.append((promoted, wait("delivered", end) - started))
                print(f"{rows} more: promoted after {times[-1][0]:.2f} s, delivered after "
                      f"{times[-1][1]:.2f} s", flush=True)
        finally:
            process.terminate()
            process.wait()
    for name, column in zip(("promoted", "delivered"), zip(*times)):
        print(f"{name}: median {statistics.median(column):.2f} s, {min(column):.2f} to "
              f"{max(column):.2f} s over {drops} drops")
    print(subprocess.run([PROGRAM, "status", "--home", home], capture_output=True, text=True).stdout)
    shutil.rmtree(folder)


main()
