"""Five-fold cross-validation with early stopping on the IBM Telco churn table.

The table is not part of this repository: `--telco FILE` names it. Both sides get the same columns,
the same folds and one data frame in memory, and are timed until they have the mean AUC.
"""
import pathlib
import sys

import pandas as pd
from contest import (Contestant, Result, best_rows, limit, measure, take_turns,
                     thread_counts)
from wording import given_up_line, ratio

HERE = pathlib.Path(__file__).resolve().parent
FILE = "WA_Fn-UseC_-Telco-Customer-Churn.csv"
FOLDS = 5
Setting = tuple[float, int]

NOTE = """mlcore trains the folds side by side, each tree by one thread. It holds back a fifth of each
fold's training rows, stops when their log loss has not fallen for 50 trees, and (unless "no refit")
trains again on all training rows with the number of trees found. `lightgbm.cv` stops all folds
together when the mean log loss of the rows that it also judges has not fallen for 50 trees, which
flatters its AUC a little and leaves no row out. As these rules differ, the time is also given for
each tree that was trained, whether it was kept or not.
"""


def prepared(path: str, data: pathlib.Path) -> pathlib.Path:
    """The table as Parquet: float32 numbers, categories, the label, and the fold of each row."""
    from sklearn.model_selection import StratifiedKFold
    if not pathlib.Path(path).is_file():
        sys.exit(f"benchmarks: --telco {path}: there is no such file; expected the IBM Telco churn"
                 f" table, {FILE}")
    frame = pd.read_csv(path)
    missing = {"customerID", "TotalCharges", "Churn"} - set(frame)
    if missing:
        sys.exit(f"benchmarks: --telco {path} has no column {', '.join(sorted(missing))}; expected"
                 f" the IBM Telco churn table, {FILE}")
    label = frame.pop("Churn") == "Yes"
    frame = frame.drop(columns="customerID")
    frame["TotalCharges"] = pd.to_numeric(frame["TotalCharges"], errors="coerce")
    for name in frame:
        is_number = pd.api.types.is_numeric_dtype(frame[name])
        frame[name] = frame[name].astype("float32" if is_number else "category")
    frame["label"] = label.astype("float32")
    frame["fold"] = 0
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(frame, label)
    for fold, (_, held_out) in enumerate(folds):
        frame.iloc[held_out, frame.columns.get_loc("fold")] = fold
    data.mkdir(parents=True, exist_ok=True)
    target = data / "telco.parquet"
    frame.to_parquet(target, index=False)
    return target


def contestants(quick: bool) -> list[Contestant]:
    modes = ["row"] if quick else ["row", "column", "quantised"]
    counts = [1, *thread_counts(quick)] if quick else thread_counts(quick)
    ours = [Contestant("mlcore", mode, counts[-1]) for mode in ("refit", "no refit")]
    return ours + [Contestant("lightgbm", mode, count) for mode in modes for count in counts]


def run(binary: pathlib.Path, table: pathlib.Path, setting: Setting,
        contestant: Contestant, most_seconds: float) -> Result | None:
    rate, leaves = setting
    if contestant.tool == "mlcore":
        return measure([binary, "folds", table, contestant.threads, f"learning_rate={rate}",
                        f"num_leaves={leaves}", "lambda_l2=1", "min_data_in_leaf=20",
                        "feature_fraction=1",
                        f"refit={str(contestant.mode == 'refit').lower()}"])
    return measure([sys.executable, HERE / "peers" / "telco_cv.py", contestant.mode, table,
                    contestant.threads, leaves, rate], most_seconds)


def section(binary: pathlib.Path, path: str | None, data: pathlib.Path, repeats: int,
            quick: bool) -> list[str]:
    lines = ["## Five-fold cross-validation of Telco with early stopping", ""]
    if path is None:
        return [*lines, f"Not run: `--telco FILE` names the table ({FILE}, 7,043 rows).", ""]
    table = prepared(path, data)
    settings = [(0.1, 31)] if quick else [(0.03, 15), (0.03, 31), (0.1, 15), (0.1, 31)]
    lines += [NOTE, "| learning rate, leaves | contestant | threads | runs | seconds | AUC |"
              " trees kept of a fold | trees trained | µs a tree | time, times ours |"
              " time of a tree, times ours |", "|---|" + "---|" * 10]
    given_up: list[str] = []
    for setting in settings:
        rate, leaves = setting
        medians, late = take_turns(f"telco {setting}", contestants(quick), repeats, "seconds",
                                   lambda contestant: run(
                                       binary, table, setting, contestant, limit(quick)))
        given_up += [f"{name} ({rate}, {leaves})" for name in late]
        rows = best_rows(medians, "seconds")
        ours = next(iter(rows.values()))  # with refit
        for contestant, result in rows.items():
            each, our_each = (r["seconds"] / r["trees"] for r in (result, ours))
            lines.append(
                f"| {rate}, {leaves} | {contestant.name} | {contestant.threads} |"
                f" {result['runs']} | {result['seconds']:.3f} | {result['auc']:.5f} |"
                f" {result['kept']:.0f} | {result['trees']:.0f} | {each * 1e6:.0f} |"
                f" {ratio(result['seconds'], ours['seconds'])} | {ratio(each, our_each)} |")
    return [*lines, *given_up_line(given_up), ""]
