"""EASE in NumPy; prints one line of JSON.

Usage: numpy_ease.py FOLDER THREADS LAMBDA
"""
import json
import sys
import time

import numpy as np
from split import Split, judged, lists
from threadpoolctl import threadpool_limits


def main() -> None:
    folder, threads, penalty = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    data = Split(folder)
    with threadpool_limits(threads):
        start = time.perf_counter()
        gramian = (data.train.T @ data.train).toarray()
        gramian[np.diag_indices(data.items)] += np.float32(penalty)
        inverse = np.linalg.inv(gramian)
        weights = inverse / -np.diag(inverse)
        np.fill_diagonal(weights, 0)
        seconds = time.perf_counter() - start
        ndcg, recall = judged(lists(data.train, weights, data.train), data.test)
    print(json.dumps({"seconds": seconds, "ndcg": ndcg, "recall": recall}))


main()
