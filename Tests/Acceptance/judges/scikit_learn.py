#!/usr/bin/env python3
"""Repeats encoders, scalers and regressions in scikit-learn and compares the results.

Usage: scikit_learn.py FOLDER

Tests/TestSupport/ScikitLearn.swift runs it. FOLDER holds cases as <n>.json, each with what went in
and what came out, and <n>.pkl where the case has a pickle. Prints what differs and exits with 1, or
says how many cases agree. Any warning while a pickle is loaded or used is a difference.
"""

import json
import pickle
import sys
import warnings
from collections import Counter
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def number_rows(rows, width):
    """A list of rows of numbers, null for NaN, as a matrix."""
    return np.array(
        [[np.nan if x is None else x for x in row] for row in rows], dtype=float
    ).reshape(len(rows), width)


def text_rows(rows, width):
    """A list of rows of strings, null for None, as a matrix of objects."""
    result = np.empty((len(rows), width), dtype=object)
    for i, row in enumerate(rows):
        result[i, :] = row
    return result


def assert_close(name, ours, theirs, tolerance, size=1):
    """Differences are at most tolerance times the largest of size and the expected number."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert ours.shape == theirs.shape, f"{name}: shape {ours.shape}, expected {theirs.shape}"
    bound = tolerance * np.fmax(size, np.abs(theirs))
    same = (np.isnan(ours) & np.isnan(theirs)) | (np.abs(ours - theirs) <= bound)
    if not same.all():
        where = tuple(int(i) for i in np.argwhere(~same)[0])
        raise AssertionError(f"{name} at {where}: {ours[where]!r}, expected {theirs[where]!r}")


def assert_same(name, ours, theirs):
    assert ours == theirs, f"{name}: {ours!r}, expected {theirs!r}"


def loaded(path):
    """The pickle of a case, loaded in both of the ways that people use."""
    with open(path, "rb") as file:
        return [pickle.load(file), joblib.load(path)]


def check_standard_scaler(case, path):
    names, width = case["names"], len(case["names"])
    rows, weights = number_rows(case["fit"], width), case.get("weights")
    reference = StandardScaler()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # columns without a value
        reference.fit(rows, sample_weight=weights)
    counts = np.broadcast_to(reference.n_samples_seen_, width)
    # The rounding of the numbers themselves, which a mean far off zero lets into all else.
    rounding = np.finfo(float).eps * np.abs(reference.mean_)
    for key, theirs, size in [
            ("mean", reference.mean_, reference.scale_), ("scale", reference.scale_, 0),
            ("var", reference.var_, 1e12 * (len(rows) * rounding) ** 2),
            ("sampleCount", counts, 0)]:
        ours = [np.nan if x is None else x for x in case[key]]
        assert_close(key, ours, theirs, 1e-12, size)
    new, expected = number_rows(case["new"], width), number_rows(case["transformed"], width)
    assert_close("transform", expected, reference.transform(new), 1e-12,
                 np.fmax(1, np.abs(reference.mean_ / reference.scale_)))
    for scaler in loaded(path):
        assert_same("class", type(scaler), StandardScaler)
        frame = pd.DataFrame(new, columns=names)
        assert_close("transform of the pickle", scaler.transform(frame), expected, 0)
        assert_same("n_samples_seen_ of the pickle", np.ndim(scaler.n_samples_seen_),
                    np.ndim(reference.n_samples_seen_))
        assert_same("feature names", list(scaler.get_feature_names_out()), names)
        scaler.fit(np.zeros((2, width)))  # it is whole enough to be fitted again


def check_one_hot_encoder(case, path):
    def category(text):
        if text is None:
            return None
        text = text.strip() if case["strips"] else text
        return text.lower() if case["lowercases"] else text

    names, width = case["names"], len(case["names"])
    maximum = case.get("maximum")
    rows = text_rows([[category(x) for x in row] for row in case["fit"]], width)
    new = text_rows([[category(x) for x in row] for row in case["new"]], width)
    categories = []
    for column in rows.T:
        counts = sorted(Counter(x for x in column if x is not None).items())
        if maximum is not None:
            counts = sorted(sorted(counts, key=lambda item: -item[1])[:maximum])
        categories.append([text for text, _ in counts])
    assert_same("categories", case["categories"], categories)

    kept = [i for i in range(width) if categories[i]]
    if not kept:
        for encoder in loaded(path):
            assert_same("class", type(encoder), OneHotEncoder)
        return
    whole = all(x is not None for x in rows.flat) and maximum is None
    reference = OneHotEncoder(
        handle_unknown="ignore", sparse_output=False,
        categories="auto" if whole else [np.array(categories[i], dtype=object) for i in kept])
    reference.fit(rows[:, kept])
    expected = number_rows(case["transformed"], sum(map(len, categories)))
    assert_close("transform", expected, reference.transform(new[:, kept]), 0)
    for encoder in loaded(path):
        assert_same("class", type(encoder), OneHotEncoder)
        # With strings as objects, and as whatever type pandas infers for them.
        for dtype in [object, None]:
            frame = pd.DataFrame(new.tolist(), columns=names, dtype=dtype).iloc[:, kept]
            assert_close("transform of the pickle", encoder.transform(frame), expected, 0)
        assert_same("features", list(encoder.feature_names_in_), [names[i] for i in kept])
        assert_same("column names", list(encoder.get_feature_names_out()), case["columnNames"])
        encoder.inverse_transform(expected)
        encoder.fit(rows[:, kept])


def check_logistic_regression(case, path):
    rows = number_rows(case["features"], len(case["coefficients"]))
    reference = LogisticRegression(
        C=1 / case["l2"], tol=1e-10, max_iter=10000, solver="newton-cholesky")
    reference.fit(rows, case["labels"], sample_weight=case["weights"])
    assert_close("coefficients", case["coefficients"], reference.coef_[0], 1e-6)
    assert_close("intercept", [case["intercept"]], reference.intercept_, 1e-6)
    assert_close("probabilities", case["probabilities"], reference.predict_proba(rows)[:, 1], 1e-6)


def check_value(case, path):
    """A value of plain Python and numpy, compared with a Python expression of the test."""
    expected = eval(case["expression"], {"np": np})
    for value in loaded(path):
        assert_same("class", type(value), type(expected))
        if isinstance(expected, np.ndarray):
            assert_same("type", value.dtype, expected.dtype)
            assert_same("shape", value.shape, expected.shape)
            value, expected_list = value.tolist(), expected.tolist()
            assert_same("elements", repr(value), repr(expected_list))
        else:
            assert_same("value", repr(value), repr(expected))


checks = {
    "standard_scaler": check_standard_scaler,
    "one_hot_encoder": check_one_hot_encoder,
    "logistic_regression": check_logistic_regression,
    "value": check_value,
}


def main():
    paths = sorted(Path(sys.argv[1]).glob("*.json"), key=lambda path: int(path.stem))
    failures = 0
    warnings.simplefilter("error")
    for path in paths:
        case = json.loads(path.read_text())
        try:
            checks[case["kind"]](case, path.with_suffix(".pkl"))
        except (AssertionError, Warning, ValueError, TypeError, AttributeError, KeyError) as error:
            failures += 1
            print(f"case {path.stem}, {case['kind']}: {type(error).__name__}: {error}")
    if failures:
        sys.exit(1)
    print(f"{len(paths)} cases agree")


main()
