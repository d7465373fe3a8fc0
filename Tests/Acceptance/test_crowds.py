"""Many files at once: none may be lost, none may be taken twice."""
import collections
import os
import pathlib
import signal
import time

import pytest
from support.tables import customers, parts


@pytest.mark.long
@pytest.mark.counted("files", 20_000, limit=600, each=0.1)
def test_more_files_than_the_queue_of_inotify_holds(make_loop, count, say):
    loop = make_loop("loop", "watch.settle=0.3")
    loop.start()
    loop.until_watching()
    # The loop sleeps while the files come, as a busy system would make it.
    os.kill(loop.process.pid, signal.SIGSTOP)
    started = time.monotonic()
    for number in range(count):
        loop.drop(f"f{number}.csv", b"customer_id,age\nC%d,%d\n" % (number, number % 90))
    os.kill(loop.process.pid, signal.SIGCONT)
    dropped = time.monotonic() - started
    loop.wait(1800)
    seconds = time.monotonic() - started
    overflows = loop.status()["overflows"]
    loop.stop()
    loop.check_end(collections.Counter(f"f{number}.csv" for number in range(count)))
    limit = int(pathlib.Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    assert overflows > 0 or count < limit, "the queue did not overflow"
    say(f"{count} files dropped in {dropped:.1f} s, {overflows} overflow(s), all in the ledger "
        f"once after {seconds:.1f} s")


@pytest.mark.long
@pytest.mark.counted("files", 1000, limit=300, each=0.3)
def test_many_small_files_lead_to_few_trainings(program, tmp_path, make_loop, count, say):
    table, = customers(program, tmp_path, 1, 7 * count)
    loop = make_loop("loop", "watch.settle=0.3")
    loop.start()
    loop.until_watching()
    started = time.monotonic()
    for number, part in enumerate(parts(table, 7)):
        loop.drop(f"f{number}.csv", part)
    loop.wait()
    seconds = time.monotonic() - started
    runs = loop.ledger("SELECT files FROM runs ORDER BY id")
    loop.stop()
    loop.check_end(collections.Counter(f"f{number}.csv" for number in range(count)))
    assert len(runs) <= 10, f"too many trainings: {len(runs)}"
    say(f"{count} files: {len(runs)} training(s), the last on {runs[-1][0]} files, "
        f"after {seconds:.1f} s")
