"""Saves our ONNX graph as a model of MLflow: mlflow_model.py MODEL.onnx FOLDER."""
import json
import pathlib
import shutil
import sys

import mlflow
import numpy as np
import onnx
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec


def main() -> None:
    graph, folder = map(pathlib.Path, sys.argv[1:])
    columns = json.loads(graph.with_name(f"{graph.name}.json").read_text())["inputs"]
    inputs = [
        TensorSpec(np.dtype(object if column["kind"] == "category" else np.float64), (-1, 1),
                   column["name"]) for column in columns]
    shutil.rmtree(folder, ignore_errors=True)
    mlflow.onnx.save_model(
        onnx.load(graph), folder, signature=ModelSignature(inputs=Schema(inputs)))


main()
