"""Honest and poisoned labels over many seeds: the gate lets no poisoned challenger through.

Each seed deals the customers into two tables. A champion learns from the first. Then the second one
comes, as it is or with poisoned labels, and a challenger learns from both ("all") or from the second
alone ("window"). A table that intake refuses is released, so that the gate is asked about it too.
"""
import collections
import concurrent.futures
import csv
import io
import os
import random
import shutil

import pytest
from support.loop_directory import LoopDirectory


class LabelledTable:
    """The rows of a table, and ways to spoil their labels."""

    def __init__(self, path, target, segment):
        with open(path, newline="") as file:
            self.head, *self.rows = csv.reader(file)
        self.target = self.head.index(target)
        self.segment = self.head.index(segment)
        self.classes = sorted({row[self.target] for row in self.rows})
        # The second largest group.
        levels = collections.Counter(row[self.segment] for row in self.rows)
        self.level = levels.most_common()[1][0]

    def shuffled(self, rows, share, chance):
        """The labels of a share of the rows change places among each other."""
        places = [number for number in range(len(rows)) if chance.random() < share]
        labels = [rows[place][self.target] for place in places]
        chance.shuffle(labels)
        result = [list(row) for row in rows]
        for place, label in zip(places, labels):
            result[place][self.target] = label
        return result

    def flipped(self, rows):
        """The labels of one group are the wrong way round."""
        result = [list(row) for row in rows]
        for row in result:
            if row[self.segment] == self.level:
                row[self.target] = self.classes[row[self.target] == self.classes[0]]
        return result

    def content(self, rows):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([self.head] + rows)
        return text.getvalue().encode()


def passes(loop, name, content):
    """Drops a table and trains; whether intake refuses it, and whether the gate passes."""
    loop.drop(name, content)
    code, lines = loop.once()
    assert code == 0, lines
    refused = loop.files()["quarantined"] > 0
    if refused:
        loop.program("quarantine", "release", name, "--home", loop.path)
        code, lines = loop.once()
        assert code == 0, lines
    run = loop.status()["runs"][0]
    assert run["state"] in ("promoted", "rejected", "failed"), run
    return refused, run["state"] == "promoted"


def deal(program, folder, table, identifier, seed):
    """The answers to all questions of one seed: (labels, files, is refused, passes)."""
    chance = random.Random(seed)
    rows = list(table.rows)
    chance.shuffle(rows)
    half = len(rows) // 2
    old, new = rows[:half], rows[half:]
    spoilt = {
        "honest": new,
        "shuffled": table.shuffled(new, 1, chance),
        "30 % shuffled": table.shuffled(new, 0.3, chance),
        f"flipped where {table.head[table.segment]} is {table.level}": table.flipped(new),
    }
    settings = [f"data.target={table.head[table.target]}", f"data.id={identifier}"]
    first, champion = (LoopDirectory.made(program, folder / f"{seed}-{name}", *settings)
                       for name in ("first", "champion"))
    answers = [
        ("shuffled", "first",
         *passes(first, "first.csv", table.content(table.shuffled(rows, 1, chance)))),
        ("honest", "first", *passes(champion, "old.csv", table.content(old)))]
    if champion.champion.exists():
        for kind, rows in spoilt.items():
            for mode in "all", "window":
                loop = champion.copied(folder / f"{seed}-copy")
                if mode == "window":
                    loop.set("window_rows", len(rows))
                answers.append((kind, mode, *passes(loop, "new.csv", table.content(rows))))
                shutil.rmtree(loop.path)
    for loop in first, champion:
        shutil.rmtree(loop.path)
    return answers


@pytest.mark.long
@pytest.mark.counted("seeds", 20, limit=300, each=120)
def test_poisoned_labels(program, tmp_path, count, say, pytestconfig):
    path = pytestconfig.getoption("data")
    if not path:
        path = tmp_path / "customers.csv"
        program("generate", "churn", "--rows", 7000, "--seed", 1, "--out", path)
    table = LabelledTable(path, *map(pytestconfig.getoption, ("target", "segment")))
    identifier = pytestconfig.getoption("id")
    results = collections.defaultdict(collections.Counter)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        seeds = range(1, count + 1)
        for answers in pool.map(
                lambda seed: deal(program, tmp_path, table, identifier, seed), seeds):
            for kind, mode, refused, passed in answers:
                results[kind, mode].update(
                    asked=1, refused=refused, passed=passed, through=passed and not refused)
    for (kind, mode), result in results.items():
        say(f"{kind:40} {mode:7} {result['asked']:5} asked, intake refuses {result['refused']:4}, "
            f"gate passes {result['passed']:4}, both {result['through']:4}")
    for (kind, mode), result in results.items():
        if kind != "honest":
            assert result["passed"] == 0, f"{kind}, {mode}: {result}"
    assert results["honest", "first"]["through"] == count
