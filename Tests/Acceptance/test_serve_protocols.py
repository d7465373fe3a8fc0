"""The protocols of `mlcore serve`: what the Open Inference Protocol's REST page demands, a test for
each sentence, and the requests that MLflow's scoring servers take."""
import copy
import io
import json

import pytest
from support.served import Served, output, records, tensors
from support.tables import customers, unlabelled

ROWS = 5
INFER = "/v2/models/churn/infer"
# The data types of the protocol, a value of each, and one that is none.
DATATYPES = {
    "BOOL": (True, 1), "UINT8": (255, 256), "UINT16": (65_535, 65_536),
    "UINT32": (4_294_967_295, 4_294_967_296), "UINT64": (2**64 - 1, -1), "INT8": (-128, 128),
    "INT16": (-32_768, 32_768), "INT32": (-2**31, 2**31), "INT64": (-2**63, 2**63),
    "FP16": (0.5, "x"), "FP32": (0.5, "x"), "FP64": (0.5, "x"), "BYTES": ("5", 5)}
PARAMETERS = [{"text": "x"}, {"number": 1}, {"number": 0.5}, {"flag": True}]


@pytest.fixture(scope="module")
def folder(program, tmp_path_factory):
    """A model of customers, and the table that it learnt from."""
    folder = tmp_path_factory.mktemp("served")
    customers(program, folder, 1, 800)
    program("train", "churn", "--data", folder / "customers-800-1.csv", "--target", "churn", "--id",
            "customer_id", "--num-trees", 20, "--out", folder / "model")
    return folder


@pytest.fixture(scope="module")
def served(program, folder):
    served = Served(program, folder / "log", "--model", folder / "model")
    yield served
    served.close()


@pytest.fixture(scope="module")
def table(folder):
    """The first rows as CSV without the target."""
    lines = (folder / "customers-800-1.csv").read_bytes().splitlines(keepends=True)
    return unlabelled(b"".join(lines[:1 + ROWS]))


@pytest.fixture(scope="module")
def rows(table):
    return records(table)


@pytest.fixture(scope="module")
def expected(program, folder, table):
    """The probabilities of `mlcore predict`."""
    (folder / "rows.csv").write_bytes(table)
    text = program(
        "predict", "--model", folder / "model", "--data", folder / "rows.csv", "--out", "-")
    return [float(row["churn_probability"]) for row in records(text.encode())]


@pytest.fixture(scope="module")
def metadata(served):
    return served.get("/v2/models/churn").value


@pytest.fixture
def asked(metadata, rows):
    """An inference request of some rows, to be changed."""
    return {"inputs": copy.deepcopy(tensors(metadata, rows))}


@pytest.fixture
def infer(served):
    return lambda request: served.post(INFER, request)


def input_of(request, name):
    found, = (tensor for tensor in request["inputs"] if tensor["name"] == name)
    return found


class TestHealth:
    def test_live_is_answered_with_200(self, served):
        assert served.get("/v2/health/live").value["live"] is True

    def test_ready_is_answered_with_200(self, served):
        assert served.get("/v2/health/ready").value["live"] is True

    def test_a_model_is_ready_by_its_name(self, served):
        answer = served.get("/v2/models/churn/ready").value
        assert answer["name"] == "churn" and answer["ready"] is True

    def test_a_model_is_ready_by_its_version(self, served, metadata):
        version = metadata["versions"][0]
        answer = served.get(f"/v2/models/churn/versions/{version}/ready").value
        assert answer["name"] == "churn" and answer["ready"] is True

    def test_a_model_that_there_is_not_is_not_ready(self, served):
        assert "other" in served.get("/v2/models/other/ready").error


class TestServerMetadata:
    @pytest.mark.parametrize("path", ["/v2", "/v2/"])
    def test_name_version_and_extensions_are_told_with_200(self, served, path):
        answer = served.get(path).value
        assert isinstance(answer["name"], str) and isinstance(answer["version"], str)
        assert all(isinstance(extension, str) for extension in answer["extensions"])

    def test_a_failure_has_an_error_status_and_an_error_object(self, program, folder):
        (folder / "token").write_text("0123456789abcdef")
        guarded = Served(program, folder / "guarded.log", "--model", folder / "model",
                         "--token-file", folder / "token")
        try:
            assert guarded.get("/v2").error and guarded.get("/v2").status == 401
            assert guarded.get("/v2/health/ready").status == 200
            assert guarded.ask("GET", "/v2", authorization="Bearer 0123456789abcdef").value
        finally:
            guarded.close()


