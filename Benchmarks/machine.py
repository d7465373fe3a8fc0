"""Where the numbers come from: processor, versions, and how busy the machine was."""
import os
import pathlib
import platform
from importlib.metadata import version

from contest import HOPELESS, Result, limit


def processor() -> str:
    count = len(os.sched_getaffinity(0))
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.split(':')[1].strip()}, {count} processors"
    return f"{platform.machine()}, {count} processors"


BOOSTERS = {"LightGBM": "lightgbm", "XGBoost": "xgboost", "CatBoost": "catboost",
            "scikit-learn": "scikit-learn", "pandas": "pandas"}


def peers(packages: dict[str, str]) -> str:
    words = [f"{name} {version(package)}" for name, package in packages.items()]
    return ", ".join([*words, f"Python {platform.python_version()}"])


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def quiet_line(load_before: str, minutes: float) -> str:
    return (f"- Load average {load_before} before the first measurement and {load()} after the last,"
            f" {minutes:.0f} minutes later. The benchmark itself raises it to the threads that it"
            " uses; a first one well above 0 means that the machine was not quiet.")


def header(facts: Result, load_before: str, minutes: float, repeats: int,
           quick: bool) -> list[str]:
    runs = "one run" if repeats == 1 else f"medians of {repeats} runs"
    return [
        "# Gradient boosting: mlcore and its peers", "",
        "Written by `Benchmarks/run`.", "",
        f"- Machine: {processor()}, {platform.system()} {platform.release()}.",
        f"- Ours: {facts['blas']}, core {facts['core']}. Peers: {peers(BOOSTERS)}.",
        quiet_line(load_before, minutes),
        f"- Protocol: {runs}, each in a fresh process, contestants in turn; same float32 values,"
        " trees, leaves, learning rate and L2 penalty for all. A mode and thread count that first"
        f" took more than {HOPELESS} times as long as its tool's best was not run again, and one"
        f" that took more than {limit(quick):.0f} s was given up and is named as such.", ""]
