"""kill -9 of a search at random moments; resumed, it must end with the bytes of a quiet one."""
import random
import shutil
import subprocess
import time

import pytest
from support.program import contents


def search(program, folder, task):
    """The arguments of a search, and the tables that it needs."""
    if task == "churn":
        program("generate", "churn", "--rows", 4000, "--seed", 3, "--out", folder / "customers.csv")
        return ["--data", folder / "customers.csv", "--target", "churn", "--id", "customer_id"]
    program("generate", "classicmodels", "--seed", 3, "--customers", 120, "--products", 60,
            "--out", folder / "shop.sqlite")
    program("etl", "--source", folder / "shop.sqlite", "--out", folder / "ratings")
    return ["--data", folder / "ratings", "--metric", "ndcg", "--epochs", 15]


@pytest.mark.long
@pytest.mark.parametrize("task", ["churn", "recommender"])
@pytest.mark.counted("kills", 50, limit=300, each=30)
def test_a_killed_search_is_resumed(program, tmp_path, count, say, task):
    command = ["tune", task, *search(program, tmp_path, task), "--trials", 24, "--pruner", "none"]
    started = time.monotonic()
    program(*command, "--out", tmp_path / "whole")
    length = time.monotonic() - started
    chance = random.Random(7)
    done = rounds = 0
    while done < count:
        rounds += 1
        killed, study = tmp_path / "killed", tmp_path / ".killed.study"
        shutil.rmtree(killed, ignore_errors=True)
        while not killed.exists():
            resume = ["--resume"] if study.exists() else []
            with open(tmp_path / "log", "w") as log:
                process = program.start(
                    *command, *resume, "--out", killed, stdout=log, stderr=log)
            try:
                # Any moment, from the first milliseconds to the end.
                code = process.wait(chance.random() * length / 2)
                assert code == 0, (tmp_path / "log").read_text()
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)
                done += 1
        assert contents(killed) == contents(tmp_path / "whole"), f"they differ after {done} kills"
    say(f"an undisturbed search takes {length:.1f} s; {done} kills, {rounds} searches: every one "
        "ended with the same bytes")
