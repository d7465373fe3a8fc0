"""Our samplers and those of Optuna on the very same objective: `mlcore tune churn --pruner none`.

Optuna is asked and told in batches as wide as ours, from the same first points. What it asks for is
written as the study of an earlier search, whose best trials `mlcore tune --warm-start` tries first:
so every point of every sampler is scored by one program, on the same folds with the same random
numbers, and the winner's model is judged on the same test part.
"""
import hashlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import optuna
import pandas as pd
from sklearn.model_selection import train_test_split

TRIALS, FOLDS, WIDTH, STARTUP = 50, 5, 4, 10
SEARCHED, MOST_TESTED = 5000, 10_000
OURS = ("tpe", "tpe-optuna", "random")
THEIRS = {
    "Optuna's TPE": lambda seed: optuna.samplers.TPESampler(
        seed=seed, multivariate=True, constant_liar=True, n_startup_trials=STARTUP),
    "Optuna's random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
}
Point = dict[str, float]


class Objective:
    """Rows of one table with one seed, which decides the rows, the folds and the random numbers."""

    def __init__(self, program: str, folder: pathlib.Path, frame: pd.DataFrame, target: str,
                 seed: int) -> None:
        searched, test = train_test_split(frame, train_size=SEARCHED, stratify=frame[target],
                                          random_state=seed)
        self.folder = folder
        parts = {"searched": searched, "test": test.head(MOST_TESTED),
                 # For searches whose model is not looked at.
                 "few": test.groupby(target, observed=True).head(20)}
        for name, part in parts.items():
            part.to_parquet(folder / f"{name}.parquet", index=False)
        self.command = [program, "tune", "churn", "--data", folder / "searched.parquet", "--target",
                        target, "--seed", seed, "--folds", FOLDS, "--pruner", "none", "--threads", 1,
                        "--json", "--force", "--out", folder / "tuned"]

    def tune(self, *more: object, judged: bool = True) -> dict:
        test = self.folder / ("test.parquet" if judged else "few.parquet")
        command = [str(part) for part in [*self.command, "--test", test, *more]]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
        return json.loads(done.stdout)

    def distributions(self) -> dict[str, optuna.distributions.BaseDistribution]:
        """The space of the last search, from its journal."""
        backend = optuna.storages.journal.JournalFileBackend(
            str(self.folder / "tuned" / "study" / "optuna.log"))
        storage = optuna.storages.JournalStorage(backend)
        return optuna.load_study(study_name=None, storage=storage).trials[0].distributions

    def score(self, points: list[Point], judged: bool = True) -> dict:
        """A search that tries these points and no others."""
        different = [point for place, point in enumerate(points) if point not in points[:place]]
        result = self.tune("--trials", len(different), "--warm-start", self.study(different),
                           judged=judged)
        if [trial["params"] for trial in result["trials"]] != different:
            raise RuntimeError("mlcore tune scored other points than it was given")
        return result

    def values(self, points: list[Point]) -> list[float]:
        trials = self.score(points, judged=False)["trials"]
        return [next(trial["value"] for trial in trials if trial["params"] == point)
                for point in points]

    def study(self, points: list[Point]) -> pathlib.Path:
        """A run folder that holds nothing but a study whose best trials are these, in order."""
        trials = [{"number": number, "state": "complete", "value": -number, "best_step": 1,
                   "params": point, "steps": []} for number, point in enumerate(points)]
        study = json.dumps({"description": {"task": "churn"}, "direction": "maximise",
                            "trials": trials}).encode()
        folder = self.folder / "asked"
        (folder / "study").mkdir(parents=True, exist_ok=True)
        (folder / "study" / "study.json").write_bytes(study)
        manifest = json.dumps({
            "checksum": "0" * 64, "format_version": 1, "mlcore_version": "0.1.0", "inputs": [],
            "files": {"study/study.json": {"size": len(study),
                                           "sha256": hashlib.sha256(study).hexdigest()}}})
        checksum = hashlib.sha256(manifest.encode()).hexdigest()
        (folder / "manifest.json").write_text(manifest.replace("0" * 64, checksum))
        return folder


def searched_by_optuna(objective: Objective, sampler: optuna.samplers.BaseSampler,
                       first: list[dict]) -> dict:
    """The result of the best of TRIALS points, the first of which have been scored."""
    distributions = objective.distributions()
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for trial in first:
        study.add_trial(optuna.trial.create_trial(
            params=trial["params"], distributions=distributions, value=trial["value"]))
    while len(study.trials) < TRIALS:
        count = min(WIDTH, TRIALS - len(study.trials))
        batch = [study.ask(distributions) for _ in range(count)]
        for trial, value in zip(batch, objective.values([trial.params for trial in batch])):
            study.tell(trial, value)
    result = objective.score([study.best_params])
    if result["best"]["value"] != study.best_value:
        raise RuntimeError("a point that is scored again has another value")
    return result


