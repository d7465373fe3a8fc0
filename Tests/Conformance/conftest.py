"""Servers for the clients that other projects publish. `MLCORE` names the program."""
import os

import pytest
from support.program import ROOT, Program
from support.served import Served, records
from support.tables import customers, unlabelled

ROWS = 5
PROGRAM = os.environ.get("MLCORE", str(ROOT / ".build/release/mlcore"))


@pytest.fixture(scope="session")
def program():
    return Program(PROGRAM)


@pytest.fixture(scope="session")
def folder(program, tmp_path_factory):
    """A model of customers, a recommender, and the tables that they learnt from."""
    folder = tmp_path_factory.mktemp("served")
    customers(program, folder, 1, 800)
    program("train", "churn", "--data", folder / "customers-800-1.csv", "--target", "churn", "--id",
            "customer_id", "--num-trees", 20, "--out", folder / "churn")
    program("etl", "--source", ROOT / "datasets/classicmodels-sample.sqlite", "--out",
            folder / "ratings")
    program("train", "recommender", "--data", folder / "ratings", "--preset", "retrieval",
            "--epochs", 2, "--baselines", "popularity", "--out", folder / "recommender")
    return folder


@pytest.fixture(scope="session")
def served(program, folder):
    """A server of the model of customers."""
    served = Served(program, folder / "churn.log", "--model", folder / "churn")
    yield served
    served.close()


@pytest.fixture(scope="session")
def shop(program, folder):
    """A server of the recommender."""
    served = Served(program, folder / "recommender.log", "--model", folder / "recommender")
    yield served
    served.close()


@pytest.fixture(scope="session")
def rows(folder):
    """The first rows of the table, without the target."""
    lines = (folder / "customers-800-1.csv").read_bytes().splitlines(keepends=True)
    return records(unlabelled(b"".join(lines[:1 + ROWS])))


@pytest.fixture(scope="session")
def expected(served, rows):
    """The probabilities that POST /invocations answers."""
    answer = served.post("/invocations", {"instances": rows}).value
    return [row["churn_probability"] for row in answer["predictions"]]
