"""hessboost: XGBoost's trees, grown by loss or by depth, and quantised gradients.

Categories are their codes, as its own coding of a data frame takes most of a prediction's time."""
import os
from collections.abc import Callable

import hessboost
import numpy as np
from measuring import Job, Reading


class Peer:
    def __init__(self, job: Job):
        self.job = job
        self.train, self.test = job.coded_train(), job.coded_test()
        os.environ["RAYON_NUM_THREADS"] = str(job.threads)  # of prediction
        self.parameters = {
            "objective": "binary:logistic", "tree_method": "hist", "eta": job.rate,
            "max_bin": 256, "nthread": job.threads, "reg_lambda": 1, "min_child_weight": 1}
        if job.mode == "depthwise":
            self.parameters["max_depth"] = job.depth
        else:
            self.parameters |= {
                "grow_policy": "lossguide", "max_leaves": job.leaves, "max_depth": 0}
        if job.mode == "quantised":
            self.parameters["use_quantized_grad"] = True

    construct = None

    def boost(self) -> None:
        """Its matrix has no bins yet: they are made inside of training."""
        types = ["c" if name in self.job.texts else "q" for name in self.job.names]
        data = hessboost.DMatrix(self.train, self.job.labels, feature_types=types)
        self.model = hessboost.train(self.parameters, data, self.job.trees)

    def predict(self) -> np.ndarray:
        return self.model.predict(self.test)

    def single(self) -> Callable[[int], float]:
        return row_by_row(self.model, self.test)


class Forest:
    """A model of LightGBM's format."""

    def __init__(self, reading: Reading):
        self.reading = reading
        os.environ["RAYON_NUM_THREADS"] = str(reading.threads)
        self.rows = reading.coded_test()

    def prepare(self) -> None:
        self.model = hessboost.Booster(str(self.reading.folder / "model.txt"))

    def predict(self) -> np.ndarray:
        return self.model.predict(self.rows)

    def single(self) -> Callable[[int], float]:
        return row_by_row(self.model, self.rows)


def row_by_row(model: hessboost.Booster, rows: np.ndarray) -> Callable[[int], float]:
    result = np.empty(1, np.float32)
    return lambda row: float(model.predict_row(rows[row], out=result)[0])
