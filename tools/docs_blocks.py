"""Runs the shell blocks of README.md and docs/ as they are written; tools/docs runs it.

A block runs if its fence is ```sh. All blocks of a page run one after the other in one folder.
It is empty but for `datasets` and `tools/mlcore`, and `mlcore` is on the PATH. A comment in the
line before a block, or before a table, says what is different:

    <!-- needs: postgres -->           runs where the server is (mysql, postgres, s3), or the
                                       packages of tools/test (python)
    <!-- not run: REASON -->           does not run
    <!-- keys: FILE -->                the table's first column names the keys of this JSON file

MLCORE names the program. Servers are those of tools/with-mariadb, with-postgres and with-s3. With
CI=true what is missing is a failure.
"""
import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE_SECONDS = 300
SHOWN_LINES = 30
# What a block names, and the environment variable or the place that stands for it in the tests.
SERVERS = {
    "mysql": ("mysql://reader@db.example/shop", "MLCORE_TEST_MYSQL", "{}"),
    "postgres": ("postgresql://reader@db.example/shop", "MLCORE_TEST_POSTGRES", "{}"),
    "python": ("python3", "MLCORE_TEST_PYTHON", "{}"),
    "s3": ("s3://lake/", "MLCORE_TEST_S3_ENDPOINT", "s3://mlcore-test/docs/"),
}


class Block:
    def __init__(self, line, text, note):
        self.line, self.text = line, text
        self.kind, _, self.detail = (part.strip() for part in note.partition(":"))

    def skipped(self):
        """Why the block does not run here; None if it does."""
        if self.kind == "not run":
            return self.detail
        if self.kind == "needs" and SERVERS[self.detail][1] not in os.environ:
            return f"{SERVERS[self.detail][1]} is not set"
        return None

    def script(self):
        text = self.text
        if self.kind == "needs":
            written, variable, stand_in = SERVERS[self.detail]
            text = text.replace(written, stand_in.format(os.environ[variable]))
        return text


def blocks_of(text):
    """The shell blocks of a page, and its (line, file, keys) of tables of keys."""
    blocks, tables, note, lines = [], [], "", text.splitlines()
    index = 0
    while index < len(lines):
        line = lines[index]
        found = re.fullmatch(r"<!-- ((?:needs|not run|keys): .*) -->", line)
        if found:
            note = found[1]
        elif line.startswith("```"):
            end = next(i for i in range(index + 1, len(lines)) if lines[i] == "```")
            if line == "```sh":
                blocks.append(Block(index + 1, "\n".join(lines[index + 1:end]), note))
            index, note = end, ""
        elif line.startswith("|") and note.startswith("keys:"):
            end = index
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            cells = [row.split("|")[1] for row in lines[index:end]]
            keys = {key for cell in cells for key in re.findall(r"`(.+?)`", cell)}
            tables.append((index + 1, note.partition(":")[2].strip(), keys))
            index, note = end, ""
        elif line:
            note = ""
        index += 1
    return blocks, tables


def keys_of(value, path=""):
    """The keys of a JSON document: `metrics.auc`, `folds[].auc`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from keys_of(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for item in value:
            yield from keys_of(item, path + "[]")
    else:
        yield path


def covers(documented, key):
    """Whether a documented key, which may end in `.*`, stands for a key of a document."""
    # An empty list does not show the keys of its objects.
    if documented.startswith(key + "[]"):
        return True
    if documented.endswith(".*"):
        return key.startswith(documented[:-1]) or key == documented[:-2]
    return documented == key


def wrong_keys(path, documented):
    keys = {key or "[]" for key in keys_of(json.loads(path.read_text(encoding="utf-8")))}
    for key in sorted(keys):
        if not any(covers(name, key) for name in documented):
            yield f"the key {key} is in no row"
    for name in sorted(documented):
        if not any(covers(name, key) for key in keys):
            yield f"the document has no key {name}"


def prepare(folder):
    """The folder of a page: what a reader has who stands in the clone."""
    (folder / "datasets").symlink_to(ROOT / "datasets")
    for place in ("tools", "bin"):
        (folder / place).mkdir()
        program = folder / place / "mlcore"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(os.environ["MLCORE"])} "$@"\n')
        program.chmod(0o755)
    # README.md names it; these blocks are a part of it.
    (folder / "tools/test").symlink_to("/bin/true")


def tail(log):
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:])


def run_page(page):
    """Runs a page; returns the messages of what failed."""
    name = page.relative_to(ROOT)
    blocks, tables = blocks_of(page.read_text(encoding="utf-8"))
    script = ["set -euo pipefail", "trap 'echo \"failed: $block: $BASH_COMMAND\" >&2' ERR"]
    failures, count = [], 0
    for block in blocks:
        reason = block.skipped()
        if reason is None:
            script += [f"block={name}:{block.line}", block.script()]
            count += 1
        else:
            print(f"docs: {name}:{block.line}: not run: {reason}", file=sys.stderr)
            if block.kind == "needs" and os.environ.get("CI") == "true":
                failures.append(f"{name}:{block.line}: {reason}")
    if not count:
        return failures
    with tempfile.TemporaryDirectory(prefix="mlcore-docs-") as place:
        folder = Path(place)
        prepare(folder)
        environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}",
                       "HOME": place, "NO_COLOR": "1"}
        # A file, because a program that goes on in the background would keep a pipe open.
        log = folder / "bin" / "log"
        with open(log, "w", encoding="utf-8") as output:
            process = subprocess.Popen(
                ["bash", "-c", "\n".join(script)], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True)
        late = ""
        try:
            process.wait(timeout=PAGE_SECONDS)
        except subprocess.TimeoutExpired:
            late = f"not finished after {PAGE_SECONDS} s\n"
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if process.wait() != 0:
            failures.append(f"{name}: exit code {process.returncode}\n{late}"
                            + tail(log))
        else:
            for line, file, documented in tables:
                failures += [f"{name}:{line}: {file}: {message}"
                             for message in wrong_keys(folder / file, documented)]
    print(f"docs: {name}: {count} blocks{', FAILED' if failures else ''}", file=sys.stderr)
    return failures


def main():
    pages = [Path(argument).resolve() for argument in sys.argv[1:]] or [
        ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "datasets/README.md",
        *sorted((ROOT / "docs").rglob("*.md"))]
    failures = [failure for page in pages if not page.is_symlink() for failure in run_page(page)]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"docs: {used.ru_utime + used.ru_stime:.0f} s of processor time", file=sys.stderr)
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(bool(failures))


main()
