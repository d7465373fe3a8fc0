"""scikit-learn's histogram booster, which bins inside of fit."""
from collections.abc import Callable

import numpy as np
from measuring import Job
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits


class Peer:
    def __init__(self, job: Job):
        self.job = job
        threadpool_limits(job.threads)
        self.model = HistGradientBoostingClassifier(
            max_iter=job.trees, learning_rate=job.rate, max_leaf_nodes=job.leaves,
            l2_regularization=1, min_samples_leaf=20, early_stopping=False,
            categorical_features="from_dtype" if job.texts else None)

    construct = None

    def boost(self) -> None:
        self.model.fit(self.job.train, self.job.labels)

    def predict(self) -> np.ndarray:
        return self.model.predict_proba(self.job.test)[:, 1]

    def single(self) -> Callable[[int], float]:
        threadpool_limits(1)
        rows, predict = self.job.test, self.model.predict_proba
        if self.job.texts:
            return lambda row: predict(rows.iloc[row:row + 1])[0, 1]
        return lambda row: predict(rows[row:row + 1])[0, 1]
