"""Runs our booster and its peers in turn and writes Benchmarks/RESULTS.md.

Usage: compare.py BINARY [--quick] [--repeats N] [--data DIR] [--cases a,b]
Every measurement is a fresh process; the contestants take turns, so that a change of the machine's
speed meets all of them. Of each contestant's modes and thread counts the fastest median counts.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import cases

HERE = pathlib.Path(__file__).resolve().parent


def modes(quick):
    """Contestant, mode and thread counts; the table shows the best of each contestant's rows."""
    threads = [4] if quick else [1, 2, 4]
    available = len(os.sched_getaffinity(0))
    threads = [count for count in threads if count <= available] or [available]
    rows = [("mlcore", "default")]
    rows += [("lightgbm", mode) for mode in ("row", "column", "quantised")]
    rows += [("xgboost", mode) for mode in ("lossguide", "depthwise")]
    rows += [("catboost", "symmetric"), ("sklearn", "default")]
    return [(tool, mode, count) for tool, mode in rows for count in threads]


def measure(binary, contestant, case, train, test):
    tool, mode, threads = contestant
    if tool == "mlcore":
        command = [binary, train, test, threads, f"num_trees={case.trees}",
                   f"num_leaves={case.leaves}", f"learning_rate={case.rate}", "lambda_l2=1",
                   "min_data_in_leaf=20", "early_stopping_rounds=0", "feature_fraction=1"]
    else:
        command = [sys.executable, HERE / "peers" / "peer.py", tool, mode, train, test, threads,
                   case.trees, case.leaves, case.rate]
    # Every library brings its own kernels; none is held back by settings of this machine.
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith("OPENBLAS_")}
    done = subprocess.run([str(part) for part in command], env=environment, text=True,
                          capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{contestant} failed on {case.name}:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def run_case(binary, case, repeats, quick, data):
    train, test = cases.files(case, data)
    measurements = {}
    for _ in range(repeats):
        for contestant in modes(quick):
            result = measure(binary, contestant, case, train, test)
            measurements.setdefault(contestant, []).append(result)
            print(case.name, *contestant, {k: round(v, 4) for k, v in result.items()},
                  file=sys.stderr, flush=True)
    return {contestant: {key: statistics.median(result[key] for result in results)
                         for key in results[0]}
            for contestant, results in measurements.items()}


def table(case, medians):
    """Per contestant and mode the best thread count, and ratios to our time."""
    best = {}
    for (tool, mode, threads), result in medians.items():
        known = best.get((tool, mode))
        if known is None or result["boost"] < known[1]["boost"]:
            best[tool, mode] = (threads, result)
    _, ours = best["mlcore", "default"]
    lines = [f"## {case.title}", "", case.note, "",
             "| contestant | threads | data set s | boosting s | prediction s | AUC | peak MB |"
             " boosting, times ours | prediction, times ours |",
             "|---|---|---|---|---|---|---|---|---|"]
    for (tool, mode), (threads, result) in best.items():
        name = tool if mode == "default" else f"{tool} {mode}"
        lines.append(
            f"| {name} | {threads} | {result['dataset']:.3f} | {result['boost']:.3f} |"
            f" {result['predict']:.4f} | {result['auc']:.5f} | {result['peak_mb']:.0f} |"
            f" {result['boost'] / ours['boost']:.2f} |"
            f" {result['predict'] / ours['predict']:.2f} |")
    peers = [result for (tool, _), (_, result) in best.items() if tool != "mlcore"]
    fastest = min(result["boost"] for result in peers)
    lines += ["", f"Our boosting takes {ours['boost'] / fastest:.2f} of the fastest peer's time;"
              f" our AUC minus the best peer's is "
              f"{ours['auc'] - max(result['auc'] for result in peers):+.5f}.", ""]
    return lines


def versions():
    import catboost
    import lightgbm
    import sklearn
    import xgboost
    return (f"LightGBM {lightgbm.__version__}, XGBoost {xgboost.__version__}, CatBoost "
            f"{catboost.__version__}, scikit-learn {sklearn.__version__}, Python "
            f"{platform.python_version()}")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.split(':')[1].strip()}, {len(os.sched_getaffinity(0))} processors"
    return platform.machine()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--data", default=str(HERE / ".data"))
    parser.add_argument("--cases")
    parser.add_argument("--out", default=str(HERE / "RESULTS.md"))
    options = parser.parse_args()
    repeats = options.repeats or (1 if options.quick else 5)
    chosen = cases.chosen(options.cases, options.quick)
    lines = ["# Gradient boosting: mlcore and its peers", "",
             "Written by `Benchmarks/run`. Medians of "
             f"{repeats} runs, each in a fresh process, in turn; for each mode the best of the"
             " thread counts tried. Same float32 values, trees, leaves, learning rate and"
             " regularisation for all. Times in seconds. A ratio above 1 means that we are"
             " faster.", "", f"Machine: {processor()}. {versions()}.", ""]
    for case in chosen:
        medians = run_case(options.binary, case, repeats, options.quick, options.data)
        lines += table(case, medians)
    text = "\n".join(lines)
    pathlib.Path(options.out).write_text(text)
    print(text)


main()
