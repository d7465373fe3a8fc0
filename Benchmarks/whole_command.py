"""Runs `mlcore train` and a script around LightGBM from start to exit, in turn, and writes
Benchmarks/COMMAND.md.

Usage: whole_command.py PROGRAM [--repeats N] [--cases churn-7k,dense-10k,dense-1m] [--out FILE]
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

import cases
import machine
from contest import Contestant, Result, take_turns
from wording import given_up_line, ratio

HERE = pathlib.Path(__file__).resolve().parent
CASES = [
    cases.Case("churn-7k", "7,000 x 20 churn table, 100 trees of 31 leaves", "", 7_000, 100, 31),
    cases.Case("dense-10k", "10,000 x 28 dense numbers, 100 trees of 255 leaves", "", 10_000, 100,
               255),
    cases.Case("dense-1m", "1,000,000 x 28 dense numbers, 100 trees of 255 leaves", "", 1_000_000,
               100, 255)]
EXPLAINED_ROWS = 2_000
TEST_SHARE = 5
PHASES = ["read", "prepare", "bin", "train", "importances", "baselines", "metrics"]
PACKAGES = {"LightGBM": "lightgbm", "pandas": "pandas", "pyarrow": "pyarrow"}
# Each trains once. The training of mlcore without a test table trains twice: see `main`.
MODES = [("mlcore", "default"), ("LightGBM", "plain"), ("LightGBM", "plain, no importances"),
         ("LightGBM", "quantised"), ("LightGBM", "quantised, no importances"),
         ("mlcore", "holdout")]


def parts(case: cases.Case, folder: pathlib.Path) -> tuple[pathlib.Path, ...]:
    """The table of a case, and a part to train on and one to test on."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / f"whole-{case.name}-{part}.parquet" for part in ("all", "train", "test"))
    if not all(path.exists() for path in paths):
        frame = cases.generated(case.name, case.rows)
        tested = case.rows // TEST_SHARE
        for path, rows in zip(paths, (frame, frame.iloc[tested:], frame.iloc[:tested])):
            rows.to_parquet(path, index=False)
    return paths


def run(program: pathlib.Path, case: cases.Case, folder: pathlib.Path,
        contestant: Contestant) -> Result:
    whole, train, test = parts(case, folder)
    out, trees = folder / "whole-model", [case.trees, case.leaves]
    if contestant.tool == "mlcore":
        data = (["--data", whole, "--holdout", 1 / TEST_SHARE] if contestant.mode == "holdout"
                else ["--data", train, "--test", test])
        command = [program, "train", "churn", *data, "--target", "label", "--num-trees", trees[0],
                   "--num-leaves", trees[1], "--learning-rate", 0.1, "--feature-fraction", 1,
                   "--early-stopping-rounds", 0, "--threads", contestant.threads, "--out", out,
                   "--force", "--json"]
    else:
        mode, *without = contestant.mode.split(", ")
        command = [sys.executable, HERE / "peers" / "whole.py", train, test, mode,
                   contestant.threads, *trees, 0 if without else EXPLAINED_ROWS,
                   folder / "whole-model.txt"]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"benchmarks: this failed: {' '.join(map(str, command))}\n{done.stderr}")
    processor = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    result = {"seconds": seconds, "processor": processor}
    if contestant.tool != "mlcore":
        return result | {key: json.loads(done.stdout)[key] for key in ("auc", "log_loss")}
    report = json.loads(done.stdout)
    return result | {key: report["metrics"][key] for key in ("auc", "log_loss")} | report["timings"]


def contest_table(medians: dict[Contestant, Result]) -> list[str]:
    ours = min(result["seconds"] for contestant, result in medians.items()
               if contestant.name == "mlcore")
    lines = ["| tool | seconds | processor seconds | mlcore is faster by | AUC | log loss |",
             "|---|---|---|---|---|---|"]
    for contestant, result in medians.items():
        lines.append(
            f"| {contestant.name} | {result['seconds']:.3g} | {result['processor']:.3g} |"
            f" {ratio(result['seconds'], ours)} | {result['auc']:.4f} | {result['log_loss']:.4f} |")
    return lines


def phases_table(medians: dict[Contestant, Result]) -> list[str]:
    lines = [f"| mlcore | {' | '.join(PHASES)} | start and end | total | total / (read + bin +"
             " train) |", "|---" * (len(PHASES) + 4) + "|"]
    for contestant, result in medians.items():
        if contestant.tool != "mlcore":
            continue
        seconds = [result[phase] for phase in PHASES]
        core = result["read"] + result["bin"] + result["train"]
        cells = [*seconds, result["seconds"] - result["total"], result["seconds"]]
        lines.append(f"| {contestant.name} | {' | '.join(f'{cell:.3f}' for cell in cells)} |"
                     f" {result['seconds'] / core:.2f} |")
    return lines


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run-command", description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=5, help="runs of each contestant (5)")
    parser.add_argument("--cases", help=", ".join(case.name for case in CASES))
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "COMMAND.md")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    names = options.cases.split(",") if options.cases else [case.name for case in CASES]
    known = {case.name: case for case in CASES}
    if unknown := set(names) - set(known):
        sys.exit(f"benchmarks: there is no case {min(unknown)}; there are {', '.join(known)}")
    started, load_before = time.monotonic(), machine.load()
    threads = min(4, len(os.sched_getaffinity(0)))
    sections = []
    for case in map(known.get, names):
        medians, given_up = take_turns(
            case.name, [Contestant(tool, mode, threads) for tool, mode in MODES],
            options.repeats, "seconds",
            lambda contestant, case=case: run(options.program, case, HERE / ".data", contestant),
            hopeless=float("inf"))
        sections += [f"## {case.title}", "", *contest_table(medians), *given_up_line(given_up), "",
                     *phases_table(medians), ""]
    minutes = (time.monotonic() - started) / 60
    options.out.write_text("\n".join([
        "# The whole command: mlcore and a script around LightGBM", "",
        "Written by `Benchmarks/run-command`.", "",
        f"- Machine: {machine.processor()}. Peers: {machine.peers(PACKAGES)}.",
        machine.quiet_line(load_before, minutes),
        f"- Protocol: medians of {options.repeats} runs, contestants in turn, {threads} threads."
        " Seconds are from the start of the process to its exit. The files are in the memory of the"
        " system.",
        "- Work: all read the same Parquet files, train the same number of trees on four fifths of"
        " the rows, predict the last fifth, compute AUC and log loss, and write the model. The"
        f" script explains {EXPLAINED_ROWS:,} rows, or none. mlcore explains a sample, trains a"
        " logistic baseline, draws intervals, looks for repeated rows, and writes checksums.",
        "- mlcore holdout: one file, of which a fifth is held out. It trains twice: the judged"
        " model, and the final one on all rows.",
        "- Seconds of the phases are medians of each, so that they need not add up.", "",
        *sections]))


main()
