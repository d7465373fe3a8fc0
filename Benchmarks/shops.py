"""Recommenders on several shops: quality, seconds and memory of every model, side by side.

Each contestant learns from the training and validation parts and is judged on the test part, by the
first 20 of all items. What has values to choose, ours and the peers', chooses them on a validation
part of the training interactions.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import interactions
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from contest import Result

PEERS = pathlib.Path(__file__).resolve().parent / "peers" / "recommender"
PRESETS = ["auto", "retrieval", "graph", "ease"]
BASELINES = ["ials", "popularity"]
PEER_SCRIPTS = {"implicit, small grid": "implicit_grid.py", "Turbo-CF in SciPy": "turbo_cf.py"}
PRESETS_OF_SCALE = ["graph", "ease", "retrieval"]
TOP = 20
# Starts a program from a process that is small itself: a program's peak memory counts from that of
# the process that started it. Its last line of errors is the peak, in KB.
LAUNCHER = """import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""

INTRODUCTION = f"""## Shops

Trained on the training and validation parts, judged on the test part, whose rows of users or items
that training does not know are left out. Ours is the whole command `mlcore train recommender` with
reading, test and writing; `ials` and `popularity` are its baselines. The peers' seconds begin with
the interactions in memory. implicit: 64 factors, 15 iterations, the best of 9 pairs of alpha and
penalty on the validation part; its seconds are those of the last fit, those of the grid in brackets.
Turbo-CF: exponents 0.6 and 0.4, power 0.7, for all shops. R and N are recall and NDCG of {TOP} items.
"""


