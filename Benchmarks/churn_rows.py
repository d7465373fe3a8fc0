"""Rows of the churn table as each server of the comparison wants them."""
import json
import pathlib
import re
from collections.abc import Callable

import pandas as pd

Row = dict[str, str]
MISSING = float("nan")


def read(table: pathlib.Path, count: int, target: str) -> list[Row]:
    frame = pd.read_csv(table, dtype=str, keep_default_na=False, nrows=count)
    return frame.drop(columns=target).to_dict("records")


def spelling(cell: str) -> str:
    """The one spelling of whole numbers that the exported categories have."""
    whole = re.fullmatch(r"(?:-(?=0))?(0|-?[1-9][0-9]*)(?:\.0*)?", cell)
    return whole[1] if whole else cell


def value(column: dict, cell: str) -> str | float:
    """A cell for an exported model: categories as texts, times as seconds."""
    if column["kind"] == "category":
        return spelling(cell)
    if not cell:
        return MISSING
    if column["kind"] == "timestamp":
        return pd.Timestamp(cell, tz="UTC").timestamp()
    return float(cell)


def code(column: dict, cell: str) -> float | None:
    """A cell for LightGBM: a number, which of a category is its place in the manifest."""
    if column["kind"] == "category":
        known = column["categories"]
        return float(known.index(spelling(cell))) if spelling(cell) in known else None
    found = value(column, cell)
    return None if found != found else found


def records(row: Row) -> dict:
    """For POST /invocations of mlcore: the row as it stands in the table."""
    return {"instances": [{name: cell or None for name, cell in row.items()}]}


def tensors(numbers: set[str]) -> Callable[[Row], dict]:
    """For the Open Inference Protocol of mlcore: a tensor for each column of the table."""
    def body(row: Row) -> dict:
        inputs = []
        for name, cell in row.items():
            is_number = name in numbers
            data = None if not cell else float(cell) if is_number else cell
            inputs.append({"name": name, "shape": [1], "datatype": "FP64" if is_number else "BYTES",
                           "data": [data]})
        return {"inputs": inputs}
    return body


def coded_tensor(manifest: pathlib.Path) -> Callable[[Row], dict]:
    """For MLServer: one tensor of numbers, because its LightGBM runtime reads nothing else."""
    columns = json.loads(manifest.read_text())["inputs"]

    def body(row: Row) -> dict:
        codes = [code(column, row[column["name"]]) for column in columns]
        return {"inputs": [{"name": "rows", "shape": [1, len(codes)], "datatype": "FP64",
                            "data": codes}]}
    return body


def named_tensors(manifest: pathlib.Path) -> Callable[[Row], dict]:
    """For MLflow: a tensor [rows, 1] for each input of the ONNX graph."""
    columns = json.loads(manifest.read_text())["inputs"]

    def body(row: Row) -> dict:
        return {"inputs": {column["name"]: [[value(column, row[column["name"]])]]
                           for column in columns}}
    return body
