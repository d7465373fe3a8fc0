"""Runs our booster and LightGBM on growing tables and writes Benchmarks/GROWTH.md.

Usage: growth.py FOLDER_OF_BINARIES [--quick] [--repeats N] [--largest ROWS] [--out FILE]
"""
import argparse
import dataclasses
import math
import pathlib
import sys
import time

import cases
import machine
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
from contest import OURS, Contestant, Result, best_rows, measure, take_turns, thread_counts
from wording import given_up_line, ratio

HERE = pathlib.Path(__file__).resolve().parent
TREES, LEAVES, RATE = 100, 31, 0.1
ROWS, COLUMNS = [10_000, 100_000, 1_000_000, 4_000_000], [10, 100, 1_000, 3_000]
MOST_SECONDS, PATIENCE = 180, 20
# Exponents that differ by less are taken for the same.
TOLERANCE = 0.05
MEASURES = {"dataset": "data set s", "boost": "boosting s", "predict": "prediction s",
            "peak_mb": "peak MB", "rise_mb": "rise MB"}

NOTE = """The dense float32 numbers of `Benchmarks/run`, 100 trees of 31 leaves. Fewer than 28
columns are its last ones, more are noise. The table that was trained on is also predicted, so a
prediction grows with the rows, too. Both sides use all processors, at most four; LightGBM is shown
in the faster of its row-wise and column-wise modes. Peak is the most memory that the process ever
held, for LightGBM with Python and what reading the file took; rise is what data set, boosting and
prediction needed above what was held before.

The exponent of a line is that by which the measure grew from the line above: 1 means in proportion
to the table, 0 not at all. That of the series is the slope of a straight line through the
logarithms of all sizes.
"""


@dataclasses.dataclass(frozen=True)
class Size:
    rows: int
    columns: int

    @property
    def name(self) -> str:
        return f"growth-{self.rows}x{self.columns}"


def table(size: Size, data: pathlib.Path) -> pathlib.Path:
    """Written in parts, so that memory holds only one of them."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / f"{size.name}.parquet"
    if path.exists():
        return path
    random, partial = np.random.default_rng(7), path.with_suffix(".partial")
    most = max(1_000, min(500_000, 20_000_000 // size.columns))
    writer = None
    for start in range(0, size.rows, most):
        part = pa.Table.from_pandas(frame(min(most, size.rows - start), size.columns, random),
                                    preserve_index=False)
        writer = writer or parquet.ParquetWriter(partial, part.schema)
        writer.write_table(part)
    writer.close()
    partial.rename(path)
    return path


def frame(rows: int, columns: int, random: np.random.Generator) -> pd.DataFrame:
    """The 28 columns of the dense table; fewer are its last ones, more are noise."""
    dense = cases.dense(rows, random)
    label = dense.pop("label")
    kept = dense.iloc[:, max(0, dense.shape[1] - columns):]
    noise = random.standard_normal((rows, columns - kept.shape[1]), dtype=np.float32)
    more = pd.DataFrame(noise, columns=[f"noise{j}" for j in range(noise.shape[1])])
    return pd.concat([kept, more, label], axis=1)


def contestants(quick: bool) -> list[Contestant]:
    threads = thread_counts(quick)[-1]
    return [Contestant(OURS, "default", threads), Contestant("lightgbm", "row", threads),
            Contestant("lightgbm", "column", threads)]


def run(binary: pathlib.Path, path: pathlib.Path, contestant: Contestant) -> Result | None:
    if contestant.tool == OURS:
        case = cases.Case("", "", "", 0, TREES, LEAVES, RATE)
        return measure([binary, "compare", path, path, contestant.threads, *cases.settings(case)])
    return measure([sys.executable, HERE / "peers" / "peer.py", contestant.tool, contestant.mode,
                    path, path, contestant.threads, TREES, LEAVES, RATE], MOST_SECONDS)


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of the logarithms, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(values, 1e-9)), 1)[0])


def section(title: str, word: str, sizes: list[int], results: list[dict[str, Result]]
            ) -> list[str]:
    """A table of all sizes with the exponents between neighbours, and the judgement."""
    lines = [f"## {title}", "", f"| {word} | tool | threads | runs |"
             + "".join(f" {name} | exponent |" for name in MEASURES.values()),
             "|---|---|---|---|" + "---|" * (2 * len(MEASURES))]
    for place, (size, result) in enumerate(zip(sizes, results)):
        for tool, found in result.items():
            cells = []
            for key in MEASURES:
                digits = 0 if key.endswith("_mb") else 3
                grown = "" if place == 0 or tool not in results[place - 1] else format(exponent(
                    sizes[place - 1:place + 1], [results[place - 1][tool][key], found[key]]), ".2f")
                cells.append(f" {found[key]:.{digits}f} | {grown} |")
            lines.append(f"| {size:,} | {found['name']} | {found['threads']} | {found['runs']} |"
                         + "".join(cells))
    return [*lines, "", *judgement(sizes, results)]


def judgement(sizes: list[int], results: list[dict[str, Result]]) -> list[str]:
    """Whether anything of ours grows faster than the peer's, measure by measure."""
    if not all("lightgbm" in result for result in results):
        return ["LightGBM did not finish with all sizes, so nothing is judged.", ""]
    lines = ["| over all sizes | mlcore's exponent | LightGBM's exponent | mlcore grows faster |"
             " LightGBM, times ours, at the smallest | at the largest |", "|---|" + "---|" * 5]
    for key, name in MEASURES.items():
        ours, theirs = ([result[tool][key] for result in results] for tool in (OURS, "lightgbm"))
        own, other = exponent(sizes, ours), exponent(sizes, theirs)
        judged = "no" if own <= other + TOLERANCE else f"**yes**, by {own - other:.2f}"
        lines.append(f"| {name.rsplit(' ', 1)[0]} | {own:.2f} | {other:.2f} | {judged} |"
                     f" {ratio(theirs[0], ours[0])} | {ratio(theirs[-1], ours[-1])} |")
    return [*lines, ""]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run-growth", description=__doc__.splitlines()[0])
    parser.add_argument("binaries", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="small tables only, one run each")
    parser.add_argument("--repeats", type=int, help="runs of each contestant (3; 1 with --quick)")
    parser.add_argument("--largest", type=int, default=ROWS[-1], metavar="ROWS",
                        help=f"rows of the largest table ({ROWS[-1]:,})")
    parser.add_argument("--data", type=pathlib.Path, default=HERE / ".data",
                        help="where generated tables are kept")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "GROWTH.md")
    return parser.parse_args()


