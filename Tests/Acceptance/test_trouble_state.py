"""Damaged, lost and locked parts of a loop: said in one clear line, and mended without a loss."""
import os
import signal
import sqlite3
import time

from support.loop_directory import counts, expect


def remove_ledger(loop):
    for path in (loop.path / "state").glob("ledger.sqlite*"):
        path.unlink()


def settled_ledger(loop):
    """The path and the bytes of the ledger, all of it in one file."""
    loop.ledger("PRAGMA wal_checkpoint(TRUNCATE)")
    path = loop.path / "state/ledger.sqlite"
    return path, path.read_bytes()


def test_the_ledger_is_damaged(loop, data, program):
    path, whole = settled_ledger(loop)
    damaged = bytearray(whole)
    for place in range(4104, len(damaged), 512):
        damaged[place:place + 64] = b"\xa5" * 64
    path.write_bytes(damaged)
    expect(loop.once(), 5, "ledger.sqlite")
    path.write_bytes(b"no database at all" * 500)
    expect(loop.once(), 5, "not a database")
    remove_ledger(loop)
    expect(loop.once(), 5, "empty ledger")
    assert program.outcome("status", "--home", loop.path)[0] == 5
    assert loop.champion.exists(), "the champion's link went with the ledger"
    remove_ledger(loop)
    path.write_bytes(whole)
    loop.drop("b.csv", data["b"])
    loop.start()
    loop.expect_goes_on(counts(ingested=1))


def test_the_ledger_is_an_older_copy(loop, data, program):
    def files():
        return loop.ledger("SELECT name, sha256, object, state, role, rows FROM files ORDER BY id")

    path, copy = settled_ledger(loop)
    loop.drop("b.csv", data["b"])
    assert loop.once()[0] == 0
    known = files()
    remove_ledger(loop)
    path.write_bytes(copy)
    # What came since is in no inbox any more, and as old as what gc takes for left behind.
    objects = sorted((loop.path / "objects").glob("*/*"))
    for object in objects:
        os.utime(object, (time.time() - 200_000,) * 2)
    program("gc", "--home", loop.path)
    assert sorted((loop.path / "objects").glob("*/*")) == objects
    loop.drop("u2.csv", data["u2"])
    loop.start()
    loop.expect_goes_on(counts(ingested=2))
    assert files()[:len(known)] == known


def test_the_ledger_is_locked(loop, data, program):
    loop.start()
    loop.until_watching()
    database = sqlite3.connect(
        loop.path / "state/ledger.sqlite", isolation_level=None, timeout=20)
    database.execute("BEGIN IMMEDIATE")
    loop.drop("b.csv", data["b"])
    loop.until(lambda: loop.said("database is locked"), "a line about the lock")
    assert program.outcome("models", "list", "--home", loop.path)[0] == 0
    started = time.monotonic()
    loop.process.send_signal(signal.SIGTERM)
    assert loop.process.wait(20) == 143 and time.monotonic() - started < 8, "a slow end"
    assert len(loop.said("problem")) <= 2, loop.tail()
    database.rollback()
    database.close()
    loop.start()
    loop.expect_goes_on(counts(ingested=1))


def test_stored_bytes_are_changed_or_gone(loop, data):
    for name in "c", "b":
        path, = (path for path in (loop.path / "objects").glob("*/*")
                 if path.read_bytes() == data["a"])
        if name == "c":
            path.write_bytes(data["a"].replace(b"Yes", b"No"))
        else:
            path.unlink()
        loop.drop(f"{name}.csv", data[name])
        expect(loop.once(), 5, "'a.csv' are")
        loop.drop("a.csv", data["a"])
        code, lines = loop.once()
        assert code == 0, lines
    loop.start()
    loop.expect_goes_on(counts(ingested=2, duplicate=2))


def test_the_champion_is_changed_or_gone(loop, data):
    version = os.readlink(loop.champion)
    loop.start()
    loop.until_watching()
    loop.champion.unlink()
    loop.champion.symlink_to("nowhere")
    loop.drop("u2.csv", data["u2"])
    loop.until(lambda: loop.champion.is_symlink() and os.readlink(loop.champion) == version,
               "the right link")
    loop.wait()
    loop.stop()
    model = loop.champion / "run/model/churn.safetensors"
    whole = model.read_bytes()
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 1
    model.write_bytes(damaged)
    loop.drop("u3.csv", data["small"])
    expect(loop.once(), 5, "SHA-256")
    model.write_bytes(whole)
    folder = loop.champion.with_name(version)
    folder.rename(folder.with_name("away"))
    expect(loop.once(), 5, "its folder is gone")
    folder.with_name("away").rename(folder)
    loop.start()
    loop.expect_goes_on(counts(ingested=2))


def test_the_settings_are_broken(loop, data, program):
    loop.start()
    loop.until_watching()
    path = loop.path / "pipeline.toml"
    whole = path.read_text()
    path.write_text(whole.replace("settle", "settel"))
    loop.drop("u2.csv", data["u2"])
    loop.until(lambda: loop.said("predicted u2.csv"), "a prediction by the settings as they were")
    assert program.outcome("status", "--home", loop.path)[0] == 0
    loop.stop()
    expect(loop.once(), 2, "settel")
    path.write_text(whole)
    loop.start()
    loop.expect_goes_on(counts(ingested=1))
