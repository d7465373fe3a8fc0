"""YDF: discretised numbers, trees grown by loss."""
from collections.abc import Callable

import numpy as np
import ydf
from measuring import Job


class Peer:
    def __init__(self, job: Job):
        self.job = job
        ydf.verbose(0)
        self.learner = ydf.GradientBoostedTreesLearner(
            label="label", num_trees=job.trees, shrinkage=job.rate, l2_regularization=1.0,
            growing_strategy="BEST_FIRST_GLOBAL", max_num_nodes=job.leaves, max_depth=-1,
            min_examples=20, use_hessian_gain=True, validation_ratio=0.0, early_stopping="NONE",
            discretize_numerical_columns=True, num_discretized_numerical_bins=255,
            num_threads=job.threads)
        self.train = self.columns(job.train) | {"label": job.labels.astype(np.int64)}
        self.test = self.columns(job.test)

    def columns(self, table) -> dict[str, np.ndarray]:
        """What it takes: one contiguous array a column, an empty string where a text is missing."""
        if not self.job.texts:
            return {f"x{j}": np.ascontiguousarray(table[:, j]) for j in range(table.shape[1])}
        return {name: table[name].astype(object).fillna("").to_numpy(str)
                if name in self.job.texts else table[name].to_numpy() for name in table}

    construct = None

    def boost(self) -> None:
        self.model = self.learner.train(self.train)

    def predict(self) -> np.ndarray:
        return self.model.predict(self.test, num_threads=self.job.threads)

    def single(self) -> Callable[[int], float]:
        rows = [{name: values[row:row + 1] for name, values in self.test.items()}
                for row in range(20_000)]
        predict = self.model.predict
        return lambda row: float(predict(rows[row], num_threads=1)[0])
