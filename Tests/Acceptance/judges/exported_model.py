#!/usr/bin/env python3
"""Predicts a table with an exported model, by the program that the export is for, and compares with
the predictions of mlcore. Tests/EndToEndTests/ExportTests.swift runs it.

Usage: exported_model.py lightgbm|onnx MODEL TABLE.csv PREDICTIONS.csv

Beside MODEL lies its manifest MODEL.json, which names the columns. Prints one JSON object:
the number of rows and the largest difference of predictions, for each way to give the table. Where
the predictions have the reasons of all columns, LightGBM's contributions are compared with them.
"""
import json
import re
import sys

import numpy
import pandas


def columns(manifest, path):
    """The model's columns: numbers, seconds, and strings with None for missing ones."""
    table = pandas.read_csv(path, dtype=str, keep_default_na=False)
    result = {}
    for column in manifest["inputs"]:
        cells = table[column["name"]]
        if column["kind"] == "category":
            result[column["name"]] = cells.where(cells != "", None).astype(object)
        elif column["kind"] == "timestamp":
            times = pandas.to_datetime(cells.where(cells != "", None))
            seconds = (times - pandas.Timestamp("1970-01-01")).dt.total_seconds()
            result[column["name"]] = seconds.astype("float64")
        else:
            numbers = pandas.to_numeric(cells.where(cells != "", None))
            result[column["name"]] = numbers.astype("float64")
    return pandas.DataFrame(result)


def lightgbm_matrix(manifest, table):
    """The model's columns as numbers: a category by its code."""
    matrix = numpy.empty(table.shape)
    for index, column in enumerate(manifest["inputs"]):
        cells = table[column["name"]]
        if column["kind"] == "category":
            code = {level: code for code, level in enumerate(column["categories"])}
            cells = [code.get(cell, numpy.nan) for cell in cells]
        matrix[:, index] = cells
    return matrix


def lightgbm_contributions(path, manifest, table):
    import lightgbm

    booster = lightgbm.Booster(model_file=path)
    return booster.predict(lightgbm_matrix(manifest, table), pred_contrib=True)[:, :-1]


def reasons(manifest, predictions):
    """The effects of predictions with the reasons of all columns, in the order of the columns."""
    place = {column["name"]: index for index, column in enumerate(manifest["inputs"])}
    effects = numpy.full((len(predictions), len(place)), numpy.nan)
    for rank in range(1, len(place) + 1):
        names = [re.sub(" (= .*|is missing)$", "", reason)
                 for reason in predictions[f"reason_{rank}"]]
        columns = [place[name] for name in names]
        effects[numpy.arange(len(predictions)), columns] = predictions[f"reason_{rank}_effect"]
    return effects


def lightgbm_probabilities(path, manifest, table):
    import lightgbm

    booster = lightgbm.Booster(model_file=path)
    frame = table.copy()
    for column in manifest["inputs"]:
        if column["kind"] == "category":
            frame[column["name"]] = table[column["name"]].astype("category")
    matrix = lightgbm_matrix(manifest, table)
    # Both must hold for the file to be one that LightGBM might have written.
    booster.dump_model()
    assert booster.num_feature() == len(manifest["inputs"])
    contributions = booster.predict(matrix[:50], pred_contrib=True).sum(axis=1)
    scores = booster.predict(matrix[:50], raw_score=True)
    assert numpy.abs(contributions - scores).max() < 1e-9, "SHAP values do not add up"
    again = lightgbm.Booster(model_str=booster.model_to_string())
    found = {
        "frame": booster.predict(frame),
        "matrix": booster.predict(matrix),
        "saved_again": again.predict(matrix),
    }
    return found, None


def onnx_probabilities(path, manifest, table):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [entry.name for entry in session.get_inputs()] == [c["name"] for c in manifest["inputs"]]
    feeds = {}
    for column in manifest["inputs"]:
        cells = table[column["name"]]
        if column["kind"] == "category":
            cells = numpy.array(["" if cell is None else cell for cell in cells], dtype=object)
        feeds[column["name"]] = numpy.asarray(cells).reshape(-1, 1)
    singles = [{name: cells[row:row + 1] for name, cells in feeds.items()}
               for row in range(len(table))]
    if manifest["task"] == "regression":
        numbers = session.run(["prediction"], feeds)[0]
        assert numbers.shape == (len(table), 1)
        single = numpy.array([session.run(["prediction"], row)[0][0, 0] for row in singles])
        return {"batch": numbers[:, 0], "rows_alone": single}, None
    labels, probabilities = session.run(["label", "probabilities"], feeds)
    assert labels.shape == (len(table),) and probabilities.shape == (len(table), 2)
    assert numpy.abs(probabilities.sum(axis=1) - 1).max() < 1e-6
    # One row at a time goes another way through the runtime.
    single = numpy.array([session.run(["probabilities"], row)[0][0, 1] for row in singles])
    return {"batch": probabilities[:, 1], "rows_alone": single}, labels


def main():
    form, path, table_path, predictions_path = sys.argv[1:]
    with open(path + ".json") as file:
        manifest = json.load(file)
    table = columns(manifest, table_path)
    expected = pandas.read_csv(predictions_path)
    ways = {"lightgbm": lightgbm_probabilities, "onnx": onnx_probabilities}
    found, labels = ways[form](path, manifest, table)
    if labels is not None:
        assert (labels == expected["churn_label"].astype(str).to_numpy()).all(), "labels differ"
    column = "prediction" if manifest["task"] == "regression" else "churn_probability"
    result = {"rows": len(table)}
    for way, predictions in found.items():
        assert len(predictions) == len(expected)
        difference = numpy.abs(predictions - expected[column].to_numpy()).max()
        result[way] = float(difference)
    if "reason_1" in expected:
        contributions = lightgbm_contributions(path, manifest, table)
        difference = numpy.abs(contributions - reasons(manifest, expected)).max()
        result["contributions"] = float(difference)
    print(json.dumps(result))


main()
