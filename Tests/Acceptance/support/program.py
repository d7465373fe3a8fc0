"""The program under test."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]


class Program:
    """The built program, called as a user calls it."""

    def __init__(self, path, environment=None):
        self.path = str(path)
        self.environment = environment

    def command(self, *arguments, prefix=()):
        return [*map(str, prefix), self.path, *map(str, arguments)]

    def start(self, *arguments, prefix=(), **options):
        """Starts a command and does not wait for its end."""
        options = {"env": self.environment, **options}
        return subprocess.Popen(
            self.command(*arguments, prefix=prefix), stdin=subprocess.DEVNULL, **options)

    def run(self, *arguments, **options):
        """A command with its exit code and its outputs, whatever they are."""
        options = {"env": self.environment, "timeout": 300, **options}
        return subprocess.run(
            self.command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            **options)

    def __call__(self, *arguments, **options):
        """The standard output of a command that must succeed."""
        result = self.run(*arguments, **options)
        assert result.returncode == 0, f"{arguments} ended with {result}"
        return result.stdout

    def outcome(self, *arguments, **options):
        """The exit code and the lines of a command that may fail."""
        result = self.run(*arguments, **options)
        return result.returncode, [line for line in result.stderr.splitlines() if line]


def succeeds(*command):
    """Whether a command of the system ends with 0."""
    return subprocess.run(
        list(map(str, command)), capture_output=True, timeout=60).returncode == 0


def contents(folder):
    """The bytes of all files below a folder, by their relative paths."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}


def processor_seconds(process):
    """The processor time that a process has used."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(process):
    """The process ids of what the threads of a process have started."""
    found = []
    for path in pathlib.Path(f"/proc/{process.pid}/task").glob("*/children"):
        # A thread may end between two looks.
        try:
            found += map(int, path.read_text().split())
        except OSError:
            pass
    return found
