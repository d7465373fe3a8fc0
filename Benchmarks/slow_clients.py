"""Clients that never end their requests, and what others notice of them."""
import itertools
import pathlib
import selectors
import socket
import sys
import threading
import time

from serve_churn import at_rate, is_kept
from servers import Server, write_requests

COUNT = 10_000
RATE, CONNECTIONS = 1_000, 32
HEAD = b"POST /invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
SECONDS_BETWEEN_BYTES = 4
# So many connections are begun and sent a byte in one go, so that nothing comes in a burst.
STEP, STEP_SECONDS = 50, 0.02


class HalfOpen:
    """Connections that send their head byte by byte, and begin again where they are ended."""

    def __init__(self, port: int, count: int):
        self.port, self.count = port, count
        self.begun = 0
        self.selector = selectors.DefaultSelector()
        # The one that has waited longest for its next byte is the first.
        self.sockets: dict[socket.socket, float] = {}
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self) -> "HalfOpen":
        self.thread.start()
        while len(self.sockets) < self.count and self.thread.is_alive():
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.ends.set()
        self.thread.join()
        for one in self.sockets:
            one.close()

    def run(self) -> None:
        while not self.ends.is_set():
            for _ in range(min(STEP, self.count - len(self.sockets))):
                self.begin()
            for key, _ in self.selector.select(STEP_SECONDS):
                self.drop_if_ended(key.fileobj)
            now = time.monotonic()
            due = [one for one, last in itertools.islice(self.sockets.items(), STEP)
                   if now - last > SECONDS_BETWEEN_BYTES]
            for one in due:
                self.send(one, b"x")

    def begin(self) -> None:
        one = socket.create_connection(("127.0.0.1", self.port))
        one.setblocking(False)
        self.selector.register(one, selectors.EVENT_READ)
        self.begun += 1
        self.send(one, HEAD)

    def send(self, one: socket.socket, some: bytes) -> None:
        self.sockets.pop(one, None)
        self.sockets[one] = time.monotonic()
        try:
            one.send(some)
        except OSError:
            self.drop(one)

    def drop_if_ended(self, one: socket.socket) -> None:
        try:
            if one.recv(4_096):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.drop(one)

    def drop(self, one: socket.socket) -> None:
        self.selector.unregister(one)
        del self.sockets[one]
        one.close()


def section(command: list[object], port: int, binaries: pathlib.Path, requests: list[bytes],
            folder: pathlib.Path, seconds: float) -> list[str]:
    """The latencies of others and the memory, without and with the slow clients."""
    asked = write_requests(folder / "requests" / "others.txt", requests)
    lines = ["| half-open connections | p50, ms | p99, ms | p99.9, ms | answered | MB |",
             "|---|---|---|---|---|---|"]
    begun = 0
    with Server(command, port, folder / "slow.log") as server:
        server.wait(requests[0])
        for count in (0, COUNT):
            with HalfOpen(port, count) as clients:
                load = at_rate(binaries, port, RATE, seconds, asked, CONNECTIONS)
                held = server.megabytes()
                begun = clients.begun
            print("half-open", count, load, held, file=sys.stderr, flush=True)
            words = [f"{load[key] / 1e3:.3g}" for key in ("p50", "p99", "p999")]
            share = "all" if is_kept(load) else f"{load['answered']:,} of {load['wanted']:,}"
            lines.append(f"| {count:,} | {' | '.join(words)} | {share} | {held:.0f} |")
        time.sleep(1)
        after = server.megabytes()
    return [f"## Slow clients: {RATE:,} requests a second of others", "", *lines, "",
            f"Each slow client sends a byte every {SECONDS_BETWEEN_BYTES} seconds and begins again"
            f" when the server ends its connection. {begun:,} connections were begun. A second"
            f" after their end the server held {after:.0f} MB.", ""]
