"""Writes a wide, sparse table of interactions: few items for each user, a long tail, and clusters.

Usage: wide_interactions.py FOLDER

FOLDER gets train.csv and test.csv (a fifth of each user's items) with columns user_id and item_id.
"""
import argparse
import pathlib

import numpy as np

USERS, ITEMS, PAIRS = 30_000, 41_000, 810_000
CLUSTERS, CLUSTERS_OF_A_USER = 200, 3
ANYTHING = 0.25
"""The share of draws that do not come from the user's clusters."""
SHARES = {"train": 0.8, "test": 1.0}


def draws(items: np.ndarray, fame: np.ndarray, count: int,
          random: np.random.Generator) -> np.ndarray:
    """Items with chances in proportion to their fame."""
    sums = np.cumsum(fame[items])
    return items[np.searchsorted(sums, random.random(count) * sums[-1])]


def histories() -> list[np.ndarray]:
    """The items of each user in the order in which they were drawn, each once."""
    random = np.random.default_rng(7)
    cluster = random.integers(CLUSTERS, size=ITEMS)
    clusters = [np.flatnonzero(cluster == number) for number in range(CLUSTERS)]
    fame = random.permutation(1 / np.arange(1, ITEMS + 1) ** 0.8)
    counts = np.exp(0.85 * random.standard_normal(USERS))
    counts = np.maximum(8, counts / counts.sum() * PAIRS).astype(int)
    result = []
    for count in counts:
        number = 3 * count
        chosen = random.integers(CLUSTERS, size=CLUSTERS_OF_A_USER)
        drawn = np.concatenate(
            [draws(np.arange(ITEMS), fame, int(ANYTHING * number), random),
             *(draws(clusters[one], fame, number // CLUSTERS_OF_A_USER, random) for one in chosen)])
        _, first = np.unique(drawn, return_index=True)
        result.append(random.permutation(drawn[first])[:count])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    made = histories()
    start = 0.0
    for name, end in SHARES.items():
        lines = ["user_id,item_id"]
        for user, items in enumerate(made):
            part = items[round(start * len(items)):round(end * len(items))]
            lines += [f"{user},{item}" for item in part]
        (options.folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
        start = end


if __name__ == "__main__":
    main()
