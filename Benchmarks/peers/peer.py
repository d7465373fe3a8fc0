"""One measurement of a peer in a fresh process; prints one line of JSON.

Usage: peer.py TOOL MODE TRAIN.parquet TEST.parquet THREADS TREES LEAVES LEARNING_RATE
The data set is built, the model trained and the test rows predicted, together and one by one, in
timed parts; reading the files is not timed. Numbers are float32, text columns pandas categories.
"""
import importlib
import json
import sys
import time

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
from measuring import Job, MemoryRise, microseconds
from sklearn.metrics import roc_auc_score


def read(path: str) -> tuple[np.ndarray | pd.DataFrame, np.ndarray, list[str]]:
    frame = parquet.read_table(path).to_pandas()
    labels = frame.pop("label").to_numpy(np.float32)
    texts = [name for name in frame if frame[name].dtype not in (np.float32, np.float64)]
    if not texts:
        return np.ascontiguousarray(frame.to_numpy(np.float32)), labels, []
    for name in frame:
        frame[name] = frame[name].astype("category" if name in texts else np.float32)
    return frame, labels, texts


def main() -> None:
    tool, mode, train_path, test_path = sys.argv[1:5]
    threads, trees, leaves = map(int, sys.argv[5:8])
    train, labels, texts = read(train_path)
    test, test_labels, _ = read(test_path)
    for name in texts:  # codes of the same categories in both tables
        test[name] = test[name].cat.set_categories(train[name].cat.categories)
    module = importlib.import_module(f"with_{tool}")
    peer = module.Peer(
        Job(mode, threads, trees, leaves, float(sys.argv[8]), train, labels, test, texts))
    memory = MemoryRise()
    start = time.perf_counter()
    if peer.construct:
        peer.construct()
    built = time.perf_counter()
    peer.boost()
    trained = time.perf_counter()
    predictions = peer.predict()
    predicted = time.perf_counter()
    peak, rise = memory.measured()
    single = microseconds(peer.single(), predictions)
    print(json.dumps({
        "dataset": built - start if peer.construct else None,
        "boost": trained - built,
        "predict": predicted - trained,
        "single_us": float(np.median(single)),
        "single_p99_us": float(np.quantile(single, 0.99)),
        "auc": roc_auc_score(test_labels, predictions),
        "peak_mb": peak,
        "rise_mb": rise}))


main()
