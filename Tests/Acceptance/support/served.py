"""A server of a model, asked over HTTP."""
import csv
import dataclasses
import http.client
import io
import json
import re
import subprocess

from support.waiting import until


@dataclasses.dataclass
class Answer:
    """What came back: the status, the headers by their names in small letters, and the body."""
    status: int
    headers: dict
    body: bytes

    @property
    def document(self):
        """The body as JSON; an error if it does not say that it is JSON."""
        assert self.headers["content-type"] == "application/json", self
        return json.loads(self.body)

    @property
    def value(self):
        """The JSON of a request that was answered."""
        assert self.status == 200, self
        return self.document

    @property
    def error(self):
        """The sentence of a request that was refused."""
        assert 400 <= self.status < 600, self
        sentence = self.document["error"]
        assert isinstance(sentence, str) and sentence, self
        return sentence


class Served:
    """`mlcore serve` on a free port until `close`."""

    def __init__(self, program, log, *arguments):
        self.log = log
        with open(log, "wb") as file:
            self.process = program.start("serve", "--port", 0, *arguments, stderr=file)
        until(lambda: self.port or self.process.poll() is not None, "a server", 60, log.read_text)
        assert self.port, log.read_text()

    @property
    def port(self):
        found = re.search(r"^serving .*:([0-9]+)$", self.log.read_text(), re.MULTILINE)
        return int(found[1]) if found else None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method, path, body=b"", **headers):
        """Asks once; `content_type="text/csv"` and its like are headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {
                name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, document):
        """Asks with a document as JSON."""
        return self.ask("POST", path, json.dumps(document), content_type="application/json")

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def records(table):
    """The rows of a CSV table as texts by column."""
    return list(csv.DictReader(io.StringIO(table.decode())))


def tensor(name, datatype, data):
    """A tensor of one column; cells without anything are null."""
    if datatype != "BYTES":
        data = [float(cell) if cell else None for cell in data]
    return {"name": name, "datatype": datatype, "shape": [len(data)],
            "data": [None if cell == "" else cell for cell in data]}


def tensors(metadata, rows):
    """Rows as inputs of the Open Inference Protocol, as the metadata of a model ask for them."""
    return [tensor(column["name"], column["datatype"], [row[column["name"]] for row in rows])
            for column in metadata["inputs"]]


def output(answer, name):
    """The data of one output of an inference."""
    found, = (output for output in answer["outputs"] if output["name"] == name)
    return found["data"]
