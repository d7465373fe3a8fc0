"""implicit's alternating least squares; prints one line of JSON.

Usage: implicit_als.py FOLDER THREADS cg|cholesky FACTORS REGULARIZATION ALPHA ITERATIONS
"""
import json
import sys
import time

from implicit.cpu.als import AlternatingLeastSquares
from split import Split, judged
from threadpoolctl import threadpool_limits


def main() -> None:
    folder, threads, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    data = Split(folder)
    with threadpool_limits(1, "blas"):  # as its documentation advises: it has threads of its own
        model = AlternatingLeastSquares(
            factors=int(sys.argv[4]), regularization=float(sys.argv[5]), alpha=float(sys.argv[6]),
            iterations=int(sys.argv[7]), use_cg=mode == "cg", num_threads=threads, random_state=42)
        start = time.perf_counter()
        model.fit(data.train, show_progress=False)
        seconds = time.perf_counter() - start
    found = data.lists(model.user_factors, model.item_factors)
    ndcg, recall = judged(found, data.test)
    print(json.dumps({"seconds": seconds, "ndcg": ndcg, "recall": recall}))


main()
