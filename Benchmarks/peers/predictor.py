"""Prediction with our exported model by another program in a fresh process; prints a line of JSON.

Usage: predictor.py TOOL FOLDER TEST.parquet THREADS
FOLDER holds model.txt and model.onnx, and predictions.bin, our predictions, from which the largest
difference is printed too. Reading the table, and giving it the form that the program likes best,
is not timed; preparing the model is, apart. The fastest of three calls counts.
"""
import importlib
import json
import pathlib
import sys
import time

import numpy as np
import pyarrow.parquet as parquet
from measuring import Reading, microseconds

REPEATS = 3
# Of a probability. A program in single precision may send a row that lies at a cut another way.
MOST_DIFFERENCE = 0.1


def levels(folder: pathlib.Path) -> list[list[str]]:
    """The categories of each column that has some, in the order of their codes."""
    last = (folder / "model.txt").read_text().rstrip().rsplit("\n", 1)[1]
    return json.loads(last.removeprefix("pandas_categorical:"))


def main() -> None:
    tool, folder, threads = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[4])
    test = parquet.read_table(sys.argv[3]).to_pandas().drop(columns="label")
    texts = [name for name in test if test[name].dtype not in (np.float32, np.float64)]
    for name, known in zip(texts, levels(folder), strict=True):
        test[name] = test[name].astype("category").cat.set_categories(known)
    forest = importlib.import_module(f"with_{tool}").Forest(Reading(folder, threads, test, texts))
    start = time.perf_counter()
    remembered = forest.prepare()
    prepared = remembered or time.perf_counter() - start
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        predictions = np.asarray(forest.predict(), np.float64)
        seconds.append(time.perf_counter() - start)
    difference = float(np.abs(predictions - np.fromfile(folder / "predictions.bin")).max())
    if difference > MOST_DIFFERENCE:
        raise SystemExit(f"predicts otherwise, by up to {difference:.2g}")
    single = microseconds(forest.single(), predictions)
    print(json.dumps({
        "prepare": prepared, "predict": min(seconds), "single_us": float(np.median(single)),
        "single_p99_us": float(np.quantile(single, 0.99)),
        "difference": difference}))


main()
