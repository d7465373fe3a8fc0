"""Compares `mlcore tune churn` with Optuna and LightGBM, and our samplers with each other.

Usage: tune.py MLCORE --telco FILE [--more NAME=FILE:TARGET]... [--splits 42,0,1] [--seeds N]
  [--out FILE]
The Telco table (WA_Fn-UseC_-Telco-Customer-Churn.csv) is not part of this repository. Both sides get
the same training and test tables, trials, folds, space and most rounds.
"""
import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import machine
import pandas as pd
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).resolve().parent
TRIALS, FOLDS, ROUNDS = 50, 5, 1000
SAMPLERS = ("tpe", "tpe-optuna", "random")


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
        best = None
        for jobs, threads in ((4, 1),) if options.quick else ((4, 1), (1, 4)):
            began = time.perf_counter()
            theirs = output([sys.executable, HERE / "peers" / "optuna_lightgbm.py", train, test,
                             TRIALS, FOLDS, 0, jobs, threads])
            wall = time.perf_counter() - began
            lines.append(f"| {split} | Optuna and LightGBM, {jobs} jobs of {threads} thread"
                         f"{'s' * (threads > 1)} | {theirs['seconds']:.2f} | {wall:.2f} |"
                         f" {theirs['search']:.4f} | {theirs['test']:.4f} |")
            best = min(best or theirs["seconds"], theirs["seconds"])
        ratios.append(best / search)
    lines += ["", "Optuna's best search time divided by ours: "
              + ", ".join(f"{ratio:.1f}" for ratio in ratios) + "."]
    return lines


def interval(differences: list[float]) -> str:
    """The mean of paired differences with its 95 % bootstrap interval, in 1e-4 of the AUC."""
    draws = random.Random(1)
    means = sorted(statistics.fmean(draws.choices(differences, k=len(differences)))
                   for _ in range(10_000))
    mean = statistics.fmean(differences)
    return f"{mean * 1e4:+.1f} [{means[250] * 1e4:+.1f}, {means[9750] * 1e4:+.1f}]"


def among_samplers(options: argparse.Namespace, folder: pathlib.Path) -> list[str]:
    lines = ["| table | tpe | against tpe-optuna | against random |", "|---|---|---|---|"]
    tables = [("telco", telco(options.telco), "label")]
    for text in options.more:
        name, rest = text.split("=", 1)
        path, target = rest.rsplit(":", 1)
        frame = pd.read_csv(path, sep=None, engine="python")
        tables.append((name, frame.sample(min(len(frame), 5000), random_state=1), target))
    together: dict[str, list[float]] = {name: [] for name in SAMPLERS}
    for name, frame, target in tables:
        data = folder / f"{name}.parquet"
        frame.to_parquet(data, index=False)
        best: dict[str, list[float]] = {sampler: [] for sampler in SAMPLERS}
        for seed in range(options.seeds):
            for sampler in SAMPLERS:
                # The same seed is the same test part and the same folds.
                result = ours(options.mlcore, folder, data, "--target", target, "--sampler", sampler,
                              "--pruner", "none", "--learning-rate", 0.1, "--seed", seed)
                best[sampler].append(result["best"]["value"])
        for sampler in SAMPLERS:
            together[sampler] += best[sampler]
        lines.append(row(name, best))
    return [*lines, row("all", together)]


def row(name: str, best: dict[str, list[float]]) -> str:
    cells = [interval([a - b for a, b in zip(best["tpe"], best[other])]) for other in SAMPLERS[1:]]
    return f"| {name} | {statistics.fmean(best['tpe']):.4f} | {cells[0]} | {cells[1]} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mlcore", help="the built program")
    parser.add_argument("--telco", required=True)
    parser.add_argument("--more", action="append", default=[])
    parser.add_argument("--splits", default="42,0,1")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="only Optuna's usual job layout")
    parser.add_argument("--sections", default="optuna,samplers")
    parser.add_argument("--out")
    options = parser.parse_args()
    sections = options.sections.split(",")
    lines = ["# Searching", "", f"{machine.processor()}; made by `Benchmarks/tune.py`.", ""]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if "optuna" in sections:
            lines += ["## Telco against Optuna and LightGBM", "",
                      f"{TRIALS} trials, {FOLDS} folds, at most {ROUNDS} trees, one space for both,"
                      " a fifth of the rows set aside as test. The AUC of Optuna's search takes the"
                      " best round of each fold, ours the best round of their mean, which flatters"
                      " less. Times of mlcore are medians of three runs; 'all' includes starting,"
                      " reading, judging and the final model.", ""]
            lines += [*against_optuna(options, folder), ""]
        if "samplers" in sections:
            lines += ["## Samplers", "",
                      f"The best mean AUC of {FOLDS} folds after {TRIALS} trials without pruning,"
                      f" learning rate 0.1, {options.seeds} seeds: the mean of `tpe`, and paired"
                      " differences in 1e-4 with 95 % bootstrap intervals. `tpe-optuna` is our"
                      " sampler with the settings of Optuna 5; a test compares its densities with"
                      " those of the package. All three start with the same four points.", ""]
            lines += [*among_samplers(options, folder), ""]
    text = "\n".join(lines)
    if options.out:
        pathlib.Path(options.out).write_text(text)
    print(text)


if __name__ == "__main__":
    main()