class TestModelMetadata:
    def test_name_platform_inputs_and_outputs_are_told_with_200(self, metadata):
        assert metadata["name"] == "churn"
        assert metadata["inputs"] and metadata["outputs"]

    def test_the_platform_is_a_project_and_a_format(self, metadata):
        project, _, format_ = metadata["platform"].partition("_")
        assert project and format_

    def test_a_tensor_has_a_name_a_data_media_typeand_a_shape(self, metadata):
        for tensor in metadata["inputs"] + metadata["outputs"]:
            assert isinstance(tensor["name"], str) and tensor["datatype"] in DATATYPES, tensor
            assert all(isinstance(side, int) for side in tensor["shape"]), tensor

    def test_a_side_of_any_size_is_minus_one(self, metadata):
        for tensor in metadata["inputs"] + metadata["outputs"]:
            assert tensor["shape"][0] == -1, tensor

    def test_each_version_can_be_asked_for(self, served, metadata):
        assert metadata["versions"]
        for version in metadata["versions"]:
            assert served.get(f"/v2/models/churn/versions/{version}").value["name"] == "churn"

    def test_a_failure_has_an_error_status_and_an_error_object(self, served):
        assert "other" in served.get("/v2/models/other").error
        assert "77" in served.get("/v2/models/churn/versions/77").error


class TestInference:
    def test_an_answer_names_the_model_and_its_version(self, infer, asked, metadata):
        answer = infer(asked).value
        assert answer["model_name"] == "churn"
        assert answer["model_version"] == metadata["versions"][0]

    def test_the_probabilities_are_those_of_predict(self, infer, asked, expected):
        assert output(infer(asked).value, "churn_probability") == expected

    def test_a_version_can_be_named(self, served, asked, metadata, expected):
        version = metadata["versions"][0]
        answer = served.post(f"/v2/models/churn/versions/{version}/infer", asked).value
        assert output(answer, "churn_probability") == expected

    def test_the_content_media_typemay_be_left_out(self, served, asked):
        assert served.ask("POST", INFER, json.dumps(asked)).status == 200

    @pytest.mark.parametrize("id_", ["42", "", "Zähler \U0001F600 \"\\\n"])
    def test_an_id_comes_back(self, infer, asked, id_):
        assert infer({**asked, "id": id_}).value["id"] == id_

    def test_an_id_that_is_no_text_is_refused(self, infer, asked):
        assert "id" in infer({**asked, "id": 42}).error

    def test_all_outputs_come_where_none_is_named(self, infer, asked, metadata):
        names = [output["name"] for output in infer(asked).value["outputs"]]
        assert names == [output["name"] for output in metadata["outputs"]]

    def test_only_the_outputs_that_are_named_come(self, infer, asked, expected):
        answer = infer({**asked, "outputs": [{"name": "churn_probability"}]}).value
        assert [output["name"] for output in answer["outputs"]] == ["churn_probability"]
        assert output(answer, "churn_probability") == expected

    def test_an_output_that_there_is_not_is_refused(self, infer, asked):
        assert "other" in infer({**asked, "outputs": [{"name": "other"}]}).error

    def test_an_output_is_given_once(self, infer, asked):
        assert infer({**asked, "outputs": [{"name": "churn_label"}] * 2}).status == 400

    @pytest.mark.parametrize("parameters", PARAMETERS)
    def test_parameters_may_be_texts_numbers_and_flags(self, infer, asked, parameters):
        asked["inputs"][0]["parameters"] = parameters
        asked["outputs"] = [{"name": "churn_probability", "parameters": parameters}]
        assert infer(asked).status == 200

    @pytest.mark.parametrize("parameters", [[], "x", 1])
    def test_parameters_are_an_object(self, infer, asked, parameters):
        assert infer({**asked, "parameters": parameters}).status == 400
        asked["inputs"][0]["parameters"] = parameters
        assert infer(asked).status == 400

    def test_inputs_are_required(self, infer):
        assert "inputs" in infer({}).error
        assert "inputs" in infer({"inputs": []}).error

    @pytest.mark.parametrize("part", ["name", "shape", "datatype", "data"])
    def test_each_part_of_an_input_is_required(self, infer, asked, part):
        del asked["inputs"][2][part]
        assert part in infer(asked).error

    @pytest.mark.parametrize("shape", [
        [ROWS + 1], [ROWS - 1], [0], [-1], [1.5], ["5"], [True], [None], [], 5, None, [2**64],
        [2**63], [2**31, 2**31], [2**32, 2**32], [ROWS, 0], [1, ROWS], [ROWS, 2]])
    def test_a_shape_that_is_not_that_of_the_data_is_refused(self, infer, asked, shape):
        input_of(asked, "age")["shape"] = shape
        answer = infer(asked)
        assert answer.status == 400 and "inputs[" in answer.error

    def test_an_output_has_the_full_shape_and_data_of_the_batch(self, infer, asked):
        for tensor in infer(asked).value["outputs"]:
            assert tensor["shape"] == [ROWS] and len(tensor["data"]) == ROWS
            assert tensor["datatype"] in DATATYPES

    def test_a_failure_has_an_error_status_and_an_error_object(self, served, infer, asked):
        assert infer({"inputs": asked["inputs"][1:-1]}).status == 400
        assert served.post("/v2/models/other/infer", asked).error
        assert served.ask("POST", INFER, "{", content_type="application/json").error

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
    def test_inference_is_asked_for_with_post_alone(self, served, method):
        answer = served.ask(method, INFER)
        assert answer.status == 405 and answer.headers["allow"] == "POST" and answer.error


