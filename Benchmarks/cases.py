"""The tables of the comparison, generated from fixed seeds and kept as Parquet."""
import dataclasses
import pathlib
import sys

import numpy as np
import pandas as pd


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    title: str
    note: str
    rows: int
    trees: int
    leaves: int
    rate: float = 0.1
    in_quick: bool = False
    is_exported: bool = True


ALL = [
    Case("dense-1m", "1,000,000 x 28 dense numbers, 100 trees of 255 leaves",
         "Synthetic: 21 independent and 7 derived features, interactions and noise.",
         1_000_000, 100, 255),
    Case("dense-100k", "100,000 x 28 dense numbers, 100 trees of 255 leaves",
         "The first rows of the same table.", 100_000, 100, 255, in_quick=True, is_exported=False),
    Case("churn-7k", "7,000 x 20 churn table, 100 trees of 31 leaves",
         "Synthetic: 16 columns of 2 to 4 categories and 4 numbers, some cells missing.",
         7_000, 100, 31, in_quick=True),
    Case("mixed-200k", "200,000 x 30 with categories and missing values, 100 trees of 63 leaves",
         "Synthetic: 20 numbers with 10 % missing, 8 categories of 3 to 12 levels, 2 of 50.",
         200_000, 100, 63),
]
TEST_ROWS = 200_000


def chosen(names: str | None, quick: bool) -> list[Case]:
    if names:
        known = {case.name: case for case in ALL}
        for name in names.split(","):
            if name not in known:
                sys.exit(f"benchmarks: there is no case {name}; there are {', '.join(known)}")
        return [known[name] for name in names.split(",")]
    return [case for case in ALL if case.in_quick or not quick]


def settings(case: Case) -> list[str]:
    """The configuration of our booster that is nearest to what the peers are given."""
    return [f"num_trees={case.trees}", f"num_leaves={case.leaves}", f"learning_rate={case.rate}",
            "lambda_l2=1", "min_data_in_leaf=20", "early_stopping_rounds=0", "feature_fraction=1"]


def files(case: Case, folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    folder.mkdir(parents=True, exist_ok=True)
    train, test = folder / f"{case.name}-train.parquet", folder / f"{case.name}-test.parquet"
    if not (train.exists() and test.exists()):
        frame = generated(case.name, case.rows + TEST_ROWS)
        frame.iloc[:case.rows].to_parquet(train, index=False)
        frame.iloc[case.rows:].to_parquet(test, index=False)
    return train, test


def generated(name: str, rows: int) -> pd.DataFrame:
    random = np.random.default_rng(7)
    if name.startswith("dense"):
        return dense(rows, random)
    if name.startswith("churn"):
        return mixed(rows, random, numbers=4, small=[2, 3, 4], categories=16, large=0, missing=0.02)
    return mixed(rows, random, numbers=20, small=[3, 5, 8, 12], categories=8, large=2, missing=0.1)


def labelled(frame: pd.DataFrame, score: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    probability = 1 / (1 + np.exp(-1.3 * (score - np.median(score))))
    frame["label"] = (random.random(len(frame)) < probability).astype(np.float32)
    return frame


def dense(rows: int, random: np.random.Generator) -> pd.DataFrame:
    x = random.standard_normal((rows, 28)).astype(np.float32)
    x[:, 8:12] = np.abs(x[:, 8:12]) ** 1.5
    for j in range(7):
        noise = random.standard_normal(rows)
        x[:, 21 + j] = x[:, j] * x[:, j + 7] + 0.5 * np.abs(x[:, j + 1]) + 0.5 * noise
    score = (0.8 * x[:, 21] - 0.6 * x[:, 22] + 0.5 * np.sin(2 * x[:, 0]) * x[:, 3]
             + 0.7 * (x[:, 23] > 0.5) * (x[:, 4] > 0) - 0.5 * x[:, 24] * x[:, 5]
             + 0.4 * np.maximum(x[:, 25], x[:, 26]) - 0.3 * x[:, 9] + 0.3 * x[:, 1] * x[:, 2])
    return labelled(pd.DataFrame(x, columns=[f"x{j}" for j in range(28)]), score, random)


def mixed(rows: int, random: np.random.Generator, numbers: int, small: list[int], categories: int,
          large: int, missing: float) -> pd.DataFrame:
    columns, score = {}, np.zeros(rows)
    for j in range(numbers):
        x = random.standard_normal(rows)
        score += (0.5 if j % 3 == 0 else 0.1) * (np.abs(x) if j % 2 else x)
        x[random.random(rows) < missing] = np.nan
        columns[f"x{j}"] = x.astype(np.float32)
    levels = [small[j % len(small)] for j in range(categories)] + [50] * large
    for j, count in enumerate(levels):
        code = random.integers(0, count, rows)
        score += random.normal(0, 0.3, count)[code]
        text = np.array([f"level {k}" for k in range(count)], dtype=object)[code]
        text[random.random(rows) < missing / 2] = None
        columns[f"c{j}"] = text
    return labelled(pd.DataFrame(columns), score, random)
