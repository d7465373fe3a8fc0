"""Servers of other programs and of ours: start, first answer, memory, end."""
import dataclasses
import http.client
import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Callable

MOST_SECONDS_TO_START = 90
SECONDS_TO_END = 15


@dataclasses.dataclass(frozen=True)
class Contestant:
    """A server and one way of asking it."""
    name: str
    command: list[object]
    port: int
    path: str
    body: Callable[[dict], dict]
    probability: Callable[[dict], float]
    """The probability in the JSON of an answer."""


class Failed(Exception):
    """A server that did not start, with the last line of what it said."""


class Server:
    """A process with its children; its output goes to a file, as an operator's would."""

    def __init__(self, command: list[object], port: int, log: pathlib.Path):
        self.port, self.log = port, log
        words = [str(word) for word in command]
        # Programs that start others look for them beside themselves.
        path = f"{pathlib.Path(words[0]).parent}{os.pathsep}{os.environ['PATH']}"
        with open(log, "w") as output:
            # MLServer writes files into the folder in which it runs.
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=log.parent,
                env=os.environ | {"PATH": path}, start_new_session=True)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            pass
        # Workers may outlive the process that started them.
        self.signal(signal.SIGKILL)
        self.process.wait()

    def signal(self, number: int) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer to a whole request."""
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def wait(self, request: bytes) -> float:
        """Waits until a request is answered with 200; the seconds that it took."""
        started = time.monotonic()
        found = "it did not listen"
        while time.monotonic() - started < MOST_SECONDS_TO_START:
            if self.process.poll() is not None:
                raise Failed(self.reason())
            try:
                status, body = self.ask(request)
                if status == 200:
                    return time.monotonic() - started
                found = f"{status} {body[:200].decode(errors='replace')}"
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        raise Failed(found)

    def reason(self) -> str:
        """What the server said of its end: the last line that tells of an error, else the last."""
        lines = self.log.read_text(errors="replace").strip().splitlines() or ["no message"]
        errors = [line for line in lines if "error" in line.lower()]
        return (errors or lines)[-1].strip()[:200]

    def megabytes(self) -> float:
        """The memory that the processes of the server hold by themselves."""
        return sum(held_kilobytes(pid) for pid in self.members()) / 1024

    def members(self) -> list[int]:
        """The process ids of the server and of what it started."""
        found = []
        for folder in pathlib.Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                except OSError:
                    continue
                if int(fields[3]) == self.process.pid:
                    found.append(int(folder.name))
        return found


def held_kilobytes(pid: int) -> int:
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def request(method: str, path: str, body: bytes = b"", content_type: str = "application/json"
            ) -> bytes:
    """A whole request of HTTP/1.1."""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if body:
        head += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def write_requests(path: pathlib.Path, requests: list[bytes]) -> pathlib.Path:
    """A file for LoadBenchmark and requests.lua: each request behind a line with its size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(b"%d\n%s" % (len(one), one) for one in requests))
    return path