class TestTensorData:
    def test_data_may_be_flat_or_nested(self, infer, asked, expected):
        for tensor in asked["inputs"]:
            tensor["shape"] = [ROWS, 1]
        flat = output(infer(asked).value, "churn_probability")
        for tensor in asked["inputs"]:
            tensor["data"] = [[cell] for cell in tensor["data"]]
        assert output(infer(asked).value, "churn_probability") == flat == expected

    def test_data_are_in_row_major_order(self, infer, metadata, rows, expected):
        names = [column["name"] for column in metadata["inputs"] if column["name"] != "customer_id"]
        cells = [[row[name] for name in names] for row in rows]
        for data in cells, sum(cells, []):
            tensor = {"name": "rows", "datatype": "BYTES", "shape": [ROWS, len(names)],
                      "data": data}
            answer = infer({"inputs": [tensor]}).value
            assert output(answer, "churn_probability") == expected

    @pytest.mark.parametrize("data", [
        [[1, 2], [3, 4]], [[1], [2], [3], [4], [5, 6]], [[[1]]] * ROWS])
    def test_data_of_another_nesting_are_refused(self, infer, asked, data):
        input_of(asked, "age").update(shape=[ROWS, 1], data=data)
        assert "age" in infer(asked).error or "data" in infer(asked).error

    @pytest.mark.parametrize("datatype", DATATYPES)
    def test_each_data_media_typeis_read(self, infer, asked, datatype):
        good, bad = DATATYPES[datatype]
        name = "contract" if datatype == "BOOL" else "age"
        input_of(asked, name).update(datatype=datatype, data=[good] * ROWS)
        assert infer(asked).status == 200
        input_of(asked, name).update(data=[bad] * ROWS)
        answer = infer(asked)
        assert answer.status == 400 and "inputs[" in answer.error

    @pytest.mark.parametrize("datatype", ["", "fp64", "FLOAT", "STRING", 5, None, ["FP64"]])
    def test_another_data_media_typeis_refused(self, infer, asked, datatype):
        input_of(asked, "age")["datatype"] = datatype
        assert "datatype" in infer(asked).error


