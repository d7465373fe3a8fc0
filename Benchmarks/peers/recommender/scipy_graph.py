"""The graph filter in SciPy, on one thread; prints one line of JSON.

Usage: scipy_graph.py FOLDER USER_EXPONENT ITEM_EXPONENT ENTRY_POWER
"""
import json
import sys
import time

import numpy as np
import scipy.sparse as sparse
from split import Split, judged, lists


def main() -> None:
    user, item, entry = map(float, sys.argv[2:5])
    data = Split(sys.argv[1])
    start = time.perf_counter()
    of_users, of_items = (
        np.maximum(1, np.asarray(data.train.sum(axis)).ravel()) for axis in (1, 0))
    items = sparse.diags_array(of_items ** -item)
    pairs = items @ (data.train.T @ sparse.diags_array(of_users ** -user) @ data.train) @ items
    graph = pairs.power(entry).astype(np.float32).tocsr()
    seconds = time.perf_counter() - start
    ndcg, recall = judged(lists(data.train, graph, data.train), data.test)
    print(json.dumps({"seconds": seconds, "ndcg": ndcg, "recall": recall}))


main()
