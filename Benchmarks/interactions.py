"""Interactions of the shape of MovieLens 1M from a latent model, for who has no data at hand."""
import dataclasses
import pathlib

import numpy as np


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    users: int
    items: int
    mean_log_count: float
    """Of the items that a user takes."""
    target: float
    """The NDCG at 20 whose time is taken: 0.98 of what PyTorch's towers come to."""


FULL = Case("latent-6k", 6_000, 3_600, 4.3, 0.310)
QUICK = Case("latent-2k", 2_000, 1_200, 4.0, 0.336)
# Of about 0.2, 1 and 10 % of all pairs.
SHOPS = [Case("shop-sparse", 12_000, 8_000, 2.3, 0), Case("shop-medium", 6_000, 4_000, 3.3, 0),
         Case("shop-dense", 3_000, 1_000, 4.4, 0)]
WIDTH = 12
PARTS = {"train": 0.72, "valid": 0.82, "test": 1.0}


def generated(case: Case, folder: pathlib.Path) -> pathlib.Path:
    """The folder of train.txt, valid.txt and test.txt, made from a fixed seed if it is not there."""
    folder = folder / case.name
    if (folder / "test.txt").exists():  # the last one that is written
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(11)
    tastes = random.standard_normal((case.users, WIDTH)) * np.linspace(1.6, 0.4, WIDTH)
    kinds = random.standard_normal((case.items, WIDTH)) * 0.45
    fame = 1.7 * random.standard_normal(case.items)
    lines: dict[str, list[str]] = {name: [] for name in PARTS}
    for user in range(case.users):
        count = int(np.exp(case.mean_log_count + 0.95 * random.standard_normal()))
        count = min(max(10, count), case.items // 3)
        # The largest of utilities with Gumbel noise: drawn without replacement by a softmax.
        utilities = fame + kinds @ tastes[user] + random.gumbel(size=case.items)
        taken = random.permutation(np.argpartition(-utilities, count)[:count])
        start = 0
        for name, share in PARTS.items():
            end = round(share * count)
            lines[name].append(" ".join(map(str, [user, *taken[start:end]])))
            start = end
    for name in PARTS:
        (folder / f"{name}.txt").write_text("\n".join(lines[name]) + "\n")
    return folder


def pairs(path: pathlib.Path) -> np.ndarray:
    """The pairs of user and item of a file, a row each."""
    text = path.read_text()
    numbers = np.fromstring(text, np.int64, sep=" ")
    lines = text.splitlines()
    if len(numbers) == 3 * len(lines) and (numbers[2::3] == 1).all():
        return numbers.reshape(-1, 3)[:, :2]
    counts = np.array([line.count(" ") + 1 for line in map(str.strip, lines)])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    taken = np.delete(numbers, starts)
    return np.stack([np.repeat(numbers[starts], counts - 1), taken], axis=1)


def long_tailed(users: int, items: int, count: int) -> np.ndarray:
    """Distinct pairs of which a few items have most; each user and item has one at least."""
    random = np.random.default_rng(12)
    # Items of rank r are drawn in proportion to 1 / (r + 50).
    drawn = np.exp(random.random(count) * np.log((items + 50) / 50)) * 50 - 50
    keys = np.concatenate([
        random.integers(users, size=count) * items + np.minimum(drawn.astype(np.int64), items - 1),
        np.arange(users) * items + np.arange(users) % items])
    return np.stack(np.divmod(np.unique(keys), items), axis=1)


def large(users: int, items: int, count: int, folder: pathlib.Path) -> pathlib.Path:
    """A folder of three parts of long-tailed pairs, made if it is not there."""
    folder = folder / f"large-{count // 1_000_000}m"
    if (folder / "test.txt").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    made = np.random.default_rng(13).permutation(long_tailed(users, items, count))
    ends = [0, *(round(share * len(made)) for share in PARTS.values())]
    for name, start, end in zip(PARTS, ends, ends[1:]):
        rows = np.column_stack([made[start:end], np.ones(end - start, np.int64)])
        np.savetxt(folder / f"{name}.txt", rows, "%d")
    return folder


def vectors(count: int, width: int, seed: int, path: pathlib.Path) -> pathlib.Path:
    """A file of random float32 vectors of unit length, made if it is not there."""
    if not path.exists():
        made = np.random.default_rng(seed).standard_normal((count, width), np.float32)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        made.tofile(path)
    return path
