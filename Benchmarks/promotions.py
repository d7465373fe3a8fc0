"""A thousand promotions and rollbacks of a loop's models while 64 clients ask its server."""
import http.client
import json
import multiprocessing
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time

from servers import Server, request

PROMOTIONS, PROCESSES, CLIENTS_EACH = 1_000, 4, 16
MOST_SECONDS = 5


class Clients:
    """The clients of one process: each asks again when it is answered."""

    def __init__(self, port: int, body: str, count: int):
        self.port, self.body = port, body
        self.ends = threading.Event()
        self.lock = threading.Lock()
        self.answers: dict[str, int] = {}
        self.threads = [threading.Thread(target=self.run) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.ends.is_set():
            found = self.ask(connection)
            with self.lock:
                self.answers[found] = self.answers.get(found, 0) + 1

    def ask(self, connection: http.client.HTTPConnection) -> str:
        """The version and the probability of an answer, or how it failed."""
        try:
            connection.request(
                "POST", "/invocations", self.body, {"content-type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return f"failed: {type(error).__name__}"
        if answer.status != 200:
            return f"failed: {answer.status}"
        found = json.loads(body)["predictions"][0]
        if answer.headers["x-model-version"] != found["model_version"]:
            return "failed: the header has another version"
        return f"{found['model_version']} {found['churn_probability']!r}"


def ask_until(ends: multiprocessing.Event, found: multiprocessing.Queue, port: int,
              body: str) -> None:
    clients = Clients(port, body, CLIENTS_EACH)
    ends.wait()
    clients.ends.set()
    for thread in clients.threads:
        thread.join()
    found.put(clients.answers)


def make_home(program: pathlib.Path, home: pathlib.Path) -> list[str]:
    """A loop with two models; their versions, the champion's first."""
    shutil.rmtree(home, ignore_errors=True)

    def run(*words: object) -> str:
        return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout

    run("watch", "--home", home, "--init", "--set", "data.target=churn", "--set",
        "data.id=customer_id")
    for seed in (1, 2):
        table = home.parent / f"promotions-{seed}.csv"
        table.unlink(missing_ok=True)
        run("generate", "churn", "--rows", 2_000, "--seed", seed, "--out", table)
        shutil.move(table, home / "inbox" / f"{seed}.csv")
        run("watch", "--home", home, "--once")
    listed = json.loads(run("models", "list", "--home", home, "--json"))
    return [one["version"] for one in listed]


def section(program: pathlib.Path, port: int, folder: pathlib.Path, row: dict) -> list[str]:
    home = folder / "promotions"
    versions = make_home(program, home)
    body = json.dumps({"dataframe_records": [row]})
    seconds, answers = [], {}
    with Server([program, "serve", "--home", home, "--port", port], port,
                folder / "promotions.log") as server:
        server.wait(request("GET", "/ping"))

        def champion() -> str:
            return json.loads(server.ask(request("GET", "/v2/models/churn"))[1])["versions"][0]

        ends, found = multiprocessing.Event(), multiprocessing.Queue()
        processes = [multiprocessing.Process(target=ask_until, args=(ends, found, port, body))
                     for _ in range(PROCESSES)]
        for process in processes:
            process.start()
        started = time.monotonic()
        for number in range(PROMOTIONS):
            before = champion()
            other = next(version for version in versions if version != before)
            words = ["rollback"] if number % 2 else ["promote", other, "--force"]
            subprocess.run([program, "models", *words, "--home", home], check=True,
                           capture_output=True)
            since = time.monotonic()
            while champion() == before:
                if time.monotonic() - since > MOST_SECONDS:
                    sys.exit(f"benchmarks: promotion {number} was not followed")
                time.sleep(0.005)
            seconds.append(time.monotonic() - since)
        minutes = (time.monotonic() - started) / 60
        ends.set()
        for _ in processes:
            for answer, count in found.get().items():
                answers[answer] = answers.get(answer, 0) + count
        for process in processes:
            process.join()
    failed = sum(count for answer, count in answers.items() if answer.startswith("failed"))
    pairs = {answer for answer in answers if not answer.startswith("failed")}
    mixed = sum(answers[one] for one in pairs) if len(pairs) > len(versions) else 0
    return [
        f"## {PROMOTIONS:,} promotions and rollbacks while {PROCESSES * CLIENTS_EACH} clients ask",
        "", "| answers | failed | that mix versions | takeover p50, s | most, s | minutes |",
        "|---|---|---|---|---|---|",
        f"| {sum(answers.values()):,} | {failed} | {mixed} | {statistics.median(seconds):.2f} |"
        f" {max(seconds):.2f} | {minutes:.1f} |", "",
        "A takeover counts from the end of `models promote` or `models rollback` to the first answer"
        " that names the other version. An answer mixes versions where its probability is not that"
        " of the version in its body and its header.", ""]
