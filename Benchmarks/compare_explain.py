"""Runs our Shapley values and those of peers in turn and writes Benchmarks/EXPLANATIONS.md.

Usage: compare_explain.py FOLDER_OF_BINARIES [--repeats N] [--rows N] [--leaves 31,255] ...
"""
import argparse
import os
import pathlib
import sys
import time

import cases
import machine
from contest import Contestant, Result, measure, take_turns
from wording import given_up_line, ratio

HERE = pathlib.Path(__file__).resolve().parent
TREES = 100
MOST_SECONDS = 900
# TreeSHAP takes the same time for every row and long: these explain the first rows only.
SLOW, SLOW_ROWS = ("lightgbm", "xgboost", "shap"), 2_000
# They compute interactions of pairs column by column.
PAIR_ROWS, SLOW_PAIR_ROWS = 2_000, 100
PACKAGES = {"LightGBM": "lightgbm", "XGBoost": "xgboost", "shap": "shap",
            "WOODELF": "woodelf_explainer", "NumPy": "numpy"}


def contestants(threads: int) -> list[Contestant]:
    """WOODELF and shap use one thread."""
    return [Contestant(tool, "default", count)
            for count in sorted({threads, 1}, reverse=True)
            for tool in ("mlcore", "woodelf", "lightgbm", "xgboost", "shap")
            if count == 1 or tool not in ("woodelf", "shap")] + [
                Contestant(tool, "pairs", 1) for tool in ("mlcore", "woodelf", "xgboost", "shap")]


def run(binary: pathlib.Path, files: tuple[pathlib.Path, pathlib.Path], folder: pathlib.Path,
        rows: int, leaves: int, contestant: Contestant) -> Result | None:
    if contestant.tool == "mlcore":
        result = {"difference": None} | measure(
            [binary, "explain", *files, rows, folder, contestant.threads, f"num_trees={TREES}",
             f"num_leaves={leaves}", "learning_rate=0.1", "early_stopping_rounds=0"])
        pairs = {"seconds": result["pair_seconds"], "single_us": None}
        return result | (pairs if contestant.mode == "pairs" else {})
    result = measure([sys.executable, HERE / "peers" / "explain.py", contestant.tool,
                      contestant.mode, folder, *files, row_count(contestant, rows),
                      contestant.threads, TREES, leaves], MOST_SECONDS)
    return result and {"single_us": None} | result


def row_count(contestant: Contestant, rows: int) -> int:
    if contestant.mode == "pairs":
        return min(rows, SLOW_PAIR_ROWS if contestant.tool in SLOW else PAIR_ROWS)
    return min(rows, SLOW_ROWS) if contestant.tool in SLOW else rows


def table(medians: dict[Contestant, Result], rows: int) -> list[str]:
    lines = ["| tool | threads | rows | seconds | rows a second | mlcore is faster by |"
             " largest difference | one row, us |", "|---|---|---|---|---|---|---|---|"]
    rates = {contestant: row_count(contestant, rows) / result["seconds"]
             for contestant, result in medians.items()}
    ours = {(contestant.mode, contestant.threads): rate for contestant, rate in rates.items()
            if contestant.tool == "mlcore"}
    for contestant, result in medians.items():
        difference, single = result["difference"], result["single_us"]
        cells = [contestant.name, contestant.threads, f"{row_count(contestant, rows):,}",
                 f"{result['seconds']:.3g}", f"{rates[contestant]:,.0f}",
                 ratio(ours[contestant.mode, contestant.threads], rates[contestant]),
                 "" if difference is None else f"{difference:.0e}",
                 "" if single is None else f"{single:.0f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run-explain", description=__doc__.splitlines()[0])
    parser.add_argument("binaries", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=3, help="runs of each contestant (3)")
    parser.add_argument("--rows", type=int, default=20_000, help="rows to explain (20,000)")
    parser.add_argument("--leaves", default="31,255", help="leaves of a tree, with commas (31,255)")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "EXPLANATIONS.md")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    started, load_before = time.monotonic(), machine.load()
    threads = min(4, len(os.sched_getaffinity(0)))
    case = next(case for case in cases.ALL if case.name == "dense-100k")
    files = cases.files(case, HERE / ".data")
    sections = []
    for leaves in map(int, options.leaves.split(",")):
        folder = HERE / ".data" / f"explain-{leaves}"
        folder.mkdir(exist_ok=True)
        medians, given_up = take_turns(
            f"{leaves} leaves", contestants(threads), options.repeats, "seconds",
            lambda contestant, folder=folder, leaves=leaves: run(
                options.binaries / "BoostingBenchmark", files, folder, options.rows, leaves,
                contestant), hopeless=float("inf"))
        sections += [f"## {options.rows:,} rows x 28, {TREES} trees of {leaves} leaves", "",
                     *table(medians, options.rows), *given_up_line(given_up), ""]
    minutes = (time.monotonic() - started) / 60
    options.out.write_text("\n".join([
        "# Shapley values: mlcore and its peers", "", "Written by `Benchmarks/run-explain`.", "",
        f"- Machine: {machine.processor()}. Peers: {machine.peers(PACKAGES)}.",
        machine.quiet_line(load_before, minutes),
        f"- Protocol: medians of {options.repeats} runs, each in a fresh process, contestants in"
        " turn. In a process the fastest of up to three calls counts. The model is prepared in each"
        " call of mlcore, shap and WOODELF. All explain the same model, which mlcore trains and"
        " exports to LightGBM's format, but XGBoost, which trains one of the same size.",
        "- largest difference: from the values of mlcore, in log-odds. WOODELF computes in single"
        " precision.",
        f"- rows: {', '.join(SLOW)} explain the first {SLOW_ROWS:,} only, as they take the same time"
        " for every row.",
        "- pairs: Shapley interaction values of all pairs of columns, of the first"
        f" {PAIR_ROWS:,} rows; xgboost and shap compute {SLOW_PAIR_ROWS}.",
        "- one row: the median of the microseconds from a row's cells to its values, with the model"
        " prepared before.", "", *sections]))


main()
