"""implicit with the best of a few settings on the validation part; prints one line of JSON.

Usage: implicit_grid.py FOLDER THREADS [one]
With `one` there is no search, and nothing is judged: only time and memory count.
"""
import itertools
import json
import sys
import time

import numpy as np
import scipy.sparse as sparse
from implicit.cpu.als import AlternatingLeastSquares
from split import K, Whole, judged, lists
from threadpoolctl import threadpool_limits

ALPHAS, PENALTIES, FACTORS, ITERATIONS = (2, 5, 15), (3, 10, 60), 64, 15
Settings = tuple[float, float]


def fit(rows: sparse.csr_matrix, settings: Settings,
        threads: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The factors of users and items, and the seconds."""
    alpha, penalty = settings
    start = time.perf_counter()
    with threadpool_limits(1, "blas"):  # as its documentation advises: it has threads of its own
        model = AlternatingLeastSquares(
            factors=FACTORS, regularization=penalty, alpha=alpha, iterations=ITERATIONS,
            num_threads=threads, random_state=42)
        model.fit(rows, show_progress=False)
    return model.user_factors, model.item_factors, time.perf_counter() - start


def main() -> None:
    data, threads = Whole(sys.argv[1]), int(sys.argv[2])
    if sys.argv[3:] == ["one"]:
        print(json.dumps({"seconds": fit(data.known, (ALPHAS[0], PENALTIES[0]), threads)[2]}))
        return
    start = time.perf_counter()
    gains = {}
    for settings in itertools.product(ALPHAS, PENALTIES):
        users, items, _ = fit(data.train, settings, threads)
        gains[settings] = judged(lists(users, items.T, data.train), data.valid)[0]
    best = max(gains, key=lambda settings: gains[settings])
    grid_seconds = time.perf_counter() - start
    users, items, seconds = fit(data.known, best, threads)
    ndcg, recall = judged(lists(users, items.T, data.known), data.test)
    print(json.dumps({
        "seconds": seconds, "grid_seconds": grid_seconds, f"ndcg_at_{K}": ndcg,
        f"recall_at_{K}": recall, "choice": f"alpha {best[0]}, penalty {best[1]}"}))


main()
