"""Prediction of one model by mlcore and by programs that read what mlcore exports."""
import pathlib
import shutil
import sys

import cases
from contest import OURS, Contestant, Result, measure, take_turns, thread_counts
from report import Medians
from wording import given_up_line, ratio

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = ("lightgbm", "lleaves", "onnxruntime", "daal4py", "hessboost", "snapml")
# lleaves and ChimeraBoost need different versions of one library.
OWN_PYTHON = {"lleaves": HERE / ".venv-lleaves" / "bin" / "python"}
REPEATS = 3
MOST_SECONDS = 240

NOTE = """mlcore trains and exports its model as LightGBM's text (read by LightGBM, lleaves,
daal4py, hessboost and Snap ML) and as an ONNX graph (ONNX Runtime), so all predict with the same
trees. In a process the fastest of three calls counts. Each program gets the table in the form that
it likes best: float32 or float64 matrices, with codes of categories; a column each for ONNX Runtime
and mlcore, with the categories themselves.

- prepare: reading the file, and compiling of lleaves, which one process does for all.
- single row: median / 99th percentile on one thread, as below; through Python but for mlcore.
- largest difference: of a probability from ours. Some programs sum or compare in single precision.
"""


def run(binary: pathlib.Path, case: cases.Case, files: tuple[pathlib.Path, pathlib.Path],
        folder: pathlib.Path, contestant: Contestant, most_seconds: float) -> Result | None:
    if contestant.tool == OURS:
        found = measure([binary, "export", *files, folder, contestant.threads,
                         *cases.settings(case)])
        return {"prepare": None, "difference": None} | found
    python = OWN_PYTHON.get(contestant.tool, sys.executable)
    return measure([python, HERE / "peers" / "predictor.py", contestant.tool, folder,
                    files[1], contestant.threads], most_seconds)


def measured(binary: pathlib.Path, case: cases.Case, files: tuple[pathlib.Path, pathlib.Path],
             data: pathlib.Path, repeats: int, quick: bool) -> tuple[Medians, list[str]]:
    """With as many threads as there are; our model is written first."""
    folder = data / f"exported-{case.name}"
    shutil.rmtree(folder, ignore_errors=True)  # what lleaves compiled may be of another model
    folder.mkdir(parents=True)
    contestants = [Contestant(tool, "default", thread_counts(quick)[-1])
                   for tool in (OURS, *TOOLS)]
    return take_turns(
        f"{case.name} prediction", contestants, min(repeats, REPEATS), "predict",
        lambda contestant: run(binary, case, files, folder, contestant, MOST_SECONDS),
        hopeless=float("inf"))


def section(case: cases.Case, medians: Medians, given_up: list[str]) -> list[str]:
    ours = next(result for contestant, result in medians.items() if contestant.tool == OURS)
    lines = [f"### {case.name}: {case.trees} trees of {case.leaves} leaves,"
             f" {cases.TEST_ROWS:,} rows", "",
             "| program | threads | runs | prepare s | prediction s | single row µs |"
             " largest difference | prediction, times ours | single row, times ours |",
             "|---|" + "---|" * 8]
    for contestant, result in medians.items():
        prepare, difference = ("" if result[key] is None else f"{result[key]:{form}}"
                               for key, form in (("prepare", ".3f"), ("difference", ".0e")))
        lines.append(
            f"| {contestant.name} | {contestant.threads} | {result['runs']} | {prepare} |"
            f" {result['predict']:.4f} |"
            f" {result['single_us']:.1f} / {result['single_p99_us']:.1f} |"
            f" {difference} | {ratio(result['predict'], ours['predict'])} |"
            f" {ratio(result['single_us'], ours['single_us'])} |")
    return [*lines, *given_up_line(given_up), ""]
