"""The troubles of `tools/verify-loop trouble`: each is made for real, has to be said in one clear line,
and must lose nothing. What this system does not allow to make (mounting, another user, a faked clock)
is passed over and said."""
import collections
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

from __main__ import PROGRAM, Home, check, mlcore, say, tables, unlabelled

SETTINGS = ["watch.settle=0.2", "watch.patience=0.6", "watch.scan_every=1", "train.gather=0.2"]


class Impossible(Exception):
    """This system does not allow to make the trouble."""


def outcome(*arguments, **options):
    """The exit code and the lines of a command that may fail."""
    result = subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)
    return result.returncode, [line for line in result.stderr.splitlines() if line]


def run(command, **options):
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, **options).returncode == 0


class Trouble(Home):
    """A copy of a home with a champion, and what a loop in it says."""

    data = {}

    def __init__(self, path):
        shutil.copytree(Trouble.template, path, symlinks=True)
        self.path = path
        self.process = None
        self.dropped = 0
        self.mounts = []

    def start(self, prefix=(), **options):
        self.log = open(self.path / "watch.log", "a")
        self.process = subprocess.Popen(
            [*prefix, PROGRAM, "watch", "--home", str(self.path)], stdout=self.log,
            stderr=self.log, **options)

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        for place in reversed(self.mounts):
            run(["umount", "-l", place])

    def once(self, **options):
        return outcome("watch", "--home", self.path, "--once", **options)

    def said(self, word):
        return [line for line in (self.path / "watch.log").read_text().splitlines() if word in line]

    def until(self, condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition():
            check(time.monotonic() < deadline, what, "did not happen; the loop said:", self.tail())
            time.sleep(0.03)

    def files(self):
        return self.status()["files"]

    def mount(self, place, options="size=3m"):
        place.mkdir(exist_ok=True)
        kept = place.with_name(f".{place.name}-kept")
        shutil.copytree(place, kept, symlinks=True)
        if not run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place]):
            shutil.rmtree(kept)
            raise Impossible("mounting is not permitted")
        self.mounts.append(place)
        shutil.copytree(kept, place, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(kept)

    def expect_goes_on(self, states, what):
        """All is well in the end: each input once, champion and audit log whole."""
        self.until(lambda: self.files() == states, f"{what}: {states}", 60)
        self.wait(60)
        self.stop()
        check(self.files() == states, what, self.files())
        mlcore("audit", "verify", "--home", self.path)
        self.check_whole()


def states(ingested=0, duplicate=0, quarantined=0):
    """What the ledger says, on top of the two files of the template."""
    return {"ingested": 2 + ingested, "duplicate": duplicate, "quarantined": quarantined}


def expect(result, code, word, what):
    """A command ended with a code and two lines: the fact, and what to do."""
    found, lines = result
    ours = [line for line in lines if not line.startswith(
        ("watching", "ingested", "quarantined", "duplicate", "predicted", "run ", "problem"))]
    check(found == code, what, "ended with code", found, "expected", code, lines)
    check(len(ours) == 2 and word in ours[0], what, f"expected two lines with '{word}':", lines)
    check(len([line for line in lines if line.startswith("problem")]) <= 1, what, "said twice:", lines)


def fill(folder):
    with open(folder / "filler", "wb", 0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


# ---- disks

def full_part(name):
    def full(home):
        home.mount(home.path / name)
        fill(home.path / name)
        home.drop("b.csv", home.data["b"])
        home.drop("u2.csv", home.data["u2"])
        home.drop("bad.csv", home.data["bad"])
        expect(home.once(), 4, "full" if name == "state" else "No space left", f"{name}/ full")
        home.start()
        time.sleep(1.5)
        problems = home.said("problem") or home.said("mlcore:")
        check(len(problems) <= 2, f"{name}/ full was said often:", problems)
        (home.path / name / "filler").unlink()
        if home.process.poll() is not None:
            home.start()
        home.expect_goes_on(states(2, 0, 1), f"{name}/ full, then not")
    full.__name__ = f"full {name}"
    return full


def full_home(home):
    home.mount(home.path, "size=6m")
    home.start()
    home.until(lambda: home.said("watching"), "a start")
    fill(home.path)
    for name in ("b", "u2"):
        try:
            home.drop(f"{name}.csv", home.data[name])
        except OSError:
            (home.path / "inbox" / f"{name}.csv").touch()
    time.sleep(2.5)
    problems = home.said("problem")
    check(1 <= len(problems) <= 3 and len(set(problems)) == len(problems), "a full disk:", problems)
    (home.path / "filler").unlink()
    for name in ("b", "u2"):
        home.drop(f"{name}.csv", home.data[name])
    home.until(lambda: home.files()["ingested"] == 4, "going on", 60)
    home.wait(60)
    home.stop()
    mlcore("audit", "verify", "--home", home.path)


def limited(home):
    """As a full disk, on a system that does not mount."""
    home.drop("b.csv", home.data["big"])
    home.drop("u2.csv", home.data["small"])

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
    code, lines = home.once(preexec_fn=limit)
    check(code == 4 and any("inbox/b.csv" in line for line in lines), "a file too large:", code, lines)
    check(any(line.startswith("ingested u2.csv") for line in lines), "a smaller one waits:", lines)
    home.start()
    home.expect_goes_on(states(2), "a file too large, then not")


def unwatched(home):
    """The system has no inotify to give."""
    none = ["unshare", "--user", "--map-root-user", "sh", "-c",
            'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"', "sh"]
    if not run([*none, "true"]):
        raise Impossible("user namespaces are not permitted")
    home.start(none)
    home.until(lambda: home.said("cannot watch"), "a word about watching")
    home.drop("b.csv", home.data["b"])
    home.expect_goes_on(states(1), "folders that are not watched")


def read_only_home(home):
    home.mount(home.path, "size=8m")
    if not run(["mount", "-o", "remount,ro", home.path]):
        raise Impossible("mounting is not permitted")
    expect(home.once(), 4, "Read-only file system", "a read-only home")
    run(["mount", "-o", "remount,rw", home.path])
    home.drop("b.csv", home.data["b"])
    home.start()
    home.expect_goes_on(states(1), "a read-only home, then not")


def read_only_inbox(home):
    home.mount(home.path / "inbox")
    (home.path / "inbox/u2.csv").write_bytes(home.data["u2"])
    if not run(["mount", "-o", "remount,ro", home.path / "inbox"]):
        raise Impossible("mounting is not permitted")
    home.start()
    home.until(lambda: home.said("cannot remove"), "a line about the inbox")
    before = process_seconds(home.process.pid)
    time.sleep(1.5)
    check(process_seconds(home.process.pid) - before < 0.7, "the loop is busy with nothing")
    check(len(home.said("problem")) == 1 and home.files() == states(1), home.tail())
    run(["mount", "-o", "remount,rw", home.path / "inbox"])
    home.stop()
    home.start()
    home.until(lambda: not list((home.path / "inbox").iterdir()), "the inbox being emptied")
    home.expect_goes_on(states(1), "an inbox on another disk")


def process_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ---- clock, signals, processes

class Clock:
    """A clock that programs see, set by a file."""

    def __init__(self, setting, text):
        if not shutil.which("faketime"):
            raise Impossible("the program faketime is not installed")
        setting.write_text(text)
        # It holds what the library shares between processes. The library would make it itself, and move
        # the environment by that, beside which Swift looks for the arguments of its program.
        self.holder = subprocess.Popen(
            ["faketime", "-f", "+0", "sh", "-c", 'echo "$FAKETIME_SHARED"; echo "$LD_PRELOAD"; exec cat'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        shared, library = (self.holder.stdout.readline().strip() for _ in range(2))
        self.environment = {
            **os.environ, "LD_PRELOAD": library, "FAKETIME_SHARED": shared, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_TIMESTAMP_FILE": str(setting), "NO_FAKE_STAT": "1"}

    def close(self):
        self.holder.communicate()


def clock(home):
    setting = home.path / ".clock"
    faked = Clock(setting, "+0d")
    home.start(env={**faked.environment, "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
    home.until(lambda: home.said("watching"), "a start")
    for number, offset in enumerate(["-400d", "+30d", "-3d"]):
        setting.write_text(offset)
        home.drop(f"u{number}.csv", home.data["small"] + b"C%d%s\n" % (number, b"," * 30))
        home.until(lambda: home.files()["ingested"] == 3 + number, f"a file with the clock {offset}")
    setting.unlink()
    home.expect_goes_on(states(3), "a clock that jumps")
    faked.close()


def two_loops(home):
    home.start()
    home.until(lambda: home.said("watching"), "a start")
    expect(home.once(), 6, "another process is watching", "a second loop")
    home.drop("b.csv", home.data["b"])
    home.expect_goes_on(states(1), "the first loop")


def stopped_by(number, code):
    def stopped(home):
        quiet = Trouble(home.path.with_name(home.path.name + "-quiet"))
        for each in (quiet, home):
            each.drop("big.csv", home.data["big"])
        quiet.start()
        quiet.expect_goes_on(states(1), "a quiet run")
        home.start()
        home.until(lambda: any((home.path / "runs/2/candidate").glob("*")), "a training")
        started = time.monotonic()
        home.process.send_signal(number)
        check(home.process.wait(20) == code, "the code is not", code)
        seconds = time.monotonic() - started
        check(seconds < 5, "it took", seconds, "s to end")
        home.check_whole()
        home.start()
        home.expect_goes_on(states(1), "going on")
        ends = [sorted((p.relative_to(h.path), p.read_bytes()) for p in
                       [*(h.path / "predictions").iterdir(),
                        *(h.path / "models/churn").glob("*/run/model/*.safetensors")])
                for h in (quiet, home)]
        check(ends[0] == ends[1], "it ended otherwise than a quiet run")
    stopped.__name__ = f"stopped by signal {number}"
    return stopped


# ---- ledger, objects, models, settings

def ledger_files(home):
    return list((home.path / "state").glob("ledger.sqlite*"))


def settle_ledger(home):
    with sqlite3.connect(home.path / "state/ledger.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def ledger_damaged(home):
    settle_ledger(home)
    path = home.path / "state/ledger.sqlite"
    whole = path.read_bytes()
    bytes_ = bytearray(whole)
    for place in range(4104, len(bytes_), 512):
        bytes_[place:place + 64] = b"\xa5" * 64
    path.write_bytes(bytes_)
    expect(home.once(), 5, "ledger.sqlite", "a damaged ledger")
    path.write_bytes(b"no database at all" * 500)
    expect(home.once(), 5, "not a database", "a ledger of something else")
    for file in ledger_files(home):
        file.unlink()
    expect(home.once(), 5, "empty ledger", "a ledger that is gone")
    check(outcome("status", "--home", home.path)[0] == 5, "status of a ledger that is gone")
    check((home.path / "models/churn/champion").exists(), "the champion's link went with the ledger")
    for file in ledger_files(home):
        file.unlink()
    path.write_bytes(whole)
    home.drop("b.csv", home.data["b"])
    home.start()
    home.expect_goes_on(states(1), "a restored ledger")


def ledger_older(home):
    settle_ledger(home)
    copy = (home.path / "state/ledger.sqlite").read_bytes()
    home.drop("b.csv", home.data["b"])
    check(home.once()[0] == 0, "a run")
    known = home.ledger("SELECT name, sha256, object, state, role, rows FROM files ORDER BY id")
    for file in ledger_files(home):
        file.unlink()
    (home.path / "state/ledger.sqlite").write_bytes(copy)
    # What came since is in no inbox any more, and as old as what gc takes for left behind.
    objects = sorted((home.path / "objects").glob("*/*"))
    for path in objects:
        os.utime(path, (time.time() - 200_000,) * 2)
    mlcore("gc", "--home", home.path)
    check(sorted((home.path / "objects").glob("*/*")) == objects, "gc removed what was dropped")
    home.drop("u2.csv", home.data["u2"])
    home.start()
    home.expect_goes_on(states(2), "an older copy of the ledger")
    found = home.ledger("SELECT name, sha256, object, state, role, rows FROM files ORDER BY id")
    check(found[:len(known)] == known, "files of the restored ledger:", found, "expected", known)


def ledger_locked(home):
    home.start()
    home.until(lambda: home.said("watching"), "a start")
    database = sqlite3.connect(home.path / "state/ledger.sqlite", isolation_level=None, timeout=20)
    database.execute("BEGIN IMMEDIATE")
    home.drop("b.csv", home.data["b"])
    home.until(lambda: home.said("database is locked"), "a line about the lock", 30)
    check(outcome("models", "list", "--home", home.path)[0] == 0, "reading a locked ledger")
    started = time.monotonic()
    home.process.send_signal(signal.SIGTERM)
    check(home.process.wait(20) == 143 and time.monotonic() - started < 8, "a slow end")
    check(len(home.said("problem")) <= 2, home.tail())
    database.rollback()
    database.close()
    home.start()
    home.expect_goes_on(states(1), "a ledger that was locked")


def objects_changed(home):
    for gone in (False, True):
        path = next(p for p in (home.path / "objects").glob("*/*") if p.read_bytes() == home.data["a"])
        if gone:
            path.unlink()
        else:
            path.write_bytes(home.data["a"].replace(b"Yes", b"No"))
        home.drop(f"b{gone}.csv", home.data["b" if gone else "c"])
        expect(home.once(), 5, "'a.csv' are", "stored bytes " + ("gone" if gone else "changed"))
        home.drop("a.csv", home.data["a"])
        code, lines = home.once()
        check(code == 0, "the same file, dropped again:", lines)
    home.start()
    home.expect_goes_on(states(2, 2), "objects that were changed")


def champion_changed(home):
    link = home.path / "models/churn/champion"
    version = os.readlink(link)
    home.start()
    home.until(lambda: home.said("watching"), "a start")
    link.unlink()
    link.symlink_to("nowhere")
    home.drop("u2.csv", home.data["u2"])
    home.until(lambda: link.is_symlink() and os.readlink(link) == version, "the link being right again")
    home.wait()
    home.stop()
    model = link / "run/model/churn.safetensors"
    whole = model.read_bytes()
    bytes_ = bytearray(whole)
    bytes_[len(bytes_) // 2] ^= 1
    model.write_bytes(bytes_)
    home.drop("u3.csv", home.data["small"])
    expect(home.once(), 5, "SHA-256", "a damaged model")
    model.write_bytes(whole)
    folder = home.path / "models/churn" / version
    folder.rename(folder.with_name("away"))
    expect(home.once(), 5, "its folder is gone", "a model that is gone")
    folder.with_name("away").rename(folder)
    home.start()
    home.expect_goes_on(states(2), "a model that was restored")


def settings_broken(home):
    home.start()
    home.until(lambda: home.said("watching"), "a start")
    path = home.path / "pipeline.toml"
    whole = path.read_text()
    path.write_text(whole.replace("settle", "settel"))
    home.drop("u2.csv", home.data["u2"])
    home.until(lambda: home.said("predicted u2.csv"), "a prediction by the settings as they were")
    check(outcome("status", "--home", home.path)[0] == 0, "status beside broken settings")
    home.stop()
    expect(home.once(), 2, "settel", "broken settings")
    path.write_text(whole)
    home.start()
    home.expect_goes_on(states(1), "settings that were corrected")


# ---- the inbox and what is dropped

def inbox_replaced(home):
    inbox = home.path / "inbox"
    other = home.path.with_name(home.path.name + "-other")
    other.mkdir(mode=0o755)
    home.start()
    home.until(lambda: home.said("watching"), "a start")
    for how, word in (("nothing", "No such file"), ("file", "Not a directory"), ("link", "Not a directory")):
        before = len(home.said("problem"))
        inbox.rmdir()
        if how == "file":
            inbox.write_text("x")
        elif how == "link":
            inbox.symlink_to(other)
        home.until(lambda: any(word in p for p in home.said("problem")[before:]), f"a line on {how}")
        if how != "nothing":
            inbox.unlink()
        inbox.mkdir(mode=0o700)
        home.drop(f"u-{how}.csv", home.data["small"] + b"C%s%s\n" % (how.encode(), b"," * 30))
        home.until(lambda: home.said(f"predicted u-{how}.csv"), f"going on after {how}")
    check(other.stat().st_mode & 0o777 == 0o755, "what a link leads to was changed")
    home.expect_goes_on(states(3), "an inbox that was replaced")


NAMES = [b"new\nline.csv", b"quo'te\".csv", b"-rf.csv", b"caf\xe9.csv", b"x" * 251 + b".csv",
         "\u00e9".encode() * 125 + b".csv", "\U0001F468\u200d\U0001F469".encode() * 20 + b".csv",
         b" .csv", b"a;b|c$(x)`y`.csv", b"UP.CSV", b"%s%n.csv", b"\\.csv", b"tab\there.csv"]


def names(home):
    inbox = os.fsencode(home.path / "inbox")
    header, *rows = home.data["small"].splitlines(keepends=True)
    for number, name in enumerate(NAMES):
        (home.path / ".new").write_bytes(header + rows[number])
        os.rename(home.path / ".new", inbox + b"/" + name)
        (home.path / ".new").write_bytes(b"no,table\n%d,1\n" % number)
        os.rename(home.path / ".new", inbox + b"/q" + name[:250] + (b".csv" if len(name) > 250 else b""))
    home.start()
    home.expect_goes_on(states(len(NAMES), 0, len(NAMES)), "odd names")
    check(not os.listdir(inbox), "files stayed:", os.listdir(inbox))
    check(home.status()["predictions"] == 1 + len(NAMES), "not all were predicted")


def kinds(home):
    inbox = home.path / "inbox"
    os.mkfifo(inbox / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as server:
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
    deep = inbox
    subprocess.run(["mkdir", "-p", str(inbox) + "/d" * 1500], check=True)
    (inbox / pathlib.Path("d/" * 1500) / "deep.csv").write_bytes(home.data["u2"])
    for number in range(2000):
        (inbox / f"day-{number}").mkdir()
    home.drop("hard.csv", home.data["small"])
    os.link(inbox / "hard.csv", inbox / "hard2.csv")
    count = len([p for p in inbox.glob("*.*") if p.name != "hard.csv" and p.name != "hard2.csv"])
    home.start()
    home.until(lambda: home.files() == states(2, 1), "what can be taken")
    home.drop("u9.csv", home.data["small"] + b"C9%s\n" % (b"," * 30))
    home.until(lambda: home.files() == states(3, 1), "one more")
    passed = home.said("passed over")
    check(len(passed) == len(set(passed)) == count, "passed over:", passed)
    home.expect_goes_on(states(3, 1), "what is no file")


def contents(home):
    good = home.data["u2"]
    header = good.split(b"\n")[0] + b"\n"
    wide = b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n" + b",".join([b"1"] * 1_000_000) + b"\n"
    fit = {"bom.csv": b"\xef\xbb\xbf" + good, "crlf.csv": good.replace(b"\n", b"\r\n")}
    unfit = {"empty.csv": b"", "rows.csv": header, "gzip.csv": b"\x1f\x8b\x08" + os.urandom(9000),
             "utf16.csv": good.decode().encode("utf-16"), "wide.csv": wide,
             "noise.csv": os.urandom(100_000), "fake.parquet": b"PAR1" + os.urandom(500) + b"PAR1",
             "ragged.csv": good + b"1,2,3\n", "quote.csv": good + b'"open',
             "html.csv": b"<html><body>Login</body></html>\n", "nuls.csv": bytes(50_000)}
    for name, text in {**fit, **unfit}.items():
        home.drop(name, text)
    (home.path / "inbox/half.csv").write_bytes(good[:-20])
    home.start()
    home.expect_goes_on(states(2, 0, len(unfit) + 1), "odd contents")
    reasons = list((home.path / "quarantine").glob("*.reason.json"))
    check(len(reasons) == len(unfit) + 1, "reasons:", reasons)
    for line in home.said("quarantined "):
        check(re.search(r": \S", line), "no reason:", line)


def growing(home):
    # The writer may be held up for a while on a busy machine.
    settings = home.path / "pipeline.toml"
    settings.write_text(re.sub(r"settle = .*", "settle = 2.0", settings.read_text(), count=1))
    home.start()
    home.until(lambda: home.said("watching"), "a start")
    header, *rows = home.data["u2"].splitlines(keepends=True)
    with open(home.path / "inbox/growing.csv", "wb", 0) as file:
        file.write(header)
        home.drop("b.csv", home.data["b"])
        started = time.monotonic()
        for row in rows:
            file.write(row)
            time.sleep(0.02)
            if time.monotonic() - started > 2.5 and home.said("run 2: "):
                break
        check(home.files() == states(1), "a file was taken while it grew:", home.tail())
    home.expect_goes_on(states(2), "a file that grew")


def permissions(home):
    user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    if os.getuid() != 0 or not run([*user, "true"]):
        raise Impossible("this is not root")
    for parent in home.path.parents:
        if parent.stat().st_mode & 0o5 != 0o5 and parent != pathlib.Path("/"):
            parent.chmod(parent.stat().st_mode | 0o5)
    home.drop("secret.csv", home.data["b"])
    home.drop("open.csv", home.data["u2"])
    (home.path / "inbox/closed").mkdir()
    run(["chown", "-R", "65534:65534", home.path])
    for name, mode in (("secret.csv", 0), ("closed", 0o700)):
        os.chown(home.path / "inbox" / name, 0, 0)
        os.chmod(home.path / "inbox" / name, mode)
    if not run([*user, PROGRAM, "--version"]):
        raise Impossible("another user cannot run the program")
    home.start(user)
    home.until(lambda: home.said("predicted open.csv"), "the readable file")
    check(len(home.said("problem")) == 1 and "Permission denied" in home.said("problem")[0], home.tail())
    check(len(home.said("passed over")) == 1, home.tail())
    home.stop()
    os.chown(home.path / "inbox/secret.csv", 65534, 65534)
    os.chmod(home.path / "inbox/secret.csv", 0o600)
    home.start(user)
    home.expect_goes_on(states(2), "a file that could not be read")


# ---- commands beside the loop

def released(home):
    home.drop("moved.csv", home.data["moved"])
    home.drop("bad.csv", home.data["bad"])
    home.start()
    home.until(lambda: home.files()["quarantined"] == 2, "two refused files")
    check(len(mlcore("quarantine", "list", "--home", home.path).splitlines()) == 2, "the list")
    expect(outcome("quarantine", "release", "bad.csv", "--home", home.path), 3, "no column", "a bad file")
    expect(outcome("quarantine", "release", "none.csv", "--home", home.path), 2, "none.csv", "no file")
    check(outcome("quarantine", "release", "moved.csv", "--home", home.path)[0] == 0, "a release")
    home.until(lambda: home.said("predicted moved.csv"), "predictions of a released file")
    home.expect_goes_on(states(1, 0, 1), "a released file")
    check("file.released" in "".join(p.read_text() for p in (home.path / "audit").iterdir()), "no record")


def rolled_back(home):
    home.drop("big.csv", home.data["big"])
    home.start()
    home.until(lambda: "previous" in home.status()["aliases"], "a second champion")
    home.wait()
    link = home.path / "models/churn/champion"
    for _ in range(4):
        before = os.readlink(link)
        mlcore("models", "rollback", "--home", home.path)
        check(os.readlink(link) != before, "the link is that of before")
        check(home.status()["aliases"]["champion"]["version"] == os.readlink(link), "not the ledger's")
    home.until(lambda: "".join(p.read_text() for p in (home.path / "audit").iterdir()).count(
        "rolled back") == 4, "the audit log")
    home.expect_goes_on(states(1), "a rollback")


TROUBLES = [*(full_part(name) for name in
              ("objects", "state", "models", "predictions", "runs", "quarantine", "audit")),
            full_home, limited, unwatched, read_only_home, read_only_inbox, clock, two_loops,
            stopped_by(signal.SIGTERM, 143), stopped_by(signal.SIGINT, 130), ledger_damaged,
            ledger_older, ledger_locked, objects_changed, champion_changed, settings_broken,
            inbox_replaced, names, kinds, contents, growing, permissions, released, rolled_back]


def attempt(trouble, path):
    home = Trouble(path)
    try:
        trouble(home)
        return None, None
    except Impossible as reason:
        return str(reason), None
    except (Exception, SystemExit) as problem:
        say(f"{trouble.__name__}: {problem}")
        return None, path
    finally:
        home.close()


def trouble(folder, count):
    """All troubles, some at a time."""
    data = dict(zip(("a", "b", "c"), tables(folder, 3, 1500)))
    data["big"] = tables(folder, 1, 20_000, first_seed=50)[0]
    data["u"], data["u2"] = map(unlabelled, tables(folder, 2, 200, first_seed=20))
    data["small"] = b"".join(unlabelled(tables(folder, 1, 60, first_seed=30)[0]).splitlines(True))
    data["bad"] = data["u2"].replace(b"tenure_months", b"months")
    header, *rows = data["u2"].splitlines(keepends=True)
    place = header.split(b",").index(b"tenure_months")
    moved = [row.split(b",") for row in rows]
    for cells in moved:
        cells[place] = b"90000"
    data["moved"] = header + b"".join(b",".join(cells) for cells in moved)
    Trouble.data = data
    template = Home(folder / "template", *SETTINGS, "gate.margin=1", "gate.calibration=1",
                    "gate.segment=1", "gate.scores=1000")
    template.drop("a.csv", data["a"])
    template.drop("u.csv", data["u"])
    mlcore("watch", "--home", template.path, "--once")
    Trouble.template = template.path
    started = time.monotonic()
    chosen = TROUBLES * count
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(pool.map(
            attempt, chosen, [folder / f"{n}-{t.__name__.replace(' ', '-')}" for n, t in enumerate(chosen)]))
    failed = [str(path) for _, path in results if path]
    check(not failed, "see", *failed)
    left = collections.defaultdict(list)
    for each, (reason, _) in zip(chosen, results):
        if reason:
            left[reason].append(each.__name__)
    for reason, which in left.items():
        say(f"passed over, as {reason}: {', '.join(which)}")
    say(f"{len(chosen) - sum(map(len, left.values()))} troubles, each said and nothing lost, in "
        f"{time.monotonic() - started:.0f} s")
