"""Runs our recommender and its peers in turn and writes Benchmarks/RECOMMENDER.md.

Usage: compare_recommender.py FOLDER_OF_BINARIES PROGRAM [--shop NAME=DIR] [--data DIR] ...
"""
import argparse
import os
import pathlib
import sys
import time

import interactions
import machine
import numpy as np
import recommender_report as report
import shops
from contest import Contestant, Result, limit, measure, take_turns

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE / "peers" / "recommender"
MOVIELENS_TARGET = 0.3266
WIDTH, K, QUERIES = 64, 10, 1_000
# Chosen for implicit by the validation part of MovieLens 1M. It weighs what was taken alpha against
# 1 for all else and aims at alpha / (alpha - 1) of what we aim at, which is a matter of scale: with
# these weights both have the same optimum but for that factor.
FACTORS, REGULARIZATION, ALPHA, ITERATIONS, PENALTY = 64, 60, 5, 15, 500
SAME_OBJECTIVE = [f"unobserved_weight={1 / (ALPHA - 1)}",
                  f"regularization={REGULARIZATION / ALPHA}", "frequency_power=0",
                  f"factors={FACTORS}", f"iterations={ITERATIONS}"]
# What the search of the graph filter starts from.
EXPONENTS = {"user_exponent": 1, "item_exponent": 0.5, "entry_power": 0.7}


class Runner:
    """Starts one measurement in a fresh process."""

    def __init__(self, binary: pathlib.Path, folder: pathlib.Path, kept: pathlib.Path,
                 target: float, most_seconds: float):
        self.binary, self.folder, self.kept, self.target = binary, folder, kept, target
        self.most_seconds = most_seconds

    def peer(self, script: str, *words: object) -> Result | None:
        return measure([sys.executable, PEERS / script, *words], self.most_seconds)

    def towers(self, contestant: Contestant) -> Result | None:
        words = self.folder, contestant.threads, self.target
        if contestant.tool == "mlcore":
            return measure([self.binary, "towers", *words, self.kept])
        return self.peer("torch_towers.py", *words)

    def least_squares(self, contestant: Contestant) -> Result | None:
        words = self.folder, contestant.threads
        if contestant.tool == "mlcore":
            settings = SAME_OBJECTIVE if contestant.mode == "default" else []
            return measure([self.binary, "als", *words, *settings])
        return self.peer("implicit_als.py", *words, contestant.mode, FACTORS, REGULARIZATION,
                         ALPHA, ITERATIONS)

    def autoencoder(self, contestant: Contestant) -> Result | None:
        words = self.folder, contestant.threads, PENALTY
        if contestant.tool == "mlcore":
            return measure([self.binary, "ease", *words])
        return self.peer("numpy_ease.py", *words)

    def graph(self, contestant: Contestant) -> Result | None:
        if contestant.tool != "mlcore":
            return self.peer("scipy_graph.py", self.folder, *EXPONENTS.values())
        words = self.folder, contestant.threads
        if contestant.mode == "EASE on neighbours":
            return measure([self.binary, "neighbours", *words])
        given = [] if contestant.mode == "searched" else EXPONENTS.items()
        return measure([self.binary, "graph", *words, *(f"{k}={v}" for k, v in given)])

    def search(self, contestant: Contestant, items: pathlib.Path, queries: pathlib.Path,
               exact: np.ndarray) -> Result | None:
        out = self.kept / "found.i32"
        words = items, queries, WIDTH, K, contestant.threads, out
        if contestant.tool == "mlcore":
            result = measure([self.binary, "search", *words])
        else:
            name = contestant.tool if contestant.mode == "default" else "usearch-hnsw"
            result = self.peer("search.py", name, *words)
        if result:
            found = np.fromfile(out, np.int32).reshape(exact.shape)
            same = sum(len(np.intersect1d(*pair)) for pair in zip(found, exact, strict=True))
            result = {"build_seconds": None, "recall": same / exact.size} | result
        return result


def exact_lists(items: pathlib.Path, queries: pathlib.Path) -> np.ndarray:
    """The K best items for each query, in double precision."""
    rows, wanted = (np.fromfile(path, np.float32).reshape(-1, WIDTH).astype(np.float64)
                    for path in (items, queries))
    return np.concatenate([np.argpartition(-(part @ rows.T), K, axis=1)[:, :K]
                           for part in np.array_split(wanted, 10)])


