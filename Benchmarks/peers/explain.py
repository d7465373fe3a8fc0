"""Shapley values of one peer in a fresh process; prints one line of JSON.

Usage: explain.py TOOL MODE FOLDER TRAIN.parquet TEST.parquet ROWS THREADS TREES LEAVES
With the mode `pairs` shap, WOODELF and XGBoost compute interaction values. All but XGBoost, which
trains a model of the same size, read our model from FOLDER/model.txt; the largest difference of
their values from ours, FOLDER/contributions.bin or FOLDER/interactions.bin, is printed too. Reading
and training are not timed, preparing the model is. The fastest of three calls counts.
"""
import json
import pathlib
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

REPEATS = 3
MOST_SECONDS = 20


def with_lightgbm(model: str, rows: pd.DataFrame, threads: int) -> Callable[[], np.ndarray]:
    import lightgbm as lgb
    booster = lgb.Booster(model_file=model)
    data = rows.to_numpy()
    return lambda: booster.predict(data, pred_contrib=True, num_threads=threads)


def with_shap(model: str, rows: pd.DataFrame, threads: int, pairs: bool = False
              ) -> Callable[[], np.ndarray]:
    """The explainer's own algorithm: for a model of LightGBM it would ask LightGBM."""
    import lightgbm as lgb
    import shap
    booster = lgb.Booster(model_file=model)
    data = rows.to_numpy()

    def explain() -> np.ndarray:
        explainer = shap.TreeExplainer(booster)
        explainer.model.model_type = "internal"
        # It is false as the first tree is a single leaf without rows, the initial score.
        explainer.model.fully_defined_weighting = True
        return explainer.shap_interaction_values(data) if pairs else explainer.shap_values(data)
    return explain


def with_woodelf(model: str, rows: pd.DataFrame, threads: int, pairs: bool = False
                 ) -> Callable[[], np.ndarray]:
    import lightgbm as lgb
    from woodelf import WoodelfExplainer
    booster = lgb.Booster(model_file=model)

    def explain() -> np.ndarray:
        explainer = WoodelfExplainer(booster, feature_perturbation="tree_path_dependent")
        return (explainer.shap_interaction_values(rows, verbose=False) if pairs
                else explainer.shap_values(rows))
    return explain


def with_xgboost(train: str, rows: pd.DataFrame, threads: int, trees: int, leaves: int,
                 pairs: bool) -> Callable[[], np.ndarray]:
    import xgboost as xgb
    frame = pd.read_parquet(train)
    labels = frame.pop("label")
    booster = xgb.train(
        {"objective": "binary:logistic", "tree_method": "hist", "grow_policy": "lossguide",
         "max_leaves": leaves, "max_depth": 0, "learning_rate": 0.1, "nthread": threads},
        xgb.DMatrix(frame, labels), trees)
    data = xgb.DMatrix(rows)
    return lambda: booster.predict(data, pred_contribs=not pairs, pred_interactions=pairs)


def main() -> None:
    tool, mode, folder, train, test = sys.argv[1:6]
    count, threads, trees, leaves = map(int, sys.argv[6:10])
    pairs = mode == "pairs"
    rows = pd.read_parquet(test).drop(columns="label").head(count).astype(np.float64)
    if tool == "xgboost":
        explain = with_xgboost(train, rows, threads, trees, leaves, pairs)
    elif tool == "lightgbm":
        explain = with_lightgbm(f"{folder}/model.txt", rows, threads)
    else:
        peer = with_shap if tool == "shap" else with_woodelf
        explain = peer(f"{folder}/model.txt", rows, threads, pairs)
    seconds, started = [], time.perf_counter()
    while len(seconds) < REPEATS and time.perf_counter() - started < MOST_SECONDS:
        start = time.perf_counter()
        values = np.asarray(explain())
        seconds.append(time.perf_counter() - start)
    result = {"seconds": min(seconds), "difference": None}
    columns = rows.shape[1]
    if tool != "xgboost" and pairs:
        ours = np.fromfile(pathlib.Path(folder) / "interactions.bin")
        ours = ours.reshape(-1, columns, columns)[:count]
        result["difference"] = float(np.abs(values[:len(ours)] - ours).max())
    elif tool != "xgboost":
        ours = np.fromfile(pathlib.Path(folder) / "contributions.bin")
        ours = ours.reshape(-1, columns + 1)[:count, :-1]  # the base is behind each row
        result["difference"] = float(np.abs(values[:, :columns] - ours).max())
    print(json.dumps(result))


main()
