"""Contestants that take turns, each measurement in a fresh process."""
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

HOPELESS = 1.25
OURS = "mlcore"
Result = dict[str, float | None]


class Failed(SystemExit):
    """A program that ended with an error; nothing but a peer's failure is ever caught."""

    def __init__(self, words: list[str], errors: str):
        super().__init__(f"benchmarks: this failed: {' '.join(words)}\n{errors}")
        self.reason = (errors.strip().splitlines() or ["no message"])[-1][:200]


@dataclasses.dataclass(frozen=True)
class Contestant:
    tool: str
    mode: str
    threads: int

    @property
    def name(self) -> str:
        return self.tool if self.mode == "default" else f"{self.tool} {self.mode}"


def limit(quick: bool) -> float:
    """The seconds after which a measurement is given up: OpenMP's threads, which wait in a spin,
    can take a hundred times as long when other programs want the processors."""
    return 20 if quick else 300


def thread_counts(quick: bool) -> list[int]:
    available = len(os.sched_getaffinity(0))
    wanted = [4] if quick else [1, 2, 4]
    return [count for count in wanted if count <= available] or [available]


def measure(command: Iterable[object], limit: float | None = None) -> Result | None:
    """Runs a program that prints one line of JSON; None if it takes more than `limit` seconds.

    Throws `Failed` if the program does.
    """
    words = [str(word) for word in command]
    # Every library brings its own kernels; none is held back by settings of this machine.
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("OPENBLAS_", "OMP_"))}
    try:
        done = subprocess.run(
            words, env=environment, text=True, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        raise Failed(words, done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def take_turns(title: str, contestants: list[Contestant], repeats: int, cost: str,
               run: Callable[[Contestant], Result | None], hopeless: float = HOPELESS,
               patience: float = float("inf")) -> tuple[dict[Contestant, Result], list[str]]:
    """Medians over some rounds in which each contestant is measured once.

    What is more than `hopeless` times slower in the first round than the same tool at its best (by
    the key `cost`) is not measured again, nor is what has taken `patience` seconds in all its
    processes. Peers that were given up or failed are returned with the reason beside the medians.
    `runs` says how many measurements a median is of.
    """
    results: dict[Contestant, list[Result]] = {}
    given_up: list[str] = []
    taken: dict[Contestant, float] = {}
    for repeat in range(repeats):
        for contestant in contestants if repeat == 0 else list(results):
            best = min((own[0][cost] for other, own in results.items()
                        if other.tool == contestant.tool), default=0)
            if repeat > 0 and (results[contestant][0][cost] > hopeless * best
                               or taken[contestant] > patience):
                continue
            start, result, reason = time.monotonic(), None, "the time limit was over"
            try:
                result = run(contestant)
            except Failed as failure:
                if contestant.tool == OURS:
                    raise
                reason = failure.reason
            taken[contestant] = taken.get(contestant, 0) + time.monotonic() - start
            shown = result and {key: value and round(value, 4) for key, value in result.items()}
            print(title, contestant.name, contestant.threads, shown or reason,
                  file=sys.stderr, flush=True)
            if result:
                results.setdefault(contestant, []).append(result)
            else:
                given_up.append(f"{contestant.name} (threads: {contestant.threads}): {reason}")
    medians = {contestant: {"runs": len(own)} | {key: median(own, key) for key in own[0]}
               for contestant, own in results.items()}
    return medians, given_up


def median(results: list[Result], key: str) -> float | None:
    values = [result[key] for result in results]
    return None if None in values else statistics.median(values)


def best_rows(medians: dict[Contestant, Result], cost: str) -> dict[Contestant, Result]:
    """For each tool and mode the thread count with the least cost."""
    best: dict[tuple[str, str], Contestant] = {}
    for contestant, result in medians.items():
        known = best.setdefault((contestant.tool, contestant.mode), contestant)
        if result[cost] < medians[known][cost]:
            best[contestant.tool, contestant.mode] = contestant
    return {contestant: medians[contestant] for contestant in best.values()}
