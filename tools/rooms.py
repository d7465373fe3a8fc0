"""Prints each room of Sources/ written in Swift, and the modules that it may import: its
dependencies in Package.swift. tools/check and tools/docs_generate.py use it."""
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def package():
    """The targets of Package.swift as SwiftPM describes them."""
    dump = subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(dump.stdout)["targets"]


def rooms():
    """Each room with the rooms and with the libraries of others that it may import."""
    targets = package()
    names = {target["name"] for target in targets}
    for target in targets:
        is_swift = any((ROOT / "Sources" / target["name"]).glob("**/*.swift"))
        if target["type"] in ("regular", "executable") and is_swift:
            needed = [(one.get("byName") or one.get("target") or one["product"])[0]
                      for one in target["dependencies"]]
            yield (target["name"], [name for name in needed if name in names],
                   [name for name in needed if name not in names])


def system_libraries():
    """Each module that is a library of the system, and the Debian packages that have it."""
    for target in package():
        if target["type"] == "system":
            yield target["name"], [name for one in target.get("providers") or []
                                   for names in one.get("apt", []) for name in names]


if __name__ == "__main__":
    for room, below, libraries in rooms():
        print(room, *below, *libraries)
