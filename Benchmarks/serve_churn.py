"""One row of the churn table asked of several servers: requests a second and latencies."""
import csv
import io
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable

import churn_rows
import machine
from servers import Contestant, Failed, Server, request, write_requests
from wording import given_up_line, ratio

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE / "peers" / "serve"
ROWS, ASKED_ROWS, TREES, LEAVES = 7_000, 100, 100, 31
CONNECTIONS, RATE_CONNECTIONS = 16, 32
RATES = (100, 5_000)
WARM_UP = 1
PORT = 8340
OURS = "mlcore"
# A contestant that answers fewer of the requests at a rate does not keep it.
KEPT = 0.999


class Files:
    """The table, the model and its exports."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path):
        self.program, self.folder = program, folder
        self.table, self.model = folder / "churn.csv", folder / "churn"
        self.lightgbm, self.onnx = folder / "churn.txt", folder / "churn.onnx"
        self.mlflow, self.mlserver = folder / "mlflow", folder / "mlserver"

    def make(self, mlflow_python: pathlib.Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.run("generate", "churn", "--rows", ROWS, "--seed", 1, "--out", self.table, "--force")
        self.run("train", "churn", "--data", self.table, "--target", "churn", "--id", "customer_id",
                 "--num-trees", TREES, "--num-leaves", LEAVES, "--early-stopping-rounds", 0,
                 "--calibration", "none", "--out", self.model, "--force")
        for kind, out in (("lightgbm", self.lightgbm), ("onnx", self.onnx)):
            self.run("export", kind, "--model", self.model, "--out", out, "--force")
        subprocess.run([mlflow_python, PEERS / "mlflow_model.py", self.onnx, self.mlflow],
                       check=True, capture_output=True)

    def run(self, *words: object) -> str:
        return subprocess.run([str(word) for word in (self.program, *words)], check=True, text=True,
                              capture_output=True).stdout

    def probabilities(self) -> list[float]:
        """What `mlcore predict` says of the first rows."""
        text = self.run("predict", "--model", self.model, "--data", self.table, "--out", "-")
        rows = csv.DictReader(io.StringIO(text))
        return [float(row["churn_probability"]) for row, _ in zip(rows, range(ASKED_ROWS))]

    def mlserver_folder(self, workers: int) -> pathlib.Path:
        folder = self.mlserver / str(workers)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.lightgbm, folder / "model.bst")
        (folder / "model-settings.json").write_text(json.dumps({
            "name": "churn", "implementation": "mlserver_lightgbm.LightGBMModel",
            "parameters": {"uri": "./model.bst"}}))
        (folder / "settings.json").write_text(json.dumps({
            "host": "127.0.0.1", "http_port": PORT, "grpc_port": PORT + 1, "metrics_port": PORT + 2,
            "parallel_workers": workers, "debug": False}))
        return folder


def contestants(files: Files, venv: pathlib.Path, mlflow_venv: pathlib.Path) -> list[Contestant]:
    columns = json.loads(files.onnx.with_name(f"{files.onnx.name}.json").read_text())["inputs"]
    numbers = {column["name"] for column in columns if column["kind"] == "number"}
    ours = [files.program, "serve", "--model", files.model, "--port", PORT]

    def of_tensor(name: str, place: int) -> Callable[[dict], float]:
        return lambda answer: next(output["data"][place] for output in answer["outputs"]
                                   if output["name"] == name)

    found = [
        Contestant("mlcore /v2 infer", ours, PORT, "/v2/models/churn/infer",
                   churn_rows.tensors(numbers), of_tensor("churn_probability", 0)),
        Contestant("mlcore /invocations", ours, PORT, "/invocations", churn_rows.records,
                   lambda answer: answer["predictions"][0]["churn_probability"])]
    coded = churn_rows.coded_tensor(files.lightgbm.with_name(f"{files.lightgbm.name}.json"))
    for workers in (0, 1, 2):
        found.append(Contestant(
            f"MLServer, {workers} parallel workers",
            [venv / "bin/mlserver", "start", files.mlserver_folder(workers)], PORT,
            "/v2/models/churn/infer", coded, of_tensor("predict", 0)))
    for workers in (1, 2):
        found.append(Contestant(
            f"MLflow, {workers} workers",
            [mlflow_venv / "bin/mlflow", "models", "serve", "-m", files.mlflow, "--env-manager",
             "local", "-h", "127.0.0.1", "-p", PORT, "-w", workers], PORT, "/invocations",
            churn_rows.named_tensors(files.onnx.with_name(f"{files.onnx.name}.json")),
            lambda answer: answer["predictions"]["probabilities"][0][1]))
    for workers in (1, 2):
        found.append(Contestant(
            f"FastAPI and LightGBM, {workers} workers",
            ["env", f"FASTAPI_MODEL={files.lightgbm}", venv / "bin/uvicorn", "--app-dir", PEERS,
             "--host", "127.0.0.1", "--port", PORT, "--workers", workers, "--log-level", "warning",
             "fastapi_server:app"], PORT, "/infer",
            lambda row: {"data": coded(row)["inputs"][0]["data"]},
            lambda answer: answer["probability"]))
    return found


def measure(contestant: Contestant, files: Files, binaries: pathlib.Path, rows: list[dict],
            expected: list[float], seconds: float) -> dict:
    requests = [request("POST", contestant.path, json.dumps(contestant.body(row)).encode())
                for row in rows]
    asked = write_requests(files.folder / "requests" / f"{contestant.name}.txt".replace("/", " "),
                           requests)
    log = files.folder / "server.log"
    with Server(contestant.command, contestant.port, log) as server:
        result = {"start": server.wait(requests[0])}
        answers = [json.loads(server.ask(one)[1]) for one in requests]
        result["difference"] = max(
            abs(contestant.probability(answer) - wanted)
            for answer, wanted in zip(answers, expected))
        before = machine.stolen_seconds()
        result |= wrk(contestant.port, seconds, asked)
        result["stolen"] = machine.stolen_seconds() - before
        for rate in RATES:
            result[rate] = at_rate(binaries, contestant.port, rate, seconds, asked)
        result["megabytes"] = server.megabytes()
    return result


def wrk(port: int, seconds: float, asked: pathlib.Path) -> dict:
    done = subprocess.run(
        ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration",
         f"{seconds:.0f}s", "--latency", "--timeout", "30s", "--script", PEERS / "requests.lua",
         f"http://127.0.0.1:{port}", "--", asked], check=True, text=True, capture_output=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def at_rate(binaries: pathlib.Path, port: int, rate: float, seconds: float, asked: pathlib.Path,
            connections: int = RATE_CONNECTIONS) -> dict:
    words = [binaries / "LoadBenchmark", port, connections, rate, WARM_UP, seconds, asked]
    done = subprocess.run([str(word) for word in words], check=True, text=True, capture_output=True)
    return json.loads(done.stdout) | {"seconds": seconds}


def is_kept(load: dict) -> bool:
    return load["answered"] >= KEPT * load.get("wanted", float("inf"))


def rate_words(loads: list[dict]) -> str:
    """The median latencies at a rate; how much was answered where it was not kept."""
    if not all(map(is_kept, loads)):
        answered = statistics.median(load["answered"] / load["seconds"] for load in loads)
        return f"not kept: {answered:,.0f} a second | | "
    return " | ".join(f"{statistics.median(load[key] for load in loads) / 1e3:.3g}"
                      for key in ("p50", "p99", "p999"))


def table(results: dict[str, list[dict]]) -> list[str]:
    def middle(name: str, key: str) -> float:
        return statistics.median(result[key] for result in results[name])

    best = max(middle(name, "a_second") for name in results if name.startswith(OURS))
    least = min(middle(name, "p99") for name in results if name.startswith(OURS))
    lines = [
        "| server | requests a second | mlcore has times as many | p50, ms | p99, ms |"
        " times the p99 of mlcore | largest difference | MB | start, s |", "|---" * 9 + "|"]
    for name in results:
        cells = [name, f"{middle(name, 'a_second'):,.0f}", ratio(best, middle(name, "a_second")),
                 f"{middle(name, 'p50') / 1e3:.3g}", f"{middle(name, 'p99') / 1e3:.3g}",
                 ratio(middle(name, "p99"), least), f"{middle(name, 'difference'):.0e}",
                 f"{middle(name, 'megabytes'):.0f}", f"{middle(name, 'start'):.2g}"]
        lines.append(f"| {' | '.join(cells)} |")
    heads = " | ".join(f"{rate:,} a second: p50, ms | p99 | p99.9" for rate in RATES)
    lines += ["", f"| server | {heads} |", "|---" * (1 + 3 * len(RATES)) + "|"]
    for name, own in results.items():
        cells = [rate_words([result[rate] for result in own]) for rate in RATES]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def stolen(results: dict[str, list[dict]]) -> list[str]:
    """What the host took: a server that uses all processors stands still meanwhile."""
    seconds = [result["stolen"] for own in results.values() for result in own]
    return ["", f"While wrk ran, the host of this machine took {min(seconds):.2f} to"
            f" {max(seconds):.2f} s of the processors from a run."]


def refusals(results: dict[str, list[dict]]) -> list[str]:
    """The servers that answered with an error, or not at all, under load."""
    lines = []
    for name, own in results.items():
        loads = [result for result in own] + [result[rate] for result in own for rate in RATES]
        refused = sum(load.get("refused", 0) for load in loads)
        failed = sum(load.get("failed", 0) for load in loads)
        if refused or failed:
            lines.append(f"- {name}: {refused:,} answers with an error, {failed:,} without an end.")
    return ["", *lines] if lines else []


def section(files: Files, venv: pathlib.Path, mlflow_venv: pathlib.Path, binaries: pathlib.Path,
            repeats: int, seconds: float) -> list[str]:
    rows = churn_rows.read(files.table, ASKED_ROWS, "churn")
    expected = files.probabilities()
    results: dict[str, list[dict]] = {}
    given_up = []
    for repeat in range(repeats):
        for contestant in contestants(files, venv, mlflow_venv):
            if repeat > 0 and contestant.name not in results:
                continue
            try:
                result = measure(contestant, files, binaries, rows, expected, seconds)
            except Failed as failure:
                if contestant.name.startswith(OURS):
                    raise
                given_up.append(f"{contestant.name}: {failure}")
                continue
            print("churn", contestant.name, result, file=sys.stderr, flush=True)
            results.setdefault(contestant.name, []).append(result)
    return [f"## Churn: one row, {TREES} trees of {LEAVES} leaves", "", *table(results),
            *stolen(results), *refusals(results), *given_up_line(given_up), ""]
