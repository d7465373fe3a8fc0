"""Schemathesis over the OpenAPI file of the Open Inference Protocol, as MLServer publishes it, and over
our own: whatever it sends, the server answers as the file says and refuses what the file forbids."""
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys

import pytest

EXAMPLES = os.environ.get("CONFORMANCE_EXAMPLES", "30")
FILE = "mlserver/rest/openapi/dataplane.json"
# What the file describes beside the protocol.
EXTENSIONS = ("generate", "generate_stream", "infer_stream")
# The protocol's file does not know which inputs a model has: what it allows may still be refused.
OPEN = "positive_data_acceptance"


def run(served, folder, document, *without):
    """Runs schemathesis over a document; its report is the reason of a failure."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    options = ["--exclude-checks", ",".join(without)] if without else []
    program = pathlib.Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [program, "run", file, "--url", served.address, "--checks", "all", *options, "--seed", "1",
         "--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing",
         "--generation-deterministic", "--no-color", "--continue-on-failure"],
        cwd=folder, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{done.stdout[-20_000:]}\n{done.stderr[-2_000:]}"


def named(document, served):
    """The document with the names of the model in service in place of any."""
    metadata = served.get("/v2/models/churn").value
    values = {"model_name": [metadata["name"]], "model_version": metadata["versions"]}
    for path in document["paths"].values():
        for parameter in path.get("parameters", []):
            if parameter["name"] in values:
                parameter["schema"] = {"type": "string", "enum": values[parameter["name"]]}
    return document


@pytest.fixture
def protocol():
    file = importlib.metadata.distribution("mlserver").locate_file(FILE)
    document = json.loads(pathlib.Path(file).read_text())
    document["paths"] = {path: what for path, what in document["paths"].items()
                         if not path.endswith(EXTENSIONS)}
    return document


def test_the_protocols_file(served, tmp_path, protocol):
    run(served, tmp_path, protocol, OPEN)


def test_the_protocols_file_for_the_model_in_service(served, tmp_path, protocol):
    run(served, tmp_path, named(protocol, served), OPEN)


def test_our_file_of_a_classifier(served, tmp_path):
    run(served, tmp_path, served.get("/openapi.json").value)


def test_our_file_of_a_recommender(shop, tmp_path):
    run(shop, tmp_path, shop.get("/openapi.json").value)
