"""Lists from 100,000 items at a fixed rate, with and without a filter that lets 1 % pass."""
import json
import pathlib
import statistics
import subprocess
import sys

import interactions
import numpy as np
import pyarrow as pa
import pyarrow.parquet
from serve_churn import at_rate, is_kept
from servers import Server, request, write_requests

USERS, ITEMS, PAIRS, CATEGORIES = 20_000, 100_000, 400_000, 100
RATE, CONNECTIONS, TOP = 500, 16, 10
ASKED_USERS, CHECKED_USERS = 1_000, 200
PORT = 8350
# Scores of single precision whose order a different order of sums may change.
TIE = 2e-6


class Shop:
    """Generated interactions, a table of items, and a model of them."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path):
        self.program, self.folder = program, folder / "shop"
        self.model, self.vectors = self.folder / "model", self.folder / "vectors"
        pairs = interactions.long_tailed(USERS, ITEMS, PAIRS)
        # What is tested must not count as taken.
        is_tested = np.random.default_rng(1).random(len(pairs)) < 0.01
        self.taken, self.tested = pairs[~is_tested], pairs[is_tested]
        self.categories = np.random.default_rng(2).integers(CATEGORIES, size=ITEMS)

    def make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, pairs in (("taken", self.taken), ("tested", self.tested)):
            table = {"user_id": texts("u", pairs[:, 0]), "item_id": texts("i", pairs[:, 1])}
            pa.parquet.write_table(pa.table(table), self.folder / f"{name}.parquet")
        items = {"item_id": texts("i", range(ITEMS)), "category": texts("c", self.categories)}
        pa.parquet.write_table(pa.table(items), self.folder / "items.parquet")
        # How good the vectors are has no effect on the time of a search.
        self.run("train", "recommender", "--data", self.folder / "taken.parquet", "--test",
                 self.folder / "tested.parquet", "--items", self.folder / "items.parquet",
                 "--item-features", "category", "--preset", "retrieval", "--epochs", 1,
                 "--patience", 0, "--baselines", "popularity", "--out", self.model, "--force")
        self.run("export", "embeddings", "--model", self.model, "--format", "npy", "--out",
                 self.vectors, "--force")

    def run(self, *words: object) -> None:
        subprocess.run([str(word) for word in (self.program, *words)], check=True,
                       capture_output=True)

    def load(self, kind: str) -> tuple[list[str], np.ndarray]:
        """The identifiers and the vectors of users or items."""
        lines = (self.vectors / f"{kind}_embeddings.ids.jsonl").read_text().splitlines()
        return list(map(json.loads, lines)), np.load(self.vectors / f"{kind}_embeddings.npy")

    def requests(self, is_filtered: bool) -> list[tuple[int, int | None, bytes]]:
        """Users, the categories of their filters, and the requests."""
        random = np.random.default_rng(3)
        users = random.choice(np.unique(self.taken[:, 0]), ASKED_USERS, replace=False)
        made = []
        for user in map(int, users):
            category = int(random.integers(CATEGORIES)) if is_filtered else None
            body = {"user": f"u{user}", "k": TOP}
            if category is not None:
                body["filter"] = f"category = c{category}"
            made.append((user, category,
                         request("POST", "/recommendations", json.dumps(body).encode())))
        return made


def texts(letter: str, numbers: object) -> list[str]:
    return [f"{letter}{number}" for number in numbers]


class Twin:
    """The slow and obvious way: every inner product, what is not wanted taken out, the best."""

    def __init__(self, shop: Shop):
        user_names, self.user_vectors = shop.load("user")
        item_names, self.item_vectors = shop.load("item")
        self.user_places = {name: place for place, name in enumerate(user_names)}
        self.item_names = item_names
        numbers = np.array([int(name[1:]) for name in item_names])
        self.categories = shop.categories[numbers]
        places = {number: place for place, number in enumerate(numbers.tolist())}
        self.taken: dict[int, list[int]] = {}
        for user, item in shop.taken.tolist():
            self.taken.setdefault(user, []).append(places[item])

    def scores(self, user: int, category: int | None) -> dict[str, float]:
        """The score of every item that may be in the list."""
        vector = self.user_vectors[self.user_places[f"u{user}"]].astype(np.float64)
        scores = self.item_vectors.astype(np.float64) @ vector
        may = np.ones(len(scores), bool) if category is None else self.categories == category
        may[self.taken.get(user, [])] = False
        return {self.item_names[place]: scores[place] for place in np.flatnonzero(may)}

    def difference(self, user: int, category: int | None, answer: list[dict]) -> float:
        """The largest difference of scores; an error if the list is another one."""
        scores = self.scores(user, category)
        best = sorted(scores.values(), reverse=True)[:TOP]
        if len(answer) != len(best):
            sys.exit(f"benchmarks: {len(answer)} items for u{user}, expected {len(best)}")
        worst = 0.0
        for found, wanted in zip(answer, best):
            own = scores.get(found["id"])
            if own is None or abs(own - wanted) > TIE:
                sys.exit(f"benchmarks: the list of u{user} holds {found['id']}, expected others")
            worst = max(worst, abs(found["score"] - own))
        return worst


def section(program: pathlib.Path, binaries: pathlib.Path, folder: pathlib.Path, repeats: int,
            seconds: float) -> list[str]:
    shop = Shop(program, folder)
    shop.make()
    twin = Twin(shop)
    lines = ["| lists | p50, ms | p99, ms | p99.9, ms | largest difference from the twin |",
             "|---|---|---|---|---|"]
    command = [program, "serve", "--model", shop.model, "--port", PORT]
    with Server(command, PORT, folder / "recommender.log") as server:
        for name, is_filtered in (("of all items", False), ("of 1 % of the items", True)):
            asked = shop.requests(is_filtered)
            server.wait(asked[0][2])
            difference = max(
                twin.difference(user, category, json.loads(server.ask(one)[1]))
                for user, category, one in asked[:CHECKED_USERS])
            file = write_requests(folder / "requests" / f"{name}.txt", [one for *_, one in asked])
            loads = [at_rate(binaries, PORT, RATE, seconds, file, CONNECTIONS)
                     for _ in range(repeats)]
            print("recommendations", name, loads, file=sys.stderr, flush=True)
            words = [f"{statistics.median(load[key] for load in loads) / 1e3:.3g}"
                     for key in ("p50", "p99", "p999")]
            if not all(map(is_kept, loads)):
                words[0] += " (not all were answered)"
            lines.append(f"| {name} | {' | '.join(words)} | {difference:.0e} |")
        held = server.megabytes()
    return [f"## Recommendations: {TOP} of {ITEMS:,} items, {RATE} requests a second", "", *lines,
            "", f"The server held {held:.0f} MB. The lists of {CHECKED_USERS} users were compared"
            " with all inner products in NumPy, without the items that the user has taken.", ""]
