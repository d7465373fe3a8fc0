"""Schemathesis over the OpenAPI file of the Open Inference Protocol and over our own.

Whatever it sends, the server answers as the file says and refuses what the file forbids. MLServer
publishes the protocol's file.
"""
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
# No schema can say that the data of a tensor are as many as its shape tells, or which filters and
# users there are: a body that a schema allows may still be refused.
OF_BODIES = ["--exclude-checks", "positive_data_acceptance"]
WITHOUT_BODIES = ["--include-method", "GET"]


def run(served, folder, document, *options):
    """Runs schemathesis over a document; its report is the reason of a failure."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
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
    # One type of data is none that OpenAPI knows, and some paths do not tell that a model may be
    # unknown.
    data = document["components"]["schemas"]["TensorData"]
    for kinds in data.values():
        if isinstance(kinds, list):
            kinds[:] = [kind for kind in kinds if kind.get("type") != "bytes"]
    for path, what in document["paths"].items():
        if "{" in path:
            for method in what.keys() & {"get", "post"}:
                what[method]["responses"].setdefault("404", {"description": "Not Found"})
    return document


def test_the_protocols_file(served, tmp_path, protocol):
    run(served, tmp_path, protocol, *OF_BODIES)


def test_the_protocols_file_for_the_model_in_service(served, tmp_path, protocol):
    run(served, tmp_path, named(protocol, served), *OF_BODIES)


@pytest.mark.parametrize("options", [OF_BODIES, WITHOUT_BODIES], ids=["bodies", "no-bodies"])
@pytest.mark.parametrize("server", ["served", "shop"])
def test_our_file(request, tmp_path, server, options):
    server = request.getfixturevalue(server)
    run(server, tmp_path, server.get("/openapi.json").value, *options)
