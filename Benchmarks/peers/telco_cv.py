"""`lightgbm.cv` on given folds with early stopping; prints one line of JSON.

Usage: telco_cv.py MODE TABLE.parquet THREADS LEAVES LEARNING_RATE
Timed from a data frame in memory to the mean AUC of the folds.
"""
import json
import sys
import time

import lightgbm as lgb
import numpy as np
import pyarrow.parquet as parquet
from sklearn.metrics import roc_auc_score
from with_lightgbm import parameters


def main() -> None:
    mode, path = sys.argv[1:3]
    threads, leaves, rate = int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
    frame = parquet.read_table(path).to_pandas()
    labels, fold = frame.pop("label").to_numpy(), frame.pop("fold").to_numpy()
    folds = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k))
             for k in range(fold.max() + 1)]
    texts = list(frame.select_dtypes("category"))
    settings = parameters(mode, threads, leaves, rate) | {"metric": "binary_logloss"}
    start = time.perf_counter()
    data = lgb.Dataset(frame, labels, categorical_feature=texts, params=settings)
    found = lgb.cv(settings, data, num_boost_round=2000, folds=folds, return_cvbooster=True,
                   callbacks=[lgb.early_stopping(50, verbose=False)])["cvbooster"]
    areas = [roc_auc_score(labels[rows], booster.predict(
        frame.iloc[rows], num_iteration=found.best_iteration, num_threads=threads))
        for booster, (_, rows) in zip(found.boosters, folds)]
    seconds = time.perf_counter() - start
    print(json.dumps({
        "seconds": seconds, "auc": float(np.mean(areas)), "kept": found.best_iteration,
        "trees": sum(booster.current_iteration() for booster in found.boosters)}))


main()