def measured(command: list[object], most_seconds: float) -> Result | str:
    """The JSON of a program, its seconds and its peak memory in MB; else why there is none."""
    started = time.monotonic()
    words = [sys.executable, "-c", LAUNCHER, *map(str, command)]
    with subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          start_new_session=True) as process:
        try:
            output, errors = process.communicate(timeout=most_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return f"stopped after {most_seconds:.0f} s"
    seconds = time.monotonic() - started
    *said, memory = errors.strip().splitlines()
    if process.returncode:
        return (said or [f"exit code {process.returncode}"])[-1][:200]
    return {"all_seconds": seconds, "memory": int(memory) / 1024} | json.loads(output)


class Shop:
    """A folder of train.txt, valid.txt and test.txt, and the same as tables for our program."""

    def __init__(self, name: str, folder: pathlib.Path, kept: pathlib.Path):
        self.name, self.folder = name, folder
        train, valid, test = (interactions.pairs(folder / f"{part}.txt")
                              for part in ("train", "valid", "test"))
        known = np.concatenate([train, valid])
        test = test[np.isin(test[:, 0], known[:, 0]) & np.isin(test[:, 1], known[:, 1])]
        self.users, self.items = (len(np.unique(side)) for side in known.T)
        self.pairs = len(known)
        kept.mkdir(parents=True, exist_ok=True)
        self.known, self.test = kept / f"{name}-known.parquet", kept / f"{name}-test.parquet"
        for pairs, path in ((known, self.known), (test, self.test)):
            write_pairs(pairs, path)

    @property
    def density(self) -> float:
        return self.pairs / (self.users * self.items)


def write_pairs(pairs: np.ndarray, path: pathlib.Path) -> None:
    columns = [pa.array(side.astype(str)) for side in pairs.T]
    pyarrow.parquet.write_table(pa.table(columns, names=["user", "item"]), path)


class Contest:
    """Runs ours and the peers on shops."""

    def __init__(self, program: pathlib.Path, kept: pathlib.Path, threads: int, seconds: float):
        self.program, self.kept, self.threads, self.seconds = program, kept, threads, seconds

    def timed(self, *command: object) -> Result | str:
        return measured(list(command), self.seconds)

    def train(self, *words: object) -> Result | str:
        return self.timed(self.program, "train", "recommender", *words, "--threads", self.threads,
                          "--k", TOP, "--json")

    def ours(self, shop: Shop, model: str) -> Result | str:
        data = ["--data", shop.known, "--test", shop.test]
        if model in BASELINES:
            found = self.train(*data, "--baselines", model, "--baseline-only",
                               "--preset", "retrieval")
            return found if isinstance(found, str) else found | found["baselines"][model]
        preset = [] if model == "auto" else ["--preset", model]
        found = self.train(*data, *preset, "--baselines", "popularity", "--force",
                           "--out", self.kept / "shop-model")
        return found if isinstance(found, str) else found | found["metrics"]

    def peer(self, shop: Shop, script: str) -> Result | str:
        return self.timed(sys.executable, PEERS / script, shop.folder, self.threads)

    def rows(self, shop: Shop) -> list[str]:
        """A line of the table for each contestant."""
        results = {f"mlcore {model}": self.ours(shop, model) for model in PRESETS + BASELINES}
        results |= {name: self.peer(shop, script) for name, script in PEER_SCRIPTS.items()}
        lines = []
        for name, found in results.items():
            print(shop.name, name, found if isinstance(found, str) else cells(found),
                  file=sys.stderr, flush=True)
            lines.append(f"| {name} | " + (
                f"{found} | | | | |" if isinstance(found, str) else " | ".join(cells(found)) + " |"))
        return lines


def cells(found: Result) -> list[str]:
    seconds = f"{found.get('seconds', found['all_seconds']):.1f}"
    if "grid_seconds" in found:
        seconds += f" ({found['grid_seconds']:.1f})"
    choice = found.get("choice", "")
    if "candidates" in found:
        choice = ", ".join(f"{name} {value:.4f}" for name, value in
                           sorted(found["candidates"].items())) + f": {found['model']['preset']}"
    return [f"{found[f'recall_at_{TOP}']:.4f}", f"{found[f'ndcg_at_{TOP}']:.4f}", seconds,
            f"{found['memory']:.0f}", choice]


def section(contest: Contest, shops: list[Shop]) -> list[str]:
    """The tables of all shops."""
    lines = [INTRODUCTION]
    for shop in shops:
        lines += [f"### {shop.name}", "",
                  f"{shop.users:,} users, {shop.items:,} items, {shop.pairs:,} pairs "
                  f"({shop.density:.2%}).", "",
                  f"| contestant | R@{TOP} | N@{TOP} | seconds | MB | chosen on the validation part |",
                  "|---|---|---|---|---|---|", *contest.rows(shop), ""]
    return lines


def lists_for_all(contest: Contest, users: int, items: int) -> list[str]:
    """The seconds of one file with a list for each user."""
    pairs = interactions.long_tailed(users, items, 10 * users)
    data, out = contest.kept / "batch.parquet", contest.kept / "batch-model"
    write_pairs(pairs, data)
    write_pairs(np.unique(pairs[:, :1], axis=0).repeat(2, axis=1), contest.kept / "users.parquet")
    # How good the vectors are has no effect on the time of a search.
    trained = contest.train("--data", data, "--preset", "retrieval", "--epochs", 1, "--patience", 0,
                            "--baselines", "popularity", "--out", out, "--force")
    found = trained if isinstance(trained, str) else contest.timed(
        contest.program, "recommend", "--model", out, "--users", contest.kept / "users.parquet",
        "--k", TOP, "--threads", contest.threads, "--json", "--force", "--out",
        contest.kept / "lists.parquet")
    words = (found if isinstance(found, str) else
             f"**{found['all_seconds']:.1f} s**, {found['memory']:.0f} MB, {found['rows']:,} rows")
    return ["## Lists for all users", "",
            f"`mlcore recommend --users FILE --out lists.parquet --k {TOP}`, the whole command, "
            f"{users:,} users x {items:,} items x 64 on {contest.threads} threads: {words}.", ""]


def scale(contest: Contest, users: int, items: int, count: int) -> list[str]:
    """Time and memory of each model on a large table."""
    folder = interactions.large(users, items, count, contest.kept)
    shop = Shop(folder.name, folder, contest.kept)
    rows = {f"mlcore {name}": contest.ours(shop, name) for name in [*PRESETS_OF_SCALE, *BASELINES]}
    rows["implicit"] = contest.timed(
        sys.executable, PEERS / "implicit_grid.py", folder, contest.threads, "one")
    lines = ["## Scale", "", f"{shop.users:,} users, {shop.items:,} items, {shop.pairs:,} pairs. "
             "The pairs are drawn, so that only time and memory tell anything.", "",
             "| contestant | seconds | MB |", "|---|---|---|"]
    for name, found in rows.items():
        print("scale", name, found, file=sys.stderr, flush=True)
        words = found if isinstance(found, str) else f"{found.get('seconds', found['all_seconds']):.0f}"
        memory = "" if isinstance(found, str) else f"{found['memory']:.0f}"
        lines.append(f"| {name} | {words} | {memory} |")
    return [*lines, ""]


def shop_folders(given: list[str], kept: pathlib.Path, quick: bool) -> dict[str, pathlib.Path]:
    """The shops of `NAME=DIR`, then those that are generated."""
    folders = {}
    for word in given:
        name, _, place = word.partition("=")
        folder = pathlib.Path(place)
        for part in interactions.PARTS:
            if not (folder / f"{part}.txt").is_file():
                sys.exit(f"benchmarks: {folder} has no file {part}.txt; --shop takes NAME=DIR")
        folders[name] = folder
    cases = [interactions.QUICK] if quick else interactions.SHOPS
    return folders | {case.name: interactions.generated(case, kept) for case in cases}


def sections(options, program: pathlib.Path, kept: pathlib.Path, threads: int) -> list[str]:
    """All that is measured here."""
    limit = 3_600 if options.scale else 600
    contest = Contest(program, kept, threads, limit)
    folders = shop_folders(options.shop, kept, options.quick)
    lines = section(contest, [Shop(name, folder, kept) for name, folder in folders.items()])
    lines += lists_for_all(contest, *((20_000, 10_000) if options.quick else (200_000, 100_000)))
    if options.scale:
        lines += scale(contest, 1_000_000, 200_000, 20_000_000)
    return lines
