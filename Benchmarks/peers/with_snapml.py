"""Snap ML: trees grown by depth; categories are codes and missing cells a number below all."""
from collections.abc import Callable

import numpy as np
import snapml
from measuring import Job, Reading

MISSING = -1e6


class Peer:
    def __init__(self, job: Job):
        self.job = job
        self.train, self.test = (
            np.nan_to_num(rows, nan=MISSING) for rows in (job.coded_train(), job.coded_test()))
        self.model = snapml.BoostingMachineClassifier(
            num_round=job.trees, learning_rate=job.rate, max_depth=job.depth, lambda_l2=1,
            hist_nbins=256, n_jobs=job.threads)

    construct = None

    def boost(self) -> None:
        self.model.fit(self.train, self.job.labels)

    def predict(self) -> np.ndarray:
        return self.model.predict_proba(self.test)[:, 1]

    def single(self) -> Callable[[int], float]:
        return row_by_row(self.model, self.test)


class Forest:
    """A model of LightGBM's format."""

    def __init__(self, reading: Reading):
        self.reading = reading
        self.rows = reading.coded_test()

    def prepare(self) -> None:
        self.model = snapml.BoostingMachineClassifier()
        self.model.import_model(str(self.reading.folder / "model.txt"), "lightgbm")
        self.model.set_params(n_jobs=self.reading.threads)

    def predict(self) -> np.ndarray:
        return self.model.predict_proba(self.rows)[:, 1]

    def single(self) -> Callable[[int], float]:
        return row_by_row(self.model, self.rows)


def row_by_row(model: snapml.BoostingMachineClassifier, rows: np.ndarray
               ) -> Callable[[int], float]:
    model.set_params(n_jobs=1)
    return lambda row: model.predict_proba(rows[row:row + 1])[0, 1]
