"""The nearest items by faiss or usearch, query by query and all queries at once; one line of JSON.

Usage: search.py faiss|usearch|usearch-hnsw ITEMS QUERIES WIDTH K THREADS OUT
The items found for all queries at once go to OUT, as int32.
"""
import json
import sys
import time
from collections.abc import Callable

import numpy as np

ROUNDS = 3
SINGLES = 200
Search = Callable[[np.ndarray], np.ndarray]


def prepared(tool: str, items: np.ndarray, k: int, threads: int) -> Search:
    if tool == "faiss":
        import faiss
        faiss.omp_set_num_threads(threads)
        flat = faiss.IndexFlatIP(items.shape[1])
        flat.add(items)
        return lambda queries: flat.search(queries, k)[1]
    from usearch.index import Index, MetricKind, search
    if tool == "usearch":
        return lambda queries: search(
            items, queries, k, MetricKind.IP, exact=True, threads=threads).keys
    graph = Index(ndim=items.shape[1], metric=MetricKind.IP, dtype="f32", connectivity=16,
                  expansion_add=128, expansion_search=64)
    graph.add(np.arange(len(items)), items, threads=threads)
    return lambda queries: graph.search(queries, k, threads=threads).keys


def main() -> None:
    tool, items, queries = sys.argv[1:4]
    width, k, threads = map(int, sys.argv[4:7])
    items, queries = (np.fromfile(name, np.float32).reshape(-1, width) for name in (items, queries))
    clock = time.perf_counter
    start = clock()
    search = prepared(tool, items, k, threads)
    built = clock() - start
    one = [queries[row:row + 1] if tool == "faiss" else queries[row]
           for row in range(min(SINGLES, len(queries)))]
    for query in one[:20]:
        search(query)
    single = []
    for query in one:
        start = clock()
        search(query)
        single.append(clock() - start)
    found = search(queries)
    batches = []
    for _ in range(ROUNDS):
        start = clock()
        search(queries)
        batches.append(clock() - start)
    np.asarray(found, np.int32).tofile(sys.argv[7])
    print(json.dumps({
        "single_us": float(np.median(single)) * 1e6,
        "batch_us": float(np.median(batches)) * 1e6 / len(queries), "build_seconds": built}))


main()
