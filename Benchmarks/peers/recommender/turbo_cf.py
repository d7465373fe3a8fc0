"""Turbo-CF in SciPy, with the same exponents for all tables; prints one line of JSON.

Usage: turbo_cf.py FOLDER THREADS
Park et al. 2024: P = (R'R) ^ 0.7 by entry, with R divided by the users' and items' counts to the
powers 0.6 and 0.4; scores are R P. SciPy uses one thread.
"""
import json
import sys
import time

import numpy as np
import scipy.sparse as sparse
from split import K, Whole, judged, lists


def main() -> None:
    data = Whole(sys.argv[1])
    start = time.perf_counter()
    of_users, of_items = (
        np.maximum(1, np.asarray(data.known.sum(axis)).ravel()) for axis in (1, 0))
    normal = sparse.diags_array(of_users ** -0.6) @ data.known @ sparse.diags_array(of_items ** -0.4)
    graph = (normal.T @ normal).power(0.7).astype(np.float32).tocsr()
    seconds = time.perf_counter() - start
    ndcg, recall = judged(lists(data.known, graph, data.known), data.test)
    print(json.dumps({"seconds": seconds, f"ndcg_at_{K}": ndcg, f"recall_at_{K}": recall}))


main()
