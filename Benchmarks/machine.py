"""Where the numbers come from: processor, versions, and how busy the machine was."""
import os
import pathlib
import platform
import sys
from importlib.metadata import PackageNotFoundError, distributions, version

from contest import HOPELESS, Result


def processor() -> str:
    count = len(os.sched_getaffinity(0))
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.split(':')[1].strip()}, {count} processors"
    return f"{platform.machine()}, {count} processors"


BOOSTERS = {"LightGBM": "lightgbm", "XGBoost": "xgboost", "CatBoost": "catboost",
            "scikit-learn": "scikit-learn", "hessboost": "hessboost", "YDF": "ydf",
            "Perpetual": "perpetual", "ChimeraBoost": "chimeraboost", "Snap ML": "snapml",
            "lleaves": "lleaves", "ONNX Runtime": "onnxruntime",
            "daal4py": "scikit-learn-intelex", "pandas": "pandas"}


def peers(packages: dict[str, str]) -> str:
    words = [f"{name} {installed(package)}" for name, package in packages.items()]
    return ", ".join([*words, f"Python {platform.python_version()}"])


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        folders = pathlib.Path(sys.prefix).parent.glob(".venv*/lib/python*/site-packages")
        found = next(iter(distributions(name=package, path=list(map(str, folders)))), None)
        return found.version if found else "(not installed)"


def not_installed() -> list[str]:
    """What `install_if_possible` of Benchmarks/prepare noted in the folders of packages."""
    notes = pathlib.Path(sys.prefix).parent.glob(".venv*/not-installed")
    return [f"- Not installed: {line}" for note in notes for line in note.read_text().splitlines()]


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def stolen_seconds() -> float:
    """The processor time that the host of this virtual machine took since the start."""
    first = pathlib.Path("/proc/stat").read_text().splitlines()[0]
    return int(first.split()[8]) / os.sysconf("SC_CLK_TCK")


def quiet_line(load_before: str, minutes: float) -> str:
    return (f"- Load average {load_before} before the first measurement and {load()} after the last,"
            f" {minutes:.0f} minutes later. The benchmark itself raises it to the threads that it"
            " uses; a first one well above 0 means that the machine was not quiet.")


def header(facts: Result, load_before: str, minutes: float, repeats: int,
           most_seconds: float, patience: float) -> list[str]:
    runs = "one run" if repeats == 1 else f"medians of {repeats} runs"
    return [
        "# Gradient boosting: mlcore and its peers", "",
        "Written by `Benchmarks/run`.", "",
        f"- Machine: {processor()}, {platform.system()} {platform.release()}.",
        f"- Ours: {facts['blas']}, core {facts['core']}. Peers: {peers(BOOSTERS)}.",
        quiet_line(load_before, minutes),
        f"- Protocol: {runs}, each in a fresh process, contestants in turn; same float32 values,"
        " trees, leaves, learning rate and L2 penalty for all that have them. A mode and thread"
        f" count that first took more than {HOPELESS} times as long as its tool's best was not run"
        f" again, nor was one whose runs had taken {patience:.0f} s together (column runs). One"
        f" that took more than {most_seconds:.0f} s, or failed, is named with the reason.",
        "- Other growers: CatBoost and ChimeraBoost grow symmetric trees, Snap ML and the modes"
        " depthwise by depth, of the least depth that has room for as many leaves. Perpetual"
        " chooses the leaves of a tree itself. YDF and ChimeraBoost bin with their own 255 bins;"
        " YDF, Perpetual, ChimeraBoost, Snap ML, hessboost and scikit-learn bin inside of their"
        " boosting.", ""]
