"""The directory of a loop, and the loop while it runs."""
import collections
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3

from support.program import children, contents
from support.waiting import until

# With these settings a challenger passes whichever champions it met on the way.
LENIENT_GATE = ["gate.margin=1", "gate.calibration=1", "gate.segment=1", "gate.scores=1000"]
LENIENT = [*LENIENT_GATE, "checks.unseen=1", "checks.missing=1", "checks.outside=1",
           "checks.labels=1"]
LENIENT_RECOMMENDER = ["gate.margin=1", "gate.coverage=0", "checks.agreement=1",
                       "checks.unknown=1"]
CHURN = ["data.target=churn", "data.id=customer_id"]


class LoopDirectory:
    def __init__(self, program, path, task="churn"):
        self.program = program
        self.path = path
        self.champion = path / "models" / task / "champion"
        self.process = None
        self.dropped = 0

    @classmethod
    def made(cls, program, path, *settings, task="churn"):
        """A new directory with some settings."""
        given = [f"task={task}", *(CHURN if task == "churn" else []), *settings]
        program("watch", "--init", "--home", path, *(x for s in given for x in ("--set", s)))
        return cls(program, path, task)

    def copied(self, path):
        """A copy, for another loop."""
        shutil.copytree(self.path, path, symlinks=True)
        return LoopDirectory(self.program, path, self.champion.parent.name)

    def set(self, key, value):
        """Changes the first setting of a name in pipeline.toml."""
        file = self.path / "pipeline.toml"
        text, count = re.subn(rf"(?m)^{key} = .*", f"{key} = {value}", file.read_text(), count=1)
        assert count == 1, f"pipeline.toml has no {key}"
        file.write_text(text)

    # ---- the process

    def start(self, prefix=(), **options):
        with open(self.path / "watch.log", "a") as log:
            self.process = self.program.start(
                "watch", "--home", self.path, prefix=prefix, stdout=log, stderr=log, **options)

    def once(self, **options):
        """Runs the loop until nothing is left to do: its exit code and what it said."""
        return self.program.outcome("watch", "--home", self.path, "--once", **options)

    def kill(self):
        self.process.kill()
        self.process.wait(20)

    def kill_step(self):
        """Kills the processes of steps, as the system does when memory runs out."""
        for child in children(self.process):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 143, "SIGTERM did not end the loop"

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()

    # ---- what goes in and comes out

    def drop(self, name, content):
        """Drops a file by a rename, as writers should."""
        self.dropped += 1
        temporary = self.path / f".drop-{self.dropped}"
        temporary.write_bytes(content)
        os.rename(temporary, os.path.join(os.fsencode(self.path / "inbox"), os.fsencode(name)))

    def status(self):
        return json.loads(self.program("status", "--home", self.path, "--json"))

    def files(self):
        return self.status()["files"]

    def version(self):
        """The version of the champion."""
        return self.status()["aliases"]["champion"]["version"]

    def said(self, word):
        """The lines of the loop with a word in them."""
        return [line for line in (self.path / "watch.log").read_text().splitlines() if word in line]

    def tail(self):
        return (self.path / "watch.log").read_text()[-2000:]

    def audit(self):
        """The audit log, which must be whole."""
        self.program("audit", "verify", "--home", self.path)
        return "".join(path.read_text() for path in (self.path / "audit").iterdir())

    def ledger(self, question):
        database = sqlite3.connect(self.path / "state/ledger.sqlite")
        try:
            return database.execute(question).fetchall()
        finally:
            database.close()

    def predictions(self, version=None):
        """The predictions of a model, or of all, by name."""
        return {name: content for name, content in contents(self.path / "predictions").items()
                if version is None or f".{version}." in name}

    # ---- waiting

    def until(self, holds, what, seconds=120):
        return until(holds, what, seconds, said=self.tail)

    def until_watching(self):
        self.until(lambda: self.said("watching"), "a start")

    def wait(self, seconds=300, also=lambda status: True):
        """Waits until nothing is left to do and something else holds; returns the status."""

        def done():
            status = self.status()
            if also(status) and not (
                    any(run["state"] == "running" for run in status["runs"])
                    or any(status[name] for name in ("inbox", "untrained", "unpredicted"))):
                return status
            assert self.process.poll() is None, f"the loop ended: {self.tail()}"
            return None

        # A status is read in parts, between which a model may be promoted: the second one counts.
        return self.until(lambda: done() and done(), "the end of all work", seconds)

    # ---- what must hold

    def check_whole(self):
        """What holds at every moment."""
        if self.champion.is_symlink():
            assert self.champion.exists(), "the champion's link leads nowhere"
            self.program("inspect", self.champion / "run")

    def check_end(self, inputs):
        """What holds when nothing is left to do. `inputs` counts what was dropped, by name."""
        found = collections.Counter(name for name, in self.ledger("SELECT name FROM files"))
        assert found == inputs, f"lost {inputs - found}, too many {found - inputs}"
        assert not list((self.path / "inbox").iterdir()), "the inbox is not empty"
        assert not list((self.path / "state/taken").iterdir()), "files were left half taken"
        for path in (self.path / "objects").glob("*/*"):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert path.name.startswith(digest), f"an object is not what its name says: {path}"
        hidden = [path for path in self.path.rglob(".*") if path.parent != self.path]
        assert not hidden, f"half-made files: {hidden}"
        self.audit()
        self.check_whole()

    def expect_goes_on(self, files):
        """The loop comes to an end with so many files, whole."""
        self.until(lambda: self.files() == files, f"the files {files}")
        self.wait(120)
        self.stop()
        assert self.files() == files
        self.audit()
        self.check_whole()


def counts(ingested=0, duplicate=0, quarantined=0):
    """What the ledger says of files, on top of the two of the loop with a champion."""
    return {"ingested": 2 + ingested, "duplicate": duplicate, "quarantined": quarantined}


def expect(outcome, code, word):
    """A loop ended with a code and two lines: the fact, and what to do."""
    found, lines = outcome
    ours = [line for line in lines if not line.startswith(
        ("watching", "ingested", "quarantined", "duplicate", "predicted", "run ", "problem"))]
    assert found == code, lines
    assert len(ours) == 2 and word in ours[0], f"expected two lines with '{word}': {lines}"
    assert len([line for line in lines if line.startswith("problem")]) <= 1, f"said twice: {lines}"