class TestInvocations:
    def predictions(self, answer):
        return [row["churn_probability"] for row in answer.value["predictions"]]

    def test_ping_is_answered_with_200(self, served):
        assert served.get("/ping").status == 200

    def test_a_table_of_csv(self, served, table, expected):
        for media_type in "text/csv", "text/csv; header=present", "text/csv; charset=utf-8":
            answer = served.ask("POST", "/invocations", table, content_type=media_type)
            assert self.predictions(answer) == expected

    def test_an_answer_of_csv(self, served, table, expected):
        answer = served.ask(
            "POST", "/invocations", table, content_type="text/csv", accept="text/csv")
        assert answer.status == 200 and answer.headers["content-type"].startswith("text/csv")
        found = records(answer.body)
        assert [float(row["churn_probability"]) for row in found] == expected

    def test_a_table_of_parquet(self, served, table, expected):
        pandas = pytest.importorskip("pandas")
        frame = pandas.read_csv(io.BytesIO(table))
        body = frame.to_parquet(index=False)
        answer = served.ask(
            "POST", "/invocations", body, content_type="application/vnd.apache.parquet")
        assert self.predictions(answer) == expected

    def test_dataframe_split(self, served, rows, expected):
        frame = {"columns": list(rows[0]), "data": [list(row.values()) for row in rows]}
        for split in frame, {"index": list(range(ROWS)), **frame}:
            answer = served.post("/invocations", {"dataframe_split": split})
            assert self.predictions(answer) == expected

    @pytest.mark.parametrize("form", ["dataframe_records", "instances", "inputs"])
    def test_records(self, served, rows, expected, form):
        assert self.predictions(served.post("/invocations", {form: rows})) == expected

    @pytest.mark.parametrize("form", ["instances", "inputs"])
    def test_lists_of_cells_in_the_order_of_the_model(self, served, metadata, rows, expected, form):
        names = [column["name"] for column in metadata["inputs"] if column["name"] != "customer_id"]
        lists = [[row[name] for name in names] for row in rows]
        assert self.predictions(served.post("/invocations", {form: lists})) == expected

    def test_columns_of_cells(self, served, rows, expected):
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        assert self.predictions(served.post("/invocations", {"inputs": columns})) == expected

    def test_one_row_of_columns(self, served, rows, expected):
        assert self.predictions(served.post("/invocations", {"inputs": rows[0]})) == expected[:1]

    def test_null_is_a_missing_value(self, served, rows, expected):
        nulls = [{name: cell or None for name, cell in row.items()} for row in rows]
        assert self.predictions(served.post("/invocations", {"instances": nulls})) == expected

    def test_params_may_be_there(self, served, rows):
        answer = served.post("/invocations", {"instances": rows, "params": {"explain": 2}})
        assert all("reason_2" in row for row in answer.value["predictions"])

    @pytest.mark.parametrize("document", [
        [], {}, {"instances": []}, {"columns": [], "data": []}, {"instances": [{}]},
        {"instances": [[1]]}, {"inputs": [], "instances": []}, {"dataframe_split": []},
        {"dataframe_split": {"columns": ["age"]}}, {"dataframe_split": {"data": [[1]]}},
        {"dataframe_records": {"age": [1]}}, {"inputs": {"age": [1], "city": ["a", "b"]}},
        {"signature_name": "serving_default", "instances": []}])
    def test_another_document_is_refused(self, served, document):
        assert served.post("/invocations", document).status == 400
        assert served.post("/invocations", document).error

    def test_a_row_without_a_column_is_refused_and_names_it(self, served, rows):
        short = {name: cell for name, cell in rows[1].items() if name != "contract"}
        for instances in [short], [rows[0], short], [short, rows[0]]:
            answer = served.post("/invocations", {"instances": instances})
            assert answer.status == 400 and "contract" in answer.error

    def test_a_column_that_the_model_does_not_know_is_refused_and_named(self, served, rows):
        answer = served.post("/invocations", {"instances": [{**rows[0], "colour": "red"}]})
        assert answer.status == 400 and "colour" in answer.error

    def test_a_cell_of_another_media_typeis_refused_and_named(self, served, rows):
        answer = served.post("/invocations", {"instances": [{**rows[0], "age": "old"}]})
        assert answer.status == 400 and "age" in answer.error and "old" in answer.error

    @pytest.mark.parametrize("media_type", ["application/xml", "text/plain", "", "application/jsonx"])
    def test_another_media_media_typeis_refused_with_415(self, served, media_type):
        answer = served.ask("POST", "/invocations", b"{}", content_type=media_type)
        assert answer.status == 415 and answer.error