def searches(runner: Runner, quick: bool, threads: int, repeats: int) -> dict:
    """The medians of each table of vectors and number of threads."""
    count = 20_000 if quick else 100_000
    of_users = np.fromfile(runner.kept / "users.f32", np.float32)[:QUERIES * WIDTH]
    of_users.tofile(runner.kept / "queries.f32")
    tables = {
        f"{count:,} random vectors": (
            interactions.vectors(count, WIDTH, 1, runner.kept / f"random-{count}.f32"),
            interactions.vectors(QUERIES, WIDTH, 2, runner.kept / f"random-{QUERIES}.f32")),
        "items of the trained towers": (runner.kept / "items.f32", runner.kept / "queries.f32")}
    results = {}
    for title, files in tables.items():
        exact = exact_lists(*files)
        for number in sorted({1, threads}):
            contestants = [Contestant(tool, "default", number)
                           for tool in ("mlcore", "faiss", "usearch")]
            if number == threads and title.endswith("random vectors"):
                contestants.append(Contestant("usearch", "HNSW", number))
            results[f"{title}, {number} thread{'s' * (number > 1)}"] = take_turns(
                title, contestants, repeats, "single_us",
                lambda contestant, files=files, exact=exact: runner.search(
                    contestant, *files, exact), hopeless=float("inf"))
    return results


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run-recommender", description=__doc__.splitlines()[0])
    parser.add_argument("binaries", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("program", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--shop", action="append", default=[], metavar="NAME=DIR",
                        help="a shop beside those that are generated, in the same form as --data")
    parser.add_argument("--only-shops", action="store_true",
                        help="the shops and the lists for all users, no kernels")
    parser.add_argument("--scale", action="store_true",
                        help="1,000,000 users x 200,000 items too: an hour or more")
    parser.add_argument("--torch", action="store_true", help="PyTorch's towers too (1.3 GB)")
    parser.add_argument("--data", type=pathlib.Path, metavar="DIR",
                        help="interactions: train.txt, valid.txt and test.txt of `user item ...`")
    parser.add_argument("--target", type=float, metavar="NDCG",
                        help=f"the NDCG to reach with --data ({MOVIELENS_TARGET})")
    parser.add_argument("--quick", action="store_true", help="smaller data, one run each")
    parser.add_argument("--repeats", type=int, help="runs of each contestant (5; 1 with --quick)")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "RECOMMENDER.md")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    kept = HERE / ".data"
    if options.data:
        for name in interactions.PARTS:
            if not (options.data / f"{name}.txt").is_file():
                sys.exit(f"benchmarks: {options.data} has no file {name}.txt")
        folder, target = options.data, options.target or MOVIELENS_TARGET
    else:
        case = interactions.QUICK if options.quick else interactions.FULL
        folder, target = interactions.generated(case, kept), options.target or case.target
    kept.mkdir(exist_ok=True)
    threads = min(4, len(os.sched_getaffinity(0)))
    own_sections = shops.sections(options, options.program, kept, threads)
    if options.only_shops:
        finish(options.out, ["# Recommending: mlcore and its peers", "",
                             "Written by `Benchmarks/run-recommender --only-shops`.", "",
                             f"- Machine: {machine.processor()}.",
                             f"- Peers: {machine.peers(report.PACKAGES)}.", "", *own_sections])
        return
    repeats = options.repeats or (1 if options.quick else 5)
    runner = Runner(options.binaries / "RecommenderBenchmark", folder, kept, target,
                    limit(options.quick))
    started, load_before = time.monotonic(), machine.load()

    def turns(title: str, cost: str, run, *contestants: tuple[str, str]):
        return take_turns(title, [Contestant(tool, mode, threads) for tool, mode in contestants],
                          repeats, cost, run)

    torch = [("PyTorch", "default")] if options.torch else []
    towers = turns("towers", "all_seconds", runner.towers, ("mlcore", "default"), *torch)
    squares = turns("least squares", "seconds", runner.least_squares, ("mlcore", "default"),
                    ("implicit", "cg"), ("implicit", "cholesky"), ("mlcore", "own defaults"))
    ease = turns("EASE", "seconds", runner.autoencoder, ("mlcore", "default"), ("NumPy", "default"))
    # A search costs more by its nature: none of them is hopeless.
    graphs = take_turns(
        "graphs", [Contestant(tool, mode, threads) for tool, mode in (
            ("mlcore", "default"), ("mlcore", "searched"), ("mlcore", "EASE on neighbours"),
            ("SciPy", "default"))], repeats, "seconds", runner.graph, hopeless=float("inf"))
    found = searches(runner, options.quick, threads, min(3, repeats))
    minutes = (time.monotonic() - started) / 60
    finish(options.out, [
        *report.header(measure([runner.binary, "machine"]), runner.peer("blas.py"), folder,
                       options.data is None, load_before, minutes, repeats),
        *report.towers(towers, target), *report.least_squares(squares), *report.ease(ease),
        *report.graphs(graphs), *report.searches(found, K), *own_sections])


def finish(out: pathlib.Path, lines: list[str]) -> None:
    text = "\n".join(lines)
    out.write_text(text)
    print(text)


main()
