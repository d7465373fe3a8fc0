"""The REST client of KServe, with JSON and with binary tensors."""
import asyncio

import httpx
import numpy as np
import pytest
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput


def ask(served, action):
    """Runs one coroutine with a client of its own."""
    async def run():
        client = InferenceRESTClient(RESTConfig(protocol="v2"))
        try:
            return await action(client)
        finally:
            await client.close()
    return asyncio.run(run())


def request(served, rows, binary, **options):
    inputs = []
    for column in served.get("/v2/models/churn").value["inputs"]:
        cells = [row[column["name"]] for row in rows]
        if column["datatype"] == "FP64":
            data = np.array([float(cell or 1) for cell in cells])
        else:
            data = np.array(cells, dtype=np.object_)
        tensor = InferInput(column["name"], [len(rows)], column["datatype"])
        tensor.set_data_from_numpy(data, binary_data=binary)
        inputs.append(tensor)
    return InferRequest(model_name="churn", infer_inputs=inputs, **options)


def test_health(served):
    assert ask(served, lambda client: client.is_server_live(served.address))
    assert ask(served, lambda client: client.is_server_ready(served.address))
    assert ask(served, lambda client: client.is_model_ready(served.address, "churn"))


@pytest.mark.parametrize("asks_binary", [False, True])
@pytest.mark.parametrize("sends_binary", [False, True])
def test_all_ways_of_data_give_the_same_answer(served, rows, sends_binary, asks_binary):
    asked = request(
        served, rows, sends_binary, request_id="42",
        request_outputs=[RequestedOutput("churn_probability", {"binary_data": asks_binary})])
    answer = ask(served, lambda client: client.infer(served.address, asked, model_name="churn"))
    complete = [{name: cell or "1" for name, cell in row.items()} for row in rows]
    numbers = {column["name"] for column in served.get("/v2/models/churn").value["inputs"]
               if column["datatype"] == "FP64"}
    told = [{name: float(cell) if name in numbers else rows[place][name]
             for name, cell in row.items()} for place, row in enumerate(complete)]
    predictions = served.post("/invocations", {"instances": told}).value["predictions"]
    output, = answer.outputs
    assert answer.id == "42" and output.name == "churn_probability"
    assert output.as_numpy().tolist() == [row["churn_probability"] for row in predictions]


@pytest.mark.parametrize("binary", [False, True])
def test_a_failure_says_what_is_missing(served, rows, binary):
    asked = request(served, rows, binary)
    asked.inputs = [tensor for tensor in asked.inputs if tensor.name != "contract"]
    with pytest.raises(httpx.HTTPStatusError, match="contract"):
        ask(served, lambda client: client.infer(served.address, asked, model_name="churn"))
