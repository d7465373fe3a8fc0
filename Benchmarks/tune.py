"""Compares `mlcore tune churn` with Optuna and LightGBM, and our samplers with Optuna's.

Usage: tune.py MLCORE --telco FILE [--sections optuna,asking,samplers] [--splits 42,0,1]
  [--quick] [--pruner] [--asking PROGRAM] [--more NAME=FILE:TARGET]... [--seeds N] [--keep FILE]
  [--out FILE]
The Telco table (WA_Fn-UseC_-Telco-Customer-Churn.csv) is not part of this repository. Section
`optuna`: both sides get the same training and test tables, trials, folds, space and most rounds;
--quick leaves Optuna's layout of one job out, --pruner adds ours without a pruner. Section `asking`:
PROGRAM is SamplerBenchmark of this folder's package, built for release. Section `samplers`: Telco and
the other tables; FILE keeps the runs that are done, so that a second call of the same program goes on
from there.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

import machine
import pandas as pd
import samplers
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).resolve().parent
TRIALS, FOLDS, ROUNDS = 50, 5, 1000


def telco(path: str) -> pd.DataFrame:
    frame = pd.read_csv(path)
    label = (frame.pop("Churn") == "Yes").astype("float32")
    frame = frame.drop(columns="customerID")
    frame["TotalCharges"] = pd.to_numeric(frame["TotalCharges"], errors="coerce")
    for name in frame:
        is_number = pd.api.types.is_numeric_dtype(frame[name])
        frame[name] = frame[name].astype("float32" if is_number else "category")
    frame["label"] = label
    return frame


def output(command: list) -> dict:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"tune: {' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout)


def ours(program: str, folder: pathlib.Path, data: pathlib.Path, *more: object) -> dict:
    return output([program, "tune", "churn", "--data", data, "--trials", TRIALS, "--folds", FOLDS,
                   "--json", "--force", "--out", folder / "tuned", *more])


def layouts_of_optuna(options: argparse.Namespace) -> list[tuple[int, int]]:
    """Jobs and threads of each: a job for each processor, then all threads in one job."""
    processors = len(os.sched_getaffinity(0))
    return [(processors, 1)] + ([] if options.quick else [(1, processors)])


def layout_name(jobs: int, threads: int) -> str:
    return f"{jobs} job{'s' * (jobs > 1)} of {threads} thread{'s' * (threads > 1)}"


def differences(options: argparse.Namespace) -> list[str]:
    """What is different on the two sides, and how often each ran."""
    layouts = [layout_name(*layout) for layout in layouts_of_optuna(options)]
    row = (" The row 'without pruner' is ours with `--pruner none`, a single run."
           if options.pruner else "")
    return [
        f"{TRIALS} trials, {FOLDS} folds, at most {ROUNDS} trees, one space for both, a fifth of the"
        " rows set aside as test. The AUC of Optuna's search takes the best round of each fold, ours"
        " the best round of their mean, which flatters less. 'all' includes starting, reading,"
        " judging and the final model. The two sides differ:", "",
        "- Pruning and patience: ours stops trials by successive halving (ASHA), and ends one after"
        " 20 to 50 rounds (2 / learning rate) without a better mean of the folds. Optuna's side has"
        " no pruner, and waits for 50 rounds in every fold." + row,
        "- Starting points: ours begins with four points that were picked by hand. Nothing is"
        " enqueued for Optuna.",
        "- Runs: times of mlcore are medians of three runs, those of Optuna of a single one, as its"
        " side is slow. Parallel jobs of Optuna do not repeat.",
        f"- Layouts of Optuna and LightGBM that were run: {' and '.join(layouts)}. Ours has as many"
        " threads as there are processors.", ""]


def against_optuna(options: argparse.Namespace, folder: pathlib.Path) -> list[str]:
    lines = [f"| split | who | search s | all s | search AUC | test AUC |", "|---|---|---|---|---|---|"]
    ratios = []
    frame = telco(options.telco)
    for split in (int(text) for text in options.splits.split(",")):
        parts = train_test_split(frame, test_size=0.2, stratify=frame["label"], random_state=split)
        train, test = folder / "train.parquet", folder / "test.parquet"
        for part, path in zip(parts, (train, test)):
            part.to_parquet(path, index=False)
        mine = []
        for _ in range(3):
            began = time.perf_counter()
            result = ours(options.mlcore, folder, train, "--target", "label", "--test", test,
                          "--num-trees", ROUNDS)
            mine.append((result["search_seconds"], time.perf_counter() - began))
        search, whole = (statistics.median(times) for times in zip(*mine))
        lines.append(f"| {split} | mlcore | {search:.2f} | {whole:.2f} | {result['best']['value']:.4f}"
                     f" | {result['test']['metrics']['auc']:.4f} |")
        if options.pruner:
            began = time.perf_counter()
            result = ours(options.mlcore, folder, train, "--target", "label", "--test", test,
                          "--num-trees", ROUNDS, "--pruner", "none")
            lines.append(f"| {split} | mlcore without pruner | {result['search_seconds']:.2f}"
                         f" | {time.perf_counter() - began:.2f} | {result['best']['value']:.4f}"
                         f" | {result['test']['metrics']['auc']:.4f} |")
        best = None
        for jobs, threads in layouts_of_optuna(options):
            began = time.perf_counter()
            theirs = output([sys.executable, HERE / "peers" / "optuna_lightgbm.py", train, test,
                             TRIALS, FOLDS, 0, jobs, threads])
            wall = time.perf_counter() - began
            lines.append(f"| {split} | Optuna and LightGBM, {layout_name(jobs, threads)}"
                         f" | {theirs['seconds']:.2f} | {wall:.2f} |"
                         f" {theirs['search']:.4f} | {theirs['test']:.4f} |")
            best = min(best or theirs["seconds"], theirs["seconds"])
        ratios.append(best / search)
    lines += ["", "Optuna's search time, of the faster layout that was run, divided by ours: "
              + ", ".join(f"{ratio:.1f}" for ratio in ratios) + "."]
    return lines


def asking(program: str, turns: int = 3) -> list[str]:
    """How long choosing the next trial takes, ours and Optuna's in turn."""
    told, asks = 1000, 100
    times: dict[str, list[float]] = {}
    for _ in range(turns):
        taken = output([program, told, asks])
        taken["Optuna"] = output([sys.executable, HERE / "peers" / "optuna_asking.py", told, asks])
        for name, milliseconds in taken.items():
            times.setdefault(name, []).append(milliseconds)
    medians = {name: statistics.median(all_turns) for name, all_turns in times.items()}
    return ["## Asking", "",
            f"The median time to choose the next of nine parameters' values with {told:,} trials told"
            f" by the sampler itself, over {asks} asks, and of {turns} turns; Optuna"
            f" {version('optuna')} with its TPE, `multivariate` and `constant_liar`, in memory.", "",
            "| sampler | ms | Optuna's, times as long |", "|---|---|---|",
            *(f"| {name} | {median:.2f} | {medians['Optuna'] / median:.0f} |"
              for name, median in medians.items()), ""]


