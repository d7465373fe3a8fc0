"""Odd inboxes, names, kinds and contents of files."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time

import pytest
from support.loop_directory import counts
from support.program import succeeds
from support.tables import another


def test_the_inbox_is_replaced(loop, data, tmp_path):
    inbox = loop.path / "inbox"
    other = tmp_path / "other"
    other.mkdir(mode=0o755)
    loop.start()
    loop.until_watching()
    for how, word in [
            ("nothing", "No such file"), ("file", "Not a directory"), ("link", "Not a directory")]:
        before = len(loop.said("problem"))
        inbox.rmdir()
        if how == "file":
            inbox.write_text("x")
        elif how == "link":
            inbox.symlink_to(other)
        loop.until(lambda: any(word in line for line in loop.said("problem")[before:]),
                   f"a line on {how}")
        if how != "nothing":
            inbox.unlink()
        inbox.mkdir(mode=0o700)
        loop.drop(f"u-{how}.csv", another(data["small"], f"C{how}"))
        loop.until(lambda: loop.said(f"predicted u-{how}.csv"), f"going on after {how}")
    assert other.stat().st_mode & 0o777 == 0o755, "what a link leads to was changed"
    loop.expect_goes_on(counts(ingested=3))


NAMES = [b"new\nline.csv", b"quo'te\".csv", b"-rf.csv", b"caf\xe9.csv", b"x" * 251 + b".csv",
         "\u00e9".encode() * 125 + b".csv", "\U0001F468\u200d\U0001F469".encode() * 20 + b".csv",
         b" .csv", b"a;b|c$(x)`y`.csv", b"UP.CSV", b"%s%n.csv", b"\\.csv", b"tab\there.csv"]


def test_odd_names(loop, data):
    header, *rows = data["small"].splitlines(keepends=True)
    for number, name in enumerate(NAMES):
        loop.drop(name, header + rows[number])
        unusable = b"q" + name[:250] + (b".csv" if len(name) > 250 else b"")
        loop.drop(unusable, b"no,table\n%d,1\n" % number)
    loop.start()
    loop.expect_goes_on(counts(ingested=len(NAMES), quarantined=len(NAMES)))
    assert os.listdir(loop.path / "inbox") == []
    assert loop.status()["predictions"] == 1 + len(NAMES)


def make_odd_kinds(inbox):
    """Names that are no tables; returns how many the loop has to pass over."""
    os.mkfifo(inbox / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as server:
        # A socket's path is short.
        short = os.open(inbox, os.O_PATH)
        server.bind(f"/proc/self/fd/{short}/socket.csv")
        os.close(short)
    (inbox / "link.csv").symlink_to("/etc/passwd")
    (inbox / "self").symlink_to(".")
    (inbox / "x.csv").symlink_to("y.csv")
    (inbox / "y.csv").symlink_to("x.csv")
    (inbox / "report.xlsx").write_bytes(b"PK")
    (inbox / "a.csv.gz").write_bytes(b"\x1f\x8b")
    try:
        os.mknod(inbox / "device.csv", 0o600 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pass
    return len(list(inbox.glob("*.*")))


def test_odd_kinds(loop, data):
    inbox = loop.path / "inbox"
    count = make_odd_kinds(inbox)
    try:
        subprocess.run(["mkdir", "-p", str(inbox) + "/d" * 1500], check=True)
        (inbox / pathlib.Path("d/" * 1500) / "deep.csv").write_bytes(data["u2"])
        for number in range(2000):
            (inbox / f"day-{number}").mkdir()
        loop.drop("hard.csv", data["small"])
        os.link(inbox / "hard.csv", inbox / "hard2.csv")
        loop.start()
        loop.until(lambda: loop.files() == counts(ingested=2, duplicate=1), "what can be taken")
        loop.drop("u9.csv", another(data["small"], "C9"))
        loop.until(lambda: loop.files() == counts(ingested=3, duplicate=1), "one more")
        passed = loop.said("passed over")
        assert len(passed) == len(set(passed)) == count, passed
        loop.expect_goes_on(counts(ingested=3, duplicate=1))
    finally:
        # Deeper than Python can remove.
        subprocess.run(["rm", "-rf", inbox / "d"], check=True)


def test_odd_contents(loop, data, program):
    good = data["u2"]
    header = good.split(b"\n")[0] + b"\n"
    wide = b",".join(b"c%d" % number for number in range(1_000_000)) + b"\n"
    wide += b",".join([b"1"] * 1_000_000) + b"\n"
    fit = {"bom.csv": b"\xef\xbb\xbf" + good, "crlf.csv": good.replace(b"\n", b"\r\n")}
    unfit = {"empty.csv": b"", "rows.csv": header, "gzip.csv": b"\x1f\x8b\x08" + os.urandom(9000),
             "utf16.csv": good.decode().encode("utf-16"), "wide.csv": wide,
             "noise.csv": os.urandom(100_000), "fake.parquet": b"PAR1" + os.urandom(500) + b"PAR1",
             "ragged.csv": good + b"1,2,3\n", "quote.csv": good + b'"open',
             "html.csv": b"<html><body>Login</body></html>\n", "nuls.csv": bytes(50_000)}
    for name, content in {**fit, **unfit}.items():
        loop.drop(name, content)
    (loop.path / "inbox/half.csv").write_bytes(good[:-20])
    # The year 2400, which 64 bits of nanoseconds do not reach.
    os.utime(loop.path / "inbox/bom.csv", (13_569_465_600, 13_569_465_600))
    assert program.outcome("status", "--home", loop.path)[0] == 0
    loop.start()
    loop.expect_goes_on(counts(ingested=2, quarantined=len(unfit) + 1))
    reasons = list((loop.path / "quarantine").glob("*.reason.json"))
    assert len(reasons) == len(unfit) + 1, reasons
    for line in loop.said("quarantined "):
        assert re.search(r": \S", line), f"no reason: {line}"


def test_a_file_grows(loop, data):
    settle = 2.0
    loop.set("settle", settle)
    loop.start()
    loop.until_watching()
    header, *rows = data["u2"].splitlines(keepends=True)
    with open(loop.path / "inbox/growing.csv", "wb", 0) as file:
        loop.drop("b.csv", data["b"])
        started = written = time.monotonic()
        longest = 0
        for row in [header, *rows]:
            file.write(row)
            time.sleep(0.02)
            longest = max(longest, time.monotonic() - written)
            written = time.monotonic()
            if written - started > 1.25 * settle and loop.said("run 2: "):
                break
        found = loop.files()
    if longest >= settle:
        pytest.skip(f"the writer was held up for {longest:.1f} s")
    assert found == counts(ingested=1), f"a file was taken while it grew: {loop.tail()}"
    loop.expect_goes_on(counts(ingested=2))


@pytest.fixture
def public_loop(loop):
    """The loop in a folder that other users can enter."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mlcore-acceptance-"))
    folder.chmod(0o755)
    public = loop.copied(folder / "loop")
    yield public
    public.close()
    shutil.rmtree(folder)


def test_another_user_may_not_read(public_loop, data):
    loop = public_loop
    user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    if os.getuid() != 0 or not succeeds(*user, "true"):
        pytest.skip("this is not root")
    if not succeeds(*user, loop.program.path, "--version"):
        pytest.skip("another user cannot run the program")
    loop.drop("secret.csv", data["b"])
    loop.drop("open.csv", data["u2"])
    (loop.path / "inbox/closed").mkdir()
    assert succeeds("chown", "-R", "65534:65534", loop.path)
    for name, mode in [("secret.csv", 0), ("closed", 0o700)]:
        os.chown(loop.path / "inbox" / name, 0, 0)
        os.chmod(loop.path / "inbox" / name, mode)
    loop.start(user)
    loop.until(lambda: loop.said("predicted open.csv"), "the readable file")
    problem, = loop.said("problem")
    assert "Permission denied" in problem
    assert len(loop.said("passed over")) == 1, loop.tail()
    loop.stop()
    os.chown(loop.path / "inbox/secret.csv", 65534, 65534)
    os.chmod(loop.path / "inbox/secret.csv", 0o600)
    loop.start(user)
    loop.expect_goes_on(counts(ingested=2))
