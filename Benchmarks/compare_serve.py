"""Runs `mlcore serve` and other servers of models in turn and writes Benchmarks/SERVE.md.

Usage: compare_serve.py BINARIES PROGRAM VENV MLFLOW_VENV [--repeats N] [--seconds N] [--only ...]
"""
import argparse
import json
import pathlib
import sys
import time

import churn_rows
import machine
import serve_churn
import serve_recommender
import slow_clients
from servers import request

HERE = pathlib.Path(__file__).resolve().parent
SECTIONS = ["churn", "recommendations", "slow"]
PACKAGES = {"MLServer": "mlserver", "mlserver-lightgbm": "mlserver-lightgbm", "MLflow": "mlflow",
            "ONNX Runtime": "onnxruntime", "FastAPI": "fastapi", "uvicorn": "uvicorn",
            "LightGBM": "lightgbm", "NumPy": "numpy"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run-serve", description=__doc__.splitlines()[0])
    for name in ("binaries", "program", "venv", "mlflow_venv"):
        parser.add_argument(name, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=3, help="runs of each contestant (3)")
    parser.add_argument("--seconds", type=int, default=8, help="seconds of each load (8)")
    parser.add_argument("--only", default=",".join(SECTIONS), help=", ".join(SECTIONS))
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "SERVE.md")
    return parser.parse_args()


def slow_section(files: serve_churn.Files, options: argparse.Namespace) -> list[str]:
    rows = churn_rows.read(files.table, serve_churn.ASKED_ROWS, "churn")
    asked = [request("POST", "/invocations", json.dumps(churn_rows.records(row)).encode())
             for row in rows]
    command = [options.program, "serve", "--model", files.model, "--port", serve_churn.PORT]
    return slow_clients.section(command, serve_churn.PORT, options.binaries, asked, files.folder,
                                2 * options.seconds)


def main() -> None:
    options = arguments()
    wanted = options.only.split(",")
    if unknown := set(wanted) - set(SECTIONS):
        sys.exit(f"benchmarks: there is no part {min(unknown)}; there are {', '.join(SECTIONS)}")
    started, load_before = time.monotonic(), machine.load()
    files = serve_churn.Files(options.program.resolve(), HERE / ".data" / "serve")
    files.make(options.mlflow_venv / "bin/python")
    parts = {
        "churn": lambda: serve_churn.section(
            files, options.venv, options.mlflow_venv, options.binaries, options.repeats,
            options.seconds),
        "recommendations": lambda: serve_recommender.section(
            files.program, options.binaries, files.folder, options.repeats, options.seconds),
        "slow": lambda: slow_section(files, options)}
    sections = [line for name in SECTIONS if name in wanted for line in parts[name]()]
    minutes = (time.monotonic() - started) / 60
    options.out.write_text("\n".join([
        "# Servers: mlcore and its peers", "", "Written by `Benchmarks/run-serve`.", "",
        f"- Machine: {machine.processor()}. Peers: {machine.peers(PACKAGES)}.",
        machine.quiet_line(load_before, minutes),
        f"- Protocol: medians of {options.repeats} runs of {options.seconds} s, contestants in"
        " turn, each in a fresh process. Clients and servers share the processors of one machine"
        " and talk over the loopback. Whoever writes an access log writes it into a file.",
        f"- Full load: wrk with one thread and {serve_churn.CONNECTIONS} connections that wait for"
        f" each answer. {serve_churn.ASKED_ROWS} rows are asked in turn.",
        f"- Fixed rates: an open loop over {serve_churn.RATE_CONNECTIONS} connections. A latency"
        " counts from the moment at which the request is due, also if it has to wait for a"
        f" connection. The first {serve_churn.WARM_UP} s do not count. A rate is not kept if fewer"
        f" than {100 * serve_churn.KEPT:.1f} % of the requests were answered within 2 s of the"
        " end.",
        "- Model: all serve the same trees, which mlcore trained. MLServer and FastAPI read the"
        " export to LightGBM and get one tensor of numbers, in which the benchmark has put the"
        " codes of the categories. MLflow reads the export to ONNX and gets the columns. mlcore"
        " gets the columns as they stand in the table, with times as texts.",
        "- MLServer runs its models in the server (0 parallel workers) or in other processes."
        " FastAPI is the least that a server around LightGBM can be; it checks no input.",
        "- largest difference: of probabilities, from `mlcore predict`. MLflow's are float32.",
        "- MB: memory that the processes of the server hold by themselves (RssAnon) after the"
        " load.",
        "", *sections]))


main()
