"""Shows what `mlcore tune recommender` gains over the defaults, on a test part that it never sees.

Usage: tune_recommender.py MLCORE --interactions FOLDER [--trials 30] [--seeds 42,1,2]
The folder holds train.txt, valid.txt and test.txt, a line for each user: the user and the items taken
(MovieLens 1M is not part of this repository; `interactions.py` makes a folder of that shape). The
search gets the first two as one table, of which it sets a tenth aside to validate on. Prints a
section for TUNING.md.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import machine


def table(folder: pathlib.Path, parts: tuple[str, ...], to: pathlib.Path) -> pathlib.Path:
    with to.open("w") as out:
        out.write("user,item\n")
        for part in parts:
            path = folder / f"{part}.txt"
            if not path.exists():
                sys.exit(f"tune_recommender: {path} is missing")
            for line in path.read_text().splitlines():
                user, *items = line.split()
                out.writelines(f"{user},{item}\n" for item in items)
    return to


def search(program: str, trials: int, seed: int, data: pathlib.Path, test: pathlib.Path,
           out: pathlib.Path) -> dict:
    command = [program, "tune", "recommender", "--data", data, "--test", test, "--trials", trials,
               "--seed", seed, "--json", "--force", "--out", out]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"tune_recommender: {' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout)


def row(seed: int, found: dict) -> str:
    best, test = found["best"], found["test"]
    pruned = sum(trial["state"] == "pruned" for trial in found["trials"])
    cells = [seed, f"{found['search_seconds']:.1f}", f"{found['timings']['total']:.1f}", pruned,
             f"{found['trials'][0]['value']:.4f}", f"{best['value']:.4f}",
             f"{test['defaults']['ndcg_at_20']:.4f}", f"{test['metrics']['ndcg_at_20']:.4f}",
             f"{test['defaults']['recall_at_20']:.4f}", f"{test['metrics']['recall_at_20']:.4f}",
             f"{found['baselines']['ease']['ndcg_at_20']:.4f}"]
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mlcore", help="the built program")
    parser.add_argument("--interactions", required=True, type=pathlib.Path)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--seeds", default="42,1,2")
    options = parser.parse_args()
    before = machine.load()
    print("| seed | search s | all s | stopped early | validation: first trial | best | test NDCG:"
          " defaults | tuned | test recall: defaults | tuned | EASE, NDCG |\n" + "|---" * 11 + "|")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = table(options.interactions, ("train", "valid"), folder / "train.csv")
        test = table(options.interactions, ("test",), folder / "test.csv")
        for seed in (int(text) for text in options.seeds.split(",")):
            found = search(options.mlcore, options.trials, seed, data, test, folder / "tuned")
            print(row(seed, found), flush=True)
            values = sorted(found["best"]["params"].items())
            print(f"best of {seed}:", ", ".join(f"{key} {value:.4g}" for key, value in values),
                  f"epochs {found['best']['epochs']}", file=sys.stderr, flush=True)
    print(f"\n{machine.processor()}, load average {before} before and {machine.load()} after.")


if __name__ == "__main__":
    main()
