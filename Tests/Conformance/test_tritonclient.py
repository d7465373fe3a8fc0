"""The HTTP client of Triton, with JSON and with binary tensors."""
import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

MISSING = {"FP64": np.nan, "BYTES": ""}


@pytest.fixture(scope="module")
def client(served):
    client = triton.InferenceServerClient(f"127.0.0.1:{served.port}")
    yield client
    client.close()


def inputs(client, rows, binary, numbers="FP64"):
    """Tensors as the metadata of the model ask for them; numbers may have another type."""
    made = []
    for column in client.get_model_metadata("churn")["inputs"]:
        cells = [row[column["name"]] for row in rows]
        is_number = column["datatype"] == "FP64"
        if is_number:
            data = np.array([float(cell) if cell else np.nan for cell in cells])
            data = data.astype(np.float32) if numbers == "FP32" else data
        else:
            data = np.array(cells, dtype=np.object_)
        tensor = triton.InferInput(
            column["name"], [len(rows)], numbers if is_number else column["datatype"])
        tensor.set_data_from_numpy(data, binary_data=binary)
        made.append(tensor)
    return made


def complete(rows):
    """Rows whose numbers are there: JSON has no NaN, and this client sends no null."""
    return [{name: cell or "1" for name, cell in row.items()} for row in rows]


def probabilities(answer):
    return answer.as_numpy("churn_probability").tolist()


def test_health(client):
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("churn")
    assert not client.is_model_ready("other")


def test_metadata(client):
    assert client.get_server_metadata()["name"] == "mlcore"
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    metadata = client.get_model_metadata("churn")
    assert client.is_model_ready("churn", metadata["versions"][0])
    assert client.get_model_metadata("churn", metadata["versions"][0]) == metadata
    with pytest.raises(InferenceServerException, match="other"):
        client.get_model_metadata("other")


@pytest.mark.parametrize("asks_binary", [False, True])
@pytest.mark.parametrize("sends_binary", [False, True])
def test_all_ways_of_data_give_the_same_answer(served, client, rows, sends_binary, asks_binary):
    rows = complete(rows)
    wanted = [triton.InferRequestedOutput(name, binary_data=asks_binary)
              for name in ("customer_id", "churn_probability", "churn_label")]
    answer = client.infer("churn", inputs(client, rows, sends_binary), outputs=wanted,
                          request_id="42")
    assert answer.get_response()["id"] == "42"
    predictions = served.post("/invocations", {"instances": rows}).value["predictions"]
    assert probabilities(answer) == [row["churn_probability"] for row in predictions]
    labels = [text.decode() if isinstance(text, bytes) else text
              for text in answer.as_numpy("churn_label").tolist()]
    assert labels == [row["churn_label"] for row in predictions]


def test_outputs_are_binary_where_none_is_named(client, rows, expected):
    """This client asks for binary outputs with a parameter of the request then."""
    assert probabilities(client.infer("churn", inputs(client, rows, True))) == expected


def test_nan_and_an_empty_text_are_missing_values(client, rows, expected):
    assert any(cell == "" for row in rows for cell in row.values())
    assert probabilities(client.infer("churn", inputs(client, rows, True))) == expected


def test_numbers_of_single_precision(client, rows):
    single = client.infer("churn", inputs(client, complete(rows), True, "FP32"))
    assert len(probabilities(single)) == len(rows)


@pytest.mark.parametrize("binary", [False, True])
def test_one_tensor_of_all_columns(client, rows, expected, binary):
    names = [column["name"] for column in client.get_model_metadata("churn")["inputs"]
             if column["name"] != "customer_id"]
    cells = np.array([[row[name] for name in names] for row in rows], dtype=np.object_)
    tensor = triton.InferInput("rows", list(cells.shape), "BYTES")
    tensor.set_data_from_numpy(cells, binary_data=binary)
    assert probabilities(client.infer("churn", [tensor])) == expected


def test_a_version(client, rows, expected):
    version = client.get_model_metadata("churn")["versions"][0]
    answer = client.infer("churn", inputs(client, rows, True), model_version=version)
    assert probabilities(answer) == expected
    with pytest.raises(InferenceServerException, match="77"):
        client.infer("churn", inputs(client, rows, True), model_version="77")


def test_reasons(client, rows):
    answer = client.infer("churn", inputs(client, rows, True), parameters={"explain": 2})
    assert answer.as_numpy("reason_2_effect").shape == (len(rows),)


@pytest.mark.parametrize("binary", [False, True])
def test_a_missing_column_is_named(client, rows, binary):
    tensors = [tensor for tensor in inputs(client, complete(rows), binary)
               if tensor.name() != "contract"]
    with pytest.raises(InferenceServerException, match="contract"):
        client.infer("churn", tensors)