def tables(options: argparse.Namespace) -> list[tuple[str, pd.DataFrame, str]]:
    result = [("telco", telco(options.telco), "label")]
    for text in options.more:
        name, rest = text.split("=", 1)
        path, target = rest.rsplit(":", 1)
        result.append((name, pd.read_csv(path, sep=None, engine="python"), target))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mlcore", help="the built program")
    parser.add_argument("--telco", required=True)
    parser.add_argument("--more", action="append", default=[])
    parser.add_argument("--splits", default="42,0,1")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="only Optuna's usual job layout")
    parser.add_argument("--pruner", action="store_true", help="a row of ours with --pruner none too")
    parser.add_argument("--sections", default="optuna,samplers")
    parser.add_argument("--asking")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--out")
    options = parser.parse_args()
    sections = options.sections.split(",")
    lines = ["# Searching", "", f"{machine.processor()}; made by `Benchmarks/tune.py`.", ""]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if "optuna" in sections:
            lines += ["## Telco against Optuna and LightGBM", "", *differences(options)]
            lines += [*against_optuna(options, folder), ""]
        if "asking" in sections:
            lines += asking(options.asking)
        if "samplers" in sections:
            lines += samplers.section(samplers.all_compared(
                options.mlcore, tables(options), options.seeds, options.keep))
    text = "\n".join(lines)
    if options.out:
        pathlib.Path(options.out).write_text(text)
    print(text)


if __name__ == "__main__":
    main()
