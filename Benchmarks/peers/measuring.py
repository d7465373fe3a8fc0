"""What every peer needs: one measurement's inputs, the process's memory, single-row timing."""
import dataclasses
import pathlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np

WARM_UP = 200
MOST_ROWS = 20_000
MOST_NANOSECONDS = 1_000_000_000


@dataclasses.dataclass
class Job:
    """The tables and the capacity; `train` and `test` are float32 arrays, or data frames whose
    columns `texts` are categories."""
    mode: str
    threads: int
    trees: int
    leaves: int
    rate: float
    train: Any
    labels: np.ndarray
    test: Any
    texts: list[str]

    @property
    def depth(self) -> int:
        """Of a full tree with at least as many leaves."""
        return int(np.ceil(np.log2(self.leaves + 1)))

    @property
    def names(self) -> list[str]:
        return list(self.train) if self.texts else [f"x{j}" for j in range(self.train.shape[1])]

    def coded_train(self) -> np.ndarray:
        return coded(self.train, self.texts)

    def coded_test(self) -> np.ndarray:
        return coded(self.test, self.texts)


@dataclasses.dataclass
class Reading:
    """A folder with our exported model, and the rows to predict: a data frame whose columns `texts`
    are categories in the order of the model's codes."""
    folder: pathlib.Path
    threads: int
    test: Any
    texts: list[str]

    def coded_test(self) -> np.ndarray:
        return coded(self.test, self.texts)


def coded(table: Any, texts: list[str]) -> np.ndarray:
    """The rows as float32, categories as their codes, missing ones as NaN."""
    if isinstance(table, np.ndarray):
        return table
    columns = [table[name].cat.codes if name in texts else table[name] for name in table]
    rows = np.column_stack([np.asarray(column, np.float32) for column in columns])
    for place, name in enumerate(table):
        if name in texts:
            rows[rows[:, place] < 0, place] = np.nan
    return rows


def microseconds(predict: Callable[[int], float], predictions: np.ndarray) -> np.ndarray:
    """Times predict(row) for row after row, at most one second long.

    `predictions` are those of the whole table; the first single ones must be the same.
    """
    for row in range(WARM_UP):
        if abs(predict(row) - predictions[row]) > 1e-5:
            raise SystemExit(f"single row {row}: {predict(row)}, in the table {predictions[row]}")
    clock = time.perf_counter_ns
    taken = []
    end = clock() + MOST_NANOSECONDS
    for row in range(min(MOST_ROWS, len(predictions))):
        start = clock()
        predict(row)
        stop = clock()
        taken.append(stop - start)
        if stop > end:
            break
    return np.array(taken) / 1e3


def megabytes(key: str) -> float:
    """A line of /proc/self/status: VmRSS, memory held, or VmHWM, its peak."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    return float("nan")


class MemoryRise:
    """The memory of the process up to a point, and how far its peak rises above what it held."""

    def __init__(self) -> None:
        self.peak_before = megabytes("VmHWM")
        try:
            pathlib.Path("/proc/self/clear_refs").write_text("5")  # starts VmHWM afresh
        except OSError:
            pass  # an earlier peak may hide the later one; the rise is then at most too large
        self.held = megabytes("VmRSS")

    def measured(self) -> tuple[float, float]:
        peak = megabytes("VmHWM")
        return max(peak, self.peak_before), peak - self.held
