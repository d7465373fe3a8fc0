"""ONNX Runtime on our graph: one input a column, doubles and texts."""
from collections.abc import Callable

import numpy as np
import onnxruntime
from measuring import Reading


class Forest:
    def __init__(self, reading: Reading):
        self.reading = reading
        self.columns = {}
        for name in reading.test:
            column = reading.test[name]
            values = (column.astype(object).fillna("").to_numpy() if name in reading.texts
                      else column.to_numpy(np.float64))
            self.columns[name] = values.reshape(-1, 1)

    def session(self, threads: int) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        return onnxruntime.InferenceSession(
            str(self.reading.folder / "model.onnx"), options, providers=["CPUExecutionProvider"])

    def prepare(self) -> None:
        self.model = self.session(self.reading.threads)

    def predict(self) -> np.ndarray:
        return self.model.run(["probabilities"], self.columns)[0][:, 1]

    def single(self) -> Callable[[int], float]:
        run = self.session(1).run
        rows = [{name: values[row:row + 1] for name, values in self.columns.items()}
                for row in range(20_000)]
        return lambda row: run(["probabilities"], rows[row])[0][0, 1]
