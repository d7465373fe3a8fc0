"""CatBoost with its symmetric trees, the mode in which it is fastest."""
from collections.abc import Callable

import catboost as cb
import numpy as np
from measuring import Job


class Peer:
    def __init__(self, job: Job):
        self.job = job
        self.train, self.test = job.train, job.test
        if job.texts:  # strings, none of them missing, are what it takes
            self.train, self.test = job.train.copy(), job.test.copy()
            for name in job.texts:
                for frame in (self.train, self.test):
                    frame[name] = frame[name].astype(object).fillna("missing").astype(str)

    def construct(self) -> None:
        self.data = cb.Pool(self.train, self.job.labels, cat_features=self.job.texts or None,
                            thread_count=self.job.threads)

    def boost(self) -> None:
        self.model = cb.CatBoostClassifier(
            iterations=self.job.trees, learning_rate=self.job.rate, l2_leaf_reg=1,
            depth=self.job.depth, boosting_type="Plain",
            border_count=254, thread_count=self.job.threads, verbose=0,
            allow_writing_files=False).fit(self.data)

    def predict(self) -> np.ndarray:
        return self.model.predict_proba(self.test, thread_count=self.job.threads)[:, 1]

    def single(self) -> Callable[[int], float]:
        rows = self.test[:20_000]
        if self.job.texts:
            rows = [list(row) for row in rows.itertuples(index=False)]
        predict = self.model.predict_proba
        return lambda row: predict(rows[row], thread_count=1)[1]
