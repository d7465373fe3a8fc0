"""lleaves compiles a model of LightGBM's format; the first process of a folder does it for all."""
import time
from collections.abc import Callable

import lleaves
import numpy as np
from measuring import Reading


class Forest:
    def __init__(self, reading: Reading):
        self.reading = reading
        self.rows = np.ascontiguousarray(reading.coded_test(), np.float64)

    def prepare(self) -> float:
        """Returns the seconds of compiling, whichever process did it."""
        folder = self.reading.folder
        note = folder / "lleaves.seconds"
        self.model = lleaves.Model(model_file=str(folder / "model.txt"))
        start = time.perf_counter()
        self.model.compile(cache=str(folder / "lleaves.o"))
        if not note.exists():
            note.write_text(str(time.perf_counter() - start))
        return float(note.read_text())

    def predict(self) -> np.ndarray:
        return self.model.predict(self.rows, n_jobs=self.reading.threads)

    def single(self) -> Callable[[int], float]:
        rows, predict = self.rows, self.model.predict
        return lambda row: predict(rows[row:row + 1], n_jobs=1)[0]
