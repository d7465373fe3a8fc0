"""Times how long Optuna's TPE takes to choose the next trial: the twin of SamplerBenchmark.

Prints the median of the last asks in milliseconds as JSON. Usage: optuna_asking.py TOLD ASKS
"""
import json
import statistics
import sys
import time

import optuna
from optuna.distributions import FloatDistribution, IntDistribution

SPACE = {
    "learning_rate": FloatDistribution(0.01, 0.3, log=True),
    "num_leaves": IntDistribution(4, 128, log=True),
    "min_data_in_leaf": IntDistribution(1, 200, log=True),
    "lambda_l1": FloatDistribution(1e-3, 10, log=True),
    "lambda_l2": FloatDistribution(1e-3, 100, log=True),
    "min_gain_to_split": FloatDistribution(1e-3, 10, log=True),
    "feature_fraction": FloatDistribution(0.2, 1),
    "bagging_fraction": FloatDistribution(0.4, 1),
    "cat_smooth": FloatDistribution(1e-2, 100, log=True),
}
BEST = (0.05, 16, 20, 0.1, 5, 0.05, 0.5, 0.8, 10)


def loss(params: dict[str, float]) -> float:
    return sum(abs(number - best) / (number + best) for number, best in zip(params.values(), BEST))


def main() -> None:
    told, asks = (int(text) for text in sys.argv[1:3])
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(
        seed=1, multivariate=True, constant_liar=True))
    times = []
    for _ in range(told + asks):
        start = time.perf_counter()
        trial = study.ask(SPACE)
        times.append((time.perf_counter() - start) * 1e3)
        study.tell(trial, loss(trial.params))
    print(json.dumps(statistics.median(times[-asks:])))


if __name__ == "__main__":
    main()
