"""ChimeraBoost with its symmetric trees of constant leaves, compiled before it is timed."""
from collections.abc import Callable

import chimeraboost
import numpy as np
from measuring import Job


class Peer:
    def __init__(self, job: Job):
        self.job = job
        chimeraboost.warmup()
        self.model = chimeraboost.ChimeraBoostClassifier(
            n_estimators=job.trees, learning_rate=job.rate, depth=job.depth, l2_leaf_reg=1,
            max_bins=255, early_stopping=False, refit_full=False, cross_features=False,
            linear_leaves=False, leaf_estimation_iterations=1, thread_count=job.threads,
            random_state=0)

    construct = None

    def boost(self) -> None:
        self.model.fit(self.job.train, self.job.labels, cat_features=self.job.texts or None)

    def predict(self) -> np.ndarray:
        return self.model.predict_proba(self.job.test)[:, 1]

    def single(self) -> Callable[[int], float]:
        rows, predict = self.job.test, self.model.predict_proba
        if self.job.texts:
            return lambda row: predict(rows.iloc[row:row + 1])[0, 1]
        return lambda row: predict(rows[row:row + 1])[0, 1]
