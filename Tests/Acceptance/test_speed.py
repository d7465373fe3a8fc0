"""How fast a loop reacts; to be run alone on a quiet machine."""
import os
import random
import statistics
import time

import pytest
from support.loop_directory import LENIENT, LENIENT_GATE
from support.tables import CustomerStream, customers, unlabelled
from support.waiting import until


def summary(seconds):
    ordered = sorted(seconds)
    return (f"median {statistics.median(ordered):.3f} s, fastest {ordered[0]:.3f} s, 95 % below "
            f"{ordered[int(0.95 * (len(ordered) - 1))]:.3f} s, slowest {ordered[-1]:.3f} s")


@pytest.mark.long
@pytest.mark.counted("repeats", 50, limit=300, each=20)
def test_from_a_table_to_its_predictions(program, tmp_path, make_loop, count, say):
    """From the rename of a labelled table into the inbox to that of the predictions."""
    loop = make_loop("loop", "watch.settle=0.3", "train.window_rows=7000", *LENIENT_GATE)
    first, *labelled = customers(program, tmp_path, count + count // 4 + 2, 7000)
    loop.drop("customers.csv", unlabelled(first))
    loop.drop("t0.csv", first)
    loop.start()
    loop.wait()
    folder = loop.path / "predictions"
    seconds = []
    rejected = 0
    for number, table in enumerate(labelled):
        if len(seconds) == count:
            break
        before = set(os.listdir(folder))
        runs = len(loop.said(": rejected"))
        loop.drop(f"t{number + 1}.csv", table)
        started = time.monotonic()
        while True:
            if any(not name.startswith(".") for name in set(os.listdir(folder)) - before):
                seconds.append(time.monotonic() - started)
                break
            if time.monotonic() - started > 5 and len(loop.said(": rejected")) > runs:
                # What the gate rejects leads to no predictions, and is not timed.
                rejected += 1
                break
            assert time.monotonic() - started < 60, loop.tail()
            time.sleep(0.001)
        loop.wait()
    steps = [run["seconds"] for run in loop.status()["runs"] if run["id"] > 1]
    loop.stop()
    assert len(seconds) == count, f"the gate rejected too many: {rejected}"
    medians = ", ".join(f"{part} {statistics.median(step[part] for step in steps):.3f} s"
                        for part in ("train", "judge", "total"))
    say(f"{count} tables of 7,000 rows ({rejected} more rejected): {summary(seconds)}; {medians}")


@pytest.mark.long
@pytest.mark.counted("repeats", 50, limit=300, each=10)
def test_rollback(program, tmp_path, make_loop, count, say):
    """From the start of `mlcore models rollback` to its end."""
    loop = make_loop("loop", "watch.settle=0.3", *LENIENT)
    first, second, *rest = customers(program, tmp_path, 2 + 2 * count // 10, 7000)
    for name, content in [("u.csv", unlabelled(first)), ("a.csv", first)]:
        loop.drop(name, content)
    loop.start()
    loop.wait()
    loop.drop("b.csv", second)
    loop.wait()

    def measure(what):
        seconds = []
        for number in range(count):
            if what == "busy loop" and number % 10 == 0:
                # Without the end of a training, which would promote another model meanwhile.
                loop.drop(f"u{number}.csv", unlabelled(rest[number // 5]))
            before = os.readlink(loop.champion)
            started = time.monotonic()
            program("models", "rollback", "--home", loop.path)
            seconds.append(time.monotonic() - started)
            assert os.readlink(loop.champion) != before, "the link was not switched"
        say(f"{count} rollbacks, {what}: {summary(seconds)}")

    measure("loop without work")
    measure("busy loop")
    loop.wait()
    loop.stop()
    measure("no loop")
    assert loop.audit().count("rolled back") == 3 * count


@pytest.mark.long
@pytest.mark.parametrize("seconds, has_queue", [(3600, True), (1, False)])
@pytest.mark.counted("repeats", 20, limit=300, each=20)
def test_from_an_upload_to_its_predictions(
        program, tmp_path, make_loop, make_bucket, count, say, seconds, has_queue):
    """With a queue and a listing every hour, and without a queue and a listing every second."""
    stream = CustomerStream(program, tmp_path)
    bucket = make_bucket(f"latency-{seconds}")
    loop = make_loop("loop", f"watch.list_every={seconds}", *bucket.settings(has_queue),
                     "train.gather=0")
    bucket.put("in/first.csv", stream.take(1_500, labelled=True))
    loop.start()
    loop.until(lambda: "champion" in loop.status()["aliases"], "a champion")
    times = []
    for number in range(count + 1):
        table = stream.take(500, labelled=False)
        started = time.monotonic()
        bucket.put(f"in/u{number}.csv", table)
        until(lambda: bucket.keys(f"out/u{number}."), "a prediction", said=loop.tail)
        times.append(time.monotonic() - started)
        time.sleep(random.Random(number).uniform(0, 1))
    loop.stop()
    # The first one waits for a process that is warm afterwards.
    say(f"{count} uploads: {summary(times[1:])}")
