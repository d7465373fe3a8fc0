"""Perpetual: it chooses the leaves of each tree itself, and the rate is 10 to the power of minus
its budget, so only the number of trees and the rate are those of the others."""
import math
from collections.abc import Callable

import numpy as np
from measuring import Job
from perpetual import PerpetualBooster


class Peer:
    def __init__(self, job: Job):
        self.job = job
        self.model = PerpetualBooster(
            objective="LogLoss", budget=-math.log10(job.rate), iteration_limit=job.trees,
            max_bin=256, num_threads=job.threads)

    construct = None

    def boost(self) -> None:
        self.model.fit(self.job.train, self.job.labels)

    def predict(self) -> np.ndarray:
        return self.model.predict_proba(self.job.test, parallel=self.job.threads > 1)[:, 1]

    def single(self) -> Callable[[int], float]:
        rows, predict = self.job.test, self.model.predict_proba
        if self.job.texts:
            return lambda row: predict(rows.iloc[row:row + 1], parallel=False)[0, 1]
        return lambda row: predict(rows[row:row + 1], parallel=False)[0, 1]
