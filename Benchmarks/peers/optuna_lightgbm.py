"""Optuna's search for LightGBM's hyperparameters, with the space, folds and trials of `mlcore tune`.

Prints one JSON document: the seconds of the search alone, its best score, and the score of the best
configuration on the test table. Usage: optuna_lightgbm.py TRAIN.parquet TEST.parquet TRIALS FOLDS
SEED JOBS THREADS [tpe|random]
"""
import json
import sys
import time

import lightgbm as lgb
import numpy as np
import optuna
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

ROUNDS = 1000
PATIENCE = 50


def suggested(trial: optuna.Trial) -> dict:
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, 128, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 1, 200, log=True),
        "lambda_l1": trial.suggest_float("lambda_l1", 1e-3, 10, log=True),
        "lambda_l2": trial.suggest_float("lambda_l2", 1e-3, 100, log=True),
        "min_gain_to_split": trial.suggest_float("min_gain_to_split", 1e-3, 10, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.2, 1),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.4, 1),
    }


def main() -> None:
    train, test = (pd.read_parquet(path) for path in sys.argv[1:3])
    trials, folds, seed, jobs, threads = (int(text) for text in sys.argv[3:8])
    sampler = sys.argv[8] if len(sys.argv) > 8 else "tpe"
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    label = train.pop("label").to_numpy()
    test_label = test.pop("label").to_numpy()
    fixed = {"objective": "binary", "metric": "auc", "verbosity": -1, "num_threads": threads,
             "seed": seed, "bagging_freq": 1, "feature_pre_filter": False, "deterministic": True,
             "force_col_wise": True}
    started = time.perf_counter()
    whole = lgb.Dataset(train, label, params=fixed, free_raw_data=False).construct()
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    parts = [(whole.subset(np.sort(kept)).construct(), whole.subset(np.sort(left)).construct())
             for kept, left in splitter.split(train, label)]

    def objective(trial: optuna.Trial) -> float:
        parameters = fixed | suggested(trial)
        scores, rounds = [], []
        for kept, left in parts:
            booster = lgb.train(parameters, kept, ROUNDS, valid_sets=[left],
                                callbacks=[lgb.early_stopping(PATIENCE, verbose=False)])
            scores.append(booster.best_score["valid_0"]["auc"])
            rounds.append(booster.best_iteration)
        trial.set_user_attr("rounds", int(np.mean(rounds)))
        return float(np.mean(scores))

    chooser = (optuna.samplers.TPESampler(seed=seed) if sampler == "tpe"
               else optuna.samplers.RandomSampler(seed=seed))
    study = optuna.create_study(direction="maximize", sampler=chooser)
    study.optimize(objective, n_trials=trials, n_jobs=jobs)
    seconds = time.perf_counter() - started
    final = lgb.train(fixed | {"num_threads": jobs * threads} | study.best_params, whole,
                      max(1, study.best_trial.user_attrs["rounds"]))
    print(json.dumps({
        "seconds": seconds, "search": study.best_value,
        "test": roc_auc_score(test_label, final.predict(test)), "params": study.best_params,
        "rounds": study.best_trial.user_attrs["rounds"],
        "history": [trial.value for trial in study.trials]}))


if __name__ == "__main__":
    main()