def outcome(result: dict) -> dict:
    return {"search": result["best"]["value"], "test": result["test"]["metrics"]["auc"]}


def compared(program: str, name: str, frame: pd.DataFrame, target: str, seed: int) -> dict:
    """What each sampler has found in the end."""
    with tempfile.TemporaryDirectory() as folder:
        objective = Objective(program, pathlib.Path(folder), frame, target, seed)
        found, first = {}, []
        for sampler in OURS:
            result = objective.tune("--trials", TRIALS, "--sampler", sampler)
            found[sampler] = outcome(result)
            first = result["trials"][:WIDTH]
        # Ours, scored the way that the others are.
        if outcome(objective.score([result["best"]["params"]])) != found[sampler]:
            raise RuntimeError("a point of ours has another value when it is given")
        for other, make in THEIRS.items():
            found[other] = outcome(searched_by_optuna(objective, make(seed), first))
    return {"table": name, "seed": seed, "found": found}


def all_compared(program: str, tables: list[tuple[str, pd.DataFrame, str]], seeds: int,
                 kept: pathlib.Path | None) -> list[dict]:
    """All tables and seeds, some at a time; `kept` holds those that an earlier call of the same
    program has done."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sha256 = hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()
    lines = kept.read_text().splitlines() if kept and kept.exists() else []
    done = [one for one in map(json.loads, lines) if one.get("program") == sha256]
    if len(done) < len(lines):
        print(f"samplers: {len(lines) - len(done)} lines of {kept} are of another program and not"
              " counted", file=sys.stderr)
    jobs = [(*table, seed) for seed in range(seeds) for table in tables
            if not any((one["table"], one["seed"]) == (table[0], seed) for one in done)]

    def run(job: tuple[str, pd.DataFrame, str, int]) -> None:
        one = compared(program, *job) | {"program": sha256}
        done.append(one)
        print(json.dumps(one), file=sys.stderr, flush=True)
        if kept:
            with kept.open("a") as file:
                file.write(json.dumps(one) + "\n")

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(run, jobs))
    return sorted(done, key=lambda one: [table[0] for table in tables].index(one["table"]))


def interval(differences: list[float]) -> str:
    """The mean of paired differences with its 95 % bootstrap interval, in 1e-4."""
    draws = random.Random(1)
    means = sorted(statistics.fmean(draws.choices(differences, k=len(differences)))
                   for _ in range(10_000))
    mean = statistics.fmean(differences)
    return f"{mean * 1e4:+.1f} [{means[250] * 1e4:+.1f}, {means[9750] * 1e4:+.1f}]"


def rows(done: list[dict], score: str) -> list[str]:
    others = [*OURS[1:], *THEIRS]
    lines = ["| table | runs | mean of tpe | " + " | ".join(f"tpe - {name}" for name in others) + " |",
             "|---" * (3 + len(others)) + "|"]
    tables = list(dict.fromkeys(one["table"] for one in done))
    for name, included in [*((table, [table]) for table in tables), ("all", tables)]:
        found = [one["found"] for one in done if one["table"] in included]
        mean = statistics.fmean(one["tpe"][score] for one in found)
        cells = [interval([one["tpe"][score] - one[other][score] for one in found])
                 for other in others]
        lines.append(f"| {name} | {len(found)} | {mean:.4f} | " + " | ".join(cells) + " |")
    return lines


def section(done: list[dict]) -> list[str]:
    return [
        "## Samplers", "",
        f"{SEARCHED:,} rows of each table, {TRIALS} trials in batches of {WIDTH}, without pruning, on"
        f" one objective: the mean AUC of {FOLDS} folds, as `mlcore tune churn` has it. All samplers"
        f" start with the same {WIDTH} points and draw at random until {STARTUP} are told. A run is a"
        " seed, which decides the rows, the folds and the random numbers. `tpe` is our default,"
        " `tpe-optuna` our sampler with the settings of Optuna, whose version"
        f" {optuna.__version__} runs live, `multivariate` and with `constant_liar`. Paired differences"
        " in 1e-4 of the AUC with 95 % bootstrap intervals over runs: above 0, `tpe` is better.", "",
        "The best value that the search has found:", "", *rows(done, "search"), "",
        f"The AUC of the winner's model on at most {MOST_TESTED:,} other rows, which no search has"
        " seen:", "",
        *rows(done, "test"), ""]
