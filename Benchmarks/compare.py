"""Runs our booster and its peers in turn and writes Benchmarks/RESULTS.md.

Usage: compare.py FOLDER_OF_BINARIES [--quick] [--repeats N] [--cases a,b] [--telco FILE] ...
"""
import argparse
import pathlib
import subprocess
import sys
import time

import cases
import machine
import predicting
import report
import telco
from contest import OURS, Contestant, Result, limit, measure, take_turns, thread_counts

HERE = pathlib.Path(__file__).resolve().parent


# Of one measurement of a peer, and of all of one contestant at one case.
MOST_SECONDS, PATIENCE = 40, 20
# Modes of the peers that are measured with every number of threads that a case gets.
FAST = [("lightgbm", "row"), ("lightgbm", "column"), ("lightgbm", "quantised"),
        ("xgboost", "lossguide"), ("xgboost", "depthwise"), ("hessboost", "lossguide"),
        ("hessboost", "quantised"), ("hessboost", "depthwise")]
SLOW = [("catboost", "symmetric"), ("sklearn", "default"), ("ydf", "default"),
        ("perpetual", "default"), ("chimeraboost", "symmetric"), ("snapml", "depthwise")]


def contestants(case: cases.Case, quick: bool) -> list[Contestant]:
    counts = thread_counts(quick)
    fast = [mode for mode in FAST if not quick or mode != ("lightgbm", "column")]
    # Large tables are never best with one thread, and the slowest peers never with few.
    is_large = case.rows >= 100_000
    most = [count for count in counts if count > 1] or counts if is_large else counts
    few = counts[-1:] if is_large else counts
    rows = [Contestant(tool, mode, count) for tool, mode in [(OURS, "default"), *fast]
            for count in (counts if tool == OURS else most)]
    return rows + [Contestant(tool, mode, count) for count in few for tool, mode in SLOW]


def run(binary: pathlib.Path, case: cases.Case, files: tuple[pathlib.Path, pathlib.Path],
        contestant: Contestant, most_seconds: float) -> Result | None:
    if contestant.tool == OURS:
        return measure([binary, "compare", *files, contestant.threads, *cases.settings(case)])
    return measure([sys.executable, HERE / "peers" / "peer.py", contestant.tool, contestant.mode,
                    *files, contestant.threads, case.trees, case.leaves, case.rate], most_seconds)


def kernels(binary: pathlib.Path) -> list[str]:
    done = subprocess.run([binary], text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"benchmarks: {binary.name} failed\n{done.stderr}")
    return ["## Kernels beside the obvious loop in Swift", "",
            "One thread, nanoseconds for one element: a row and feature, cell, bin, row, value, or"
            " row and tree. The fastest of 15 runs each, in turn; both must give the same first.",
            "", done.stdout]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="Benchmarks/run", description=__doc__.splitlines()[0])
    parser.add_argument("binaries", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="fewer cases, modes and repeats")
    parser.add_argument("--repeats", type=int, help="runs of each contestant (5; 1 with --quick)")
    parser.add_argument("--cases", help="names with commas between them; without, all")
    parser.add_argument("--telco", metavar="FILE", help="the IBM Telco churn table, a CSV file")
    parser.add_argument("--data", type=pathlib.Path, default=HERE / ".data",
                        help="where generated tables are kept")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "RESULTS.md")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    repeats = options.repeats or (1 if options.quick else 5)
    chosen = cases.chosen(options.cases, options.quick)
    if options.telco:  # a wrong file is noticed before the long part
        telco.prepared(options.telco, options.data)
    binary = options.binaries / "BoostingBenchmark"
    started, load_before = time.monotonic(), machine.load()
    most_seconds = min(MOST_SECONDS, limit(options.quick))
    medians, predictions = {}, {}
    for case in chosen:
        files = cases.files(case, options.data)
        medians[case] = take_turns(
            case.name, contestants(case, options.quick), repeats, "boost",
            lambda contestant: run(binary, case, files, contestant, most_seconds),
            patience=PATIENCE)
        if case.is_exported:
            predictions[case] = predicting.measured(
                binary, case, files, options.data, repeats, options.quick)
    folds = telco.section(binary, options.telco, options.data, repeats, options.quick)
    micro = kernels(options.binaries / "KernelBenchmark")
    minutes = (time.monotonic() - started) / 60
    lines = machine.header(measure([binary, "machine"]), load_before, minutes, repeats,
                           most_seconds, PATIENCE)
    lines[-1:] = [*machine.not_installed(), ""]
    lines += report.summary(medians, predictions)
    lines += ["## Case by case", "", report.LEGEND]
    for case, (own, given_up) in medians.items():
        lines += report.details(case, own, given_up)
    if predictions:
        lines += ["## One model, many programs", "", predicting.NOTE]
    for case, (own, given_up) in predictions.items():
        lines += predicting.section(case, own, given_up)
    text = "\n".join(lines + folds + micro)
    options.out.write_text(text)
    print(text)


main()
