"""The tables of RECOMMENDER.md, from medians."""
import pathlib
import platform

import machine
from contest import Contestant, Result
from wording import given_up_line, ratio

Turns = tuple[dict[Contestant, Result], list[str]]

PACKAGES = {"PyTorch": "torch", "implicit": "implicit", "faiss": "faiss-cpu", "usearch": "usearch",
            "NumPy": "numpy", "SciPy": "scipy"}

TOWERS = """## Two towers: time to an NDCG of {target}

Embeddings of ids, 64 wide, unit length, one softmax over all items for all that a user took,
temperature 0.2, Adam 0.02, 1,024 users a step, for both; ours begin with a few iterations of least
squares, PyTorch's at random. After each epoch the test lists (first 20 of all items, those of the
training part left out) are judged while the clock stands still: the time is that of all training up
to the first epoch that reaches the target. "to the end": trained as users do, until the validation
lists have not become better for 5 epochs, at most 60; NDCG and recall are those of the best epoch by
validation, on the test part.
"""

SQUARES = """## Implicit alternating least squares

The same optimum, 64 factors and 15 iterations for mlcore, "cg" and "cholesky" (alpha and penalty are
good ones for implicit on the validation part of MovieLens 1M); ours and "cholesky" solve each row
exactly, "cg", implicit's default, takes three steps of conjugate gradients. Time from the users'
rows in memory to all factors; ours includes turning the rows round, as implicit's does. "own
defaults" searches its penalty and weight on a part of the training data.
"""

EASE = """## EASE

Time from interactions in memory to all weights, with the same penalty; NumPy: the Gramian by SciPy's
sparse product, `numpy.linalg.inv` in float32.
"""

GRAPHS = """## Graphs of items

The graph filter with the exponents that its search starts from, for "mlcore" and SciPy, which keeps
all arcs and uses one thread; "searched" finds its exponents on a part of the training data, as users
run it. "EASE on neighbours" searches its penalty too.
"""

SEARCH = """## The {k} items with the largest inner products

Microseconds for a query of 64 floats: the median of 200 one after the other, and of 1,000 at once.
"times ours" is above 1 where we are faster. All but HNSW are exact; found is the share of the true
first {k}, computed in double precision, among the items that were returned. Random vectors have no
neighbourhoods, which is the hardest case for the graph of HNSW (16 links, 128 and 64 candidates).
"""


def header(ours: Result, peers: Result, folder: pathlib.Path, is_generated: bool, load_before: str,
           minutes: float, repeats: int) -> list[str]:
    source = ("generated from a latent model (Benchmarks/interactions.py)" if is_generated
              else "given by --data")
    blas = "; ".join(f"{name}: {words}" for name, words in sorted(peers.items()))
    return [
        "# Recommending: mlcore and its peers", "", "Written by `Benchmarks/run-recommender`.", "",
        f"- Machine: {machine.processor()}, {platform.system()} {platform.release()}.",
        f"- Ours: {ours['blas']}, core {ours['core']}. Peers: {machine.peers(PACKAGES)}.",
        f"- Linear algebra of the peers: {blas}.",
        f"- Interactions: {folder.name}, {source}.", machine.quiet_line(load_before, minutes),
        f"- Protocol: medians of up to {repeats} runs, each in a fresh process, contestants in turn,"
        " the same number of threads for all. What first took more than 1.5 times as long as its"
        " tool's best mode was not run again. \"times ours\" is theirs divided by ours: above 1 we"
        " are faster, below 1 (bold) we lose.", ""]


def table(turns: Turns, head: str, cells) -> list[str]:
    medians, given_up = turns
    first = next(result for contestant, result in medians.items() if contestant.tool == "mlcore")
    lines = [f"| contestant | threads | runs | {head} |", "|---|" + "---|" * (head.count("|") + 3)]
    for contestant, result in medians.items():
        row = " | ".join(cells(result, first))
        lines.append(f"| {contestant.name} | {contestant.threads} | {result['runs']} | {row} |")
    return [*lines, *given_up_line(given_up), ""]


def towers(turns: Turns, target: float) -> list[str]:
    def cells(result: Result, ours: Result) -> list[str]:
        reached = result["seconds"] is not None
        times = ratio(result["seconds"], ours["seconds"]) if reached and ours["seconds"] else ""
        return [f"{result['seconds']:.2f}" if reached else "not reached",
                f"{result['epochs']:.0f}" if reached else "", times,
                f"{result['all_seconds']:.2f}", f"{result['all_epochs']:.0f}",
                f"{result['ndcg']:.4f}", f"{result['recall']:.4f}"]
    return [TOWERS.format(target=target), *table(
        turns, "seconds | epochs | times ours | to the end, seconds | epochs | NDCG | recall",
        cells)]


def least_squares(turns: Turns) -> list[str]:
    return [SQUARES, *table(turns, "seconds | times ours | NDCG | recall", quality)]


def ease(turns: Turns) -> list[str]:
    return [EASE, *table(turns, "seconds | times ours | NDCG | recall", quality)]


def graphs(turns: Turns) -> list[str]:
    return [GRAPHS, *table(turns, "seconds | times ours | NDCG | recall", quality)]


def quality(result: Result, ours: Result) -> list[str]:
    return [f"{result['seconds']:.3f}", ratio(result["seconds"], ours["seconds"]),
            f"{result['ndcg']:.4f}", f"{result['recall']:.4f}"]


def searches(all_turns: dict[str, Turns], k: int) -> list[str]:
    def cells(result: Result, ours: Result) -> list[str]:
        build = result["build_seconds"]
        return [f"{result['single_us']:.1f}", ratio(result["single_us"], ours["single_us"]),
                f"{result['batch_us']:.2f}", ratio(result["batch_us"], ours["batch_us"]),
                f"{result['recall']:.4f}", "" if build is None else f"{build:.2f}"]
    lines = [SEARCH.format(k=k)]
    for title, turns in all_turns.items():
        lines += [f"### {title}", "", *table(
            turns, "single query µs | times ours | batched µs | times ours | found | build s",
            cells)]
    return lines
