"""oneDAL, through daal4py of scikit-learn-intelex, with a model read by LightGBM."""
from collections.abc import Callable

import daal4py
import daal4py.mb
import lightgbm as lgb
import numpy as np
from measuring import Reading


class Forest:
    def __init__(self, reading: Reading):
        self.reading = reading
        daal4py.daalinit(reading.threads)
        self.rows = np.ascontiguousarray(reading.coded_test(), np.float32)

    def prepare(self) -> None:
        booster = lgb.Booster(model_file=str(self.reading.folder / "model.txt"))
        self.model = daal4py.mb.convert_model(booster)

    def predict(self) -> np.ndarray:
        return self.model.predict_proba(self.rows)[:, 1]

    def single(self) -> Callable[[int], float]:
        daal4py.daalinit(1)
        rows, predict = self.rows, self.model.predict_proba
        return lambda row: predict(rows[row:row + 1])[0, 1]
