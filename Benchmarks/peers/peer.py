"""One measurement of a peer in a fresh process; prints one line of JSON.

Usage: peer.py TOOL MODE TRAIN.parquet TEST.parquet THREADS TREES LEAVES LEARNING_RATE
The data set is built, the model trained and the test rows predicted in timed parts; reading the
files is not timed. Numbers are float32, text columns pandas categories.
"""
import json
import resource
import sys
import time

import numpy as np
import pyarrow.parquet as parquet
from sklearn.metrics import roc_auc_score


def read(path):
    frame = parquet.read_table(path).to_pandas()
    labels = frame.pop("label").to_numpy(np.float32)
    texts = [name for name in frame if frame[name].dtype not in (np.float32, np.float64)]
    if not texts:
        return np.ascontiguousarray(frame.to_numpy(np.float32)), labels, []
    for name in frame:
        frame[name] = frame[name].astype("category" if name in texts else np.float32)
    return frame, labels, texts


def lightgbm(mode, train, labels, texts, test, threads, trees, leaves, rate):
    import lightgbm as lgb
    parameters = dict(
        objective="binary", num_leaves=leaves, learning_rate=rate, lambda_l2=1, verbose=-1,
        num_threads=threads, max_bin=255, min_data_in_leaf=20)
    parameters["force_col_wise" if mode == "column" else "force_row_wise"] = True
    if mode == "quantised":
        parameters["use_quantized_grad"] = True
    start = time.perf_counter()
    data = lgb.Dataset(train, labels, params=parameters, categorical_feature=texts or "auto")
    data.construct()
    built = time.perf_counter()
    model = lgb.train(parameters, data, trees)
    trained = time.perf_counter()
    predictions = model.predict(test, num_threads=threads)
    return built - start, trained - built, time.perf_counter() - trained, predictions


def xgboost(mode, train, labels, texts, test, threads, trees, leaves, rate):
    import xgboost as xgb
    parameters = dict(
        objective="binary:logistic", tree_method="hist", eta=rate, max_bin=256, nthread=threads,
        reg_lambda=1, min_child_weight=1)
    if mode == "lossguide":
        parameters |= dict(grow_policy="lossguide", max_leaves=leaves, max_depth=0)
    else:
        parameters |= dict(max_depth=int(np.ceil(np.log2(leaves + 1))))
    start = time.perf_counter()
    data = xgb.QuantileDMatrix(train, labels, nthread=threads, enable_categorical=bool(texts))
    built = time.perf_counter()
    model = xgb.train(parameters, data, trees)
    trained = time.perf_counter()
    if texts:
        predictions = model.predict(xgb.DMatrix(test, nthread=threads, enable_categorical=True))
    else:
        predictions = model.inplace_predict(test)
    return built - start, trained - built, time.perf_counter() - trained, predictions


def catboost(mode, train, labels, texts, test, threads, trees, leaves, rate):
    import catboost as cb
    if texts:
        train, test = train.copy(), test.copy()
        for name in texts:
            for frame in (train, test):
                frame[name] = frame[name].astype(object).fillna("missing").astype(str)
    parameters = dict(
        iterations=trees, learning_rate=rate, thread_count=threads, verbose=0, l2_leaf_reg=1,
        allow_writing_files=False, border_count=254, boosting_type="Plain")
    if mode == "lossguide":
        parameters |= dict(grow_policy="Lossguide", max_leaves=leaves, depth=16)
    else:
        parameters |= dict(depth=int(np.ceil(np.log2(leaves + 1))))
    start = time.perf_counter()
    data = cb.Pool(train, labels, cat_features=texts or None, thread_count=threads)
    built = time.perf_counter()
    model = cb.CatBoostClassifier(**parameters).fit(data)
    trained = time.perf_counter()
    predictions = model.predict_proba(test, thread_count=threads)[:, 1]
    return built - start, trained - built, time.perf_counter() - trained, predictions


def sklearn(mode, train, labels, texts, test, threads, trees, leaves, rate):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits
    model = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=rate, max_leaf_nodes=leaves, l2_regularization=1,
        min_samples_leaf=20, early_stopping=False,
        categorical_features="from_dtype" if texts else None)
    with threadpool_limits(threads):
        start = time.perf_counter()
        model.fit(train, labels)
        trained = time.perf_counter()
        predictions = model.predict_proba(test)[:, 1]
        return 0, trained - start, time.perf_counter() - trained, predictions


def main():
    tool, mode, train_path, test_path = sys.argv[1:5]
    threads, trees, leaves = map(int, sys.argv[5:8])
    train, labels, texts = read(train_path)
    test, test_labels, _ = read(test_path)
    if texts:
        for name in texts:  # codes of the same categories in both tables
            test[name] = test[name].cat.set_categories(train[name].cat.categories)
    dataset, boost, predict, predictions = globals()[tool](
        mode, train, labels, texts, test, threads, trees, leaves, float(sys.argv[8]))
    print(json.dumps(dict(
        dataset=dataset, boost=boost, predict=predict,
        auc=roc_auc_score(test_labels, predictions),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))


main()
