"""LightGBM: row-wise and column-wise histograms, and quantised gradients."""
import ctypes
from collections.abc import Callable

import lightgbm as lgb
import numpy as np
from measuring import Job, Reading


def parameters(mode: str, threads: int, leaves: int, rate: float) -> dict:
    return {
        "objective": "binary", "num_leaves": leaves, "learning_rate": rate, "lambda_l2": 1,
        "verbose": -1, "num_threads": threads, "max_bin": 255, "min_data_in_leaf": 20,
        "force_col_wise": mode == "column", "force_row_wise": mode != "column",
        "use_quantized_grad": mode == "quantised"}


class Peer:
    def __init__(self, job: Job):
        self.job = job
        self.parameters = parameters(job.mode, job.threads, job.leaves, job.rate)

    def construct(self) -> None:
        self.data = lgb.Dataset(self.job.train, self.job.labels, params=self.parameters,
                                categorical_feature=self.job.texts or "auto")
        self.data.construct()

    def boost(self) -> None:
        self.model = lgb.train(self.parameters, self.data, self.job.trees)

    def predict(self) -> np.ndarray:
        return self.model.predict(self.job.test, num_threads=self.job.threads)

    def single(self) -> Callable[[int], float]:
        return row_by_row(self.model, self.job.coded_test())


class Forest:
    """A model that LightGBM did not train."""

    def __init__(self, reading: Reading):
        self.reading = reading
        self.rows = reading.coded_test()

    def prepare(self) -> None:
        self.model = lgb.Booster(model_file=str(self.reading.folder / "model.txt"))

    def predict(self) -> np.ndarray:
        return self.model.predict(self.rows, num_threads=self.reading.threads)

    def single(self) -> Callable[[int], float]:
        return row_by_row(self.model, self.rows)


def row_by_row(model: lgb.Booster, rows: np.ndarray) -> Callable[[int], float]:
    """The C interface made for this, prepared once; nothing but the call is left to Python."""
    library = lgb.basic._LIB
    rows = np.ascontiguousarray(rows, np.float32)
    fast, length, result = ctypes.c_void_p(), ctypes.c_int64(), ctypes.c_double()
    status = library.LGBM_BoosterPredictForMatSingleRowFastInit(
        model._handle, ctypes.c_int(0), ctypes.c_int(0), ctypes.c_int(-1),
        ctypes.c_int(0), ctypes.c_int32(rows.shape[1]), ctypes.c_char_p(b"num_threads=1"),
        ctypes.byref(fast))
    if status != 0:
        raise SystemExit("LGBM_BoosterPredictForMatSingleRowFastInit failed")
    call = library.LGBM_BoosterPredictForMatSingleRowFast
    start, stride = rows.ctypes.data, rows.strides[0]
    pointers = [ctypes.c_void_p(start + row * stride) for row in range(min(len(rows), 20_000))]
    length_pointer, result_pointer = ctypes.byref(length), ctypes.byref(result)

    def predict(row: int, rows: np.ndarray = rows) -> float:  # which keeps the pointers' memory
        call(fast, pointers[row], length_pointer, result_pointer)
        return result.value
    return predict
