"""Clocks that jump, loops that meet, signals, and commands beside a running loop."""
import os
import signal
import time

import pytest
from support.loop_directory import counts, expect
from support.program import contents
from support.tables import another


def test_the_clock_jumps(loop, data, clock):
    loop.start(env={**clock.environment, "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
    loop.until_watching()
    for number, offset in enumerate(["-400d", "+30d", "-3d"]):
        clock.set(offset)
        loop.drop(f"u{number}.csv", another(data["small"], f"C{number}"))
        loop.until(lambda: loop.files()["ingested"] == 3 + number, f"a file at {offset}")
    clock.setting.unlink()
    loop.expect_goes_on(counts(ingested=3))


def test_two_loops_meet(loop, data):
    loop.start()
    loop.until_watching()
    expect(loop.once(), 6, "another process is watching")
    loop.drop("b.csv", data["b"])
    loop.expect_goes_on(counts(ingested=1))


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_training(copy_loop, data, number, code):
    quiet, loop = (copy_loop(name) for name in ("quiet", "loop"))
    for each in quiet, loop:
        each.drop("big.csv", data["big"])
    quiet.start()
    quiet.expect_goes_on(counts(ingested=1))
    loop.start()
    loop.until(lambda: any((loop.path / "runs/2/candidate").glob("*")), "a training")
    started = time.monotonic()
    loop.process.send_signal(number)
    assert loop.process.wait(20) == code
    assert time.monotonic() - started < 5
    loop.check_whole()
    loop.start()
    loop.expect_goes_on(counts(ingested=1))
    assert loop.predictions() == quiet.predictions()
    models = [{name: content for name, content in contents(each.path / "models/churn").items()
               if name.endswith(".safetensors")} for each in (quiet, loop)]
    assert models[0] == models[1]


def test_a_refused_file_is_released(loop, data, program):
    def quarantine(*arguments):
        return program.outcome("quarantine", *arguments, "--home", loop.path)

    loop.drop("moved.csv", data["moved"])
    loop.drop("bad.csv", data["bad"])
    loop.start()
    loop.until(lambda: loop.files()["quarantined"] == 2, "two refused files")
    assert len(program("quarantine", "list", "--home", loop.path).splitlines()) == 2
    expect(quarantine("release", "bad.csv"), 3, "no column")
    expect(quarantine("release", "none.csv"), 2, "none.csv")
    assert quarantine("release", "moved.csv")[0] == 0
    loop.until(lambda: loop.said("predicted moved.csv"), "predictions of a released file")
    loop.expect_goes_on(counts(ingested=1, quarantined=1))
    assert "file.released" in loop.audit()


def test_a_champion_is_rolled_back(loop, data, program):
    loop.drop("big.csv", data["big"])
    loop.start()
    loop.until(lambda: "previous" in loop.status()["aliases"], "a second champion")
    loop.wait()
    for _ in range(4):
        before = os.readlink(loop.champion)
        program("models", "rollback", "--home", loop.path)
        assert os.readlink(loop.champion) != before
        assert os.readlink(loop.champion) == loop.version()
    loop.until(lambda: loop.audit().count("rolled back") == 4, "four records")
    loop.expect_goes_on(counts(ingested=1))
