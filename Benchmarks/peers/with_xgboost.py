"""XGBoost's hist: trees grown by loss, or by depth."""
from collections.abc import Callable

import numpy as np
import xgboost as xgb
from measuring import Job


class Peer:
    def __init__(self, job: Job):
        self.job = job
        self.parameters = {
            "objective": "binary:logistic", "tree_method": "hist", "eta": job.rate,
            "max_bin": 256, "nthread": job.threads, "reg_lambda": 1, "min_child_weight": 1}
        if job.mode == "lossguide":
            self.parameters |= {
                "grow_policy": "lossguide", "max_leaves": job.leaves, "max_depth": 0}
        else:
            self.parameters |= {"max_depth": job.depth}

    def construct(self) -> None:
        self.data = xgb.QuantileDMatrix(self.job.train, self.job.labels, nthread=self.job.threads,
                                        enable_categorical=bool(self.job.texts))

    def boost(self) -> None:
        self.model = xgb.train(self.parameters, self.data, self.job.trees)

    def predict(self) -> np.ndarray:
        if not self.job.texts:
            return self.model.inplace_predict(self.job.test)
        return self.model.predict(
            xgb.DMatrix(self.job.test, nthread=self.job.threads, enable_categorical=True))

    def single(self) -> Callable[[int], float]:
        self.model.set_param({"nthread": 1})
        rows = self.job.coded_test()
        predict = self.model.inplace_predict
        return lambda row: float(predict(rows[row:row + 1], validate_features=False)[0])