def series(options: argparse.Namespace) -> list[tuple[str, str, list[Size], list[int]]]:
    """The title, the word for what grows, the tables and the numbers that grow."""
    rows = sorted({count for count in ROWS if count <= options.largest} | {options.largest})
    columns = COLUMNS
    if options.quick:
        rows, columns = rows[:2], columns[:2]
    return [("Rows, of 28 columns", "rows", [Size(count, 28) for count in rows], rows),
            ("Columns, of 20,000 rows", "columns", [Size(20_000, count) for count in columns],
             columns)]


def main() -> None:
    options = arguments()
    repeats = options.repeats or (1 if options.quick else 3)
    binary = options.binaries / "BoostingBenchmark"
    started, load_before = time.monotonic(), machine.load()
    sections, given_up = [], []
    for title, word, tables, sizes in series(options):
        results = []
        for size in tables:
            path = table(size, options.data)
            medians, late = take_turns(
                size.name, contestants(options.quick), repeats, "boost",
                lambda contestant, path=path: run(binary, path, contestant), patience=PATIENCE)
            given_up += [f"{size.name}, {line}" for line in late]
            results.append(fastest(medians))
        sections += section(title, word, sizes, results)
    minutes = (time.monotonic() - started) / 60
    text = "\n".join([
        "# Growth with the table: mlcore and LightGBM", "", "Written by `Benchmarks/run-growth`.",
        "", f"- Machine: {machine.processor()}. Peer: {machine.peers({'LightGBM': 'lightgbm'})}.",
        machine.quiet_line(load_before, minutes),
        f"- Protocol: {'one run' if repeats == 1 else f'medians of {repeats} runs'}, each in a"
        " fresh process, in turn; none is started"
        f" after {PATIENCE} s of runs with one table (column runs). An exponent counts as larger if"
        f" it is so by more than {TOLERANCE}.",
        "", NOTE, *sections, *given_up_line(given_up)])
    options.out.write_text(text.rstrip() + "\n")
    print(text)


def fastest(medians: dict[Contestant, Result]) -> dict[str, Result]:
    """For each tool the mode that boosts fastest, with its name and threads."""
    found: dict[str, Result] = {}
    for contestant, result in best_rows(medians, "boost").items():
        if result["boost"] < found.get(contestant.tool, {"boost": math.inf})["boost"]:
            found[contestant.tool] = result | {
                "name": contestant.name, "threads": contestant.threads}
    return found


main()
