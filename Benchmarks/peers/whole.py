"""What `mlcore train` does, as a script around LightGBM: reads a table, trains on one part of it,
measures the other one, and writes the model.

Usage: whole.py TRAIN.parquet TEST.parquet MODE THREADS TREES LEAVES EXPLAINED MODEL
MODE is plain or quantised. EXPLAINED rows get Shapley values; with 0 there are no importances.
Prints one line of JSON with what was measured.
"""
import json
import sys

import lightgbm as lgb
import numpy as np
import pandas as pd


def read(path: str) -> tuple[pd.DataFrame, np.ndarray]:
    frame = pd.read_parquet(path)
    for name in frame.select_dtypes(exclude="number").columns:
        frame[name] = frame[name].astype("category")
    return frame, frame.pop("label").to_numpy()


def area_under_curve(labels: np.ndarray, scores: np.ndarray) -> float:
    """Of the ROC curve, by the ranks of the scores; equal ones share theirs."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    positives = int(labels.sum())
    above = ranks[labels == 1].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(labels) - positives)))


def main() -> None:
    train, test, mode, threads, trees, leaves, explained, model = sys.argv[1:]
    (columns, labels), (test_columns, test_labels) = read(train), read(test)
    for name in columns.select_dtypes("category").columns:
        test_columns[name] = test_columns[name].cat.set_categories(columns[name].cat.categories)
    booster = lgb.train(
        {"objective": "binary", "num_leaves": int(leaves), "learning_rate": 0.1, "lambda_l2": 1,
         "num_threads": int(threads), "verbosity": -1, "use_quantized_grad": mode == "quantised"},
        lgb.Dataset(columns, labels), int(trees))
    chances = booster.predict(test_columns, num_threads=int(threads))
    given = np.clip(np.where(test_labels == 1, chances, 1 - chances), 1e-15, 1)
    result = {"auc": area_under_curve(test_labels, chances), "log_loss": -np.log(given).mean()}
    if int(explained) > 0:
        sample = columns.sample(min(int(explained), len(columns)), random_state=1)
        values = booster.predict(sample, pred_contrib=True, num_threads=int(threads))
        result["largest_importance"] = float(np.abs(values[:, :-1]).mean(axis=0).max())
    booster.save_model(model)
    print(json.dumps(result))


main()
