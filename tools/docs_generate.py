"""Writes the reference pages that the program's own words make; tools/docs runs it.

`generate` writes them, `check` fails if one of them differs from what would be written. MLCORE
names the program. Sources: its dump of all arguments, the help of each verb, `mlcore help
settings`, and Package.swift.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from rooms import rooms, system_libraries

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
HOUSE = ROOT / "docs" / "explanation" / "house.md"
HEADER = "<!-- Written by `tools/docs generate`. Do not edit. -->\n\n"

SKIPPED_FLAGS = {"help", "version"}


def run(*arguments):
    return subprocess.run(
        [os.environ["MLCORE"], *arguments], check=True, capture_output=True, text=True).stdout


def cell(text):
    """A text in a cell of a Markdown table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;").strip()


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


# The verbs


def leaves(command, path=()):
    """Each verb with its path, the program's own name left out."""
    for child in command.get("subcommands", []):
        is_built_in = child["commandName"] == "help" and not child.get("subcommands")
        if not child.get("shouldDisplay", True) or is_built_in:
            continue
        own = (*path, child["commandName"])
        below = list(leaves(child, own))
        yield from below or [(own, child)]


def name_of(argument):
    if argument["kind"] == "positional":
        return f"`<{argument['valueName']}>`"
    flag = f"--{argument['preferredName']['name']}"
    return f"`{flag}`" if argument["kind"] == "flag" else f"`{flag} <{argument['valueName']}>`"


def shown(command):
    for argument in command.get("arguments", []):
        name = argument.get("preferredName", {}).get("name")
        if argument.get("shouldDisplay", True) and name not in SKIPPED_FLAGS:
            yield argument


def meaning(argument):
    text = argument.get("abstract", "")
    default = argument.get("defaultValue")
    if default and "(default" not in text:
        text += f" Default: {default}."
    if not argument["isOptional"]:
        text += " Required."
    return cell(text)


def verbs_page(dump):
    parts = [HEADER + "# Verbs and flags\n\n`mlcore VERB --help` prints the same.\n"]
    for path, command in leaves(dump):
        usage = re.search(r"USAGE: (.*?)\n\n", run(*path, "--help"), re.DOTALL).group(1)
        parts.append(f"## mlcore {' '.join(path)}\n\n{command.get('abstract', '')}\n")
        if command.get("discussion"):
            parts.append(re.sub(r"\s+", " ", command["discussion"]).replace("<", "&lt;") + "\n")
        parts.append(f"```text\n{usage}\n```\n")
        sections = {}
        for argument in shown(command):
            sections.setdefault(argument.get("sectionTitle", "Options"), []).append(argument)
        for title, arguments in sections.items():
            parts.append(table(
                [title, "Meaning"], [[name_of(a), meaning(a)] for a in arguments]))
    return "\n".join(parts)


# The settings


def settings_table(settings):
    """The settings of a topic of `mlcore help settings`, without columns that are empty."""
    header = ["Key", "Flag", "Default", "Accepts", "Meaning", "Search"]
    rows = [
        [f"`{one['key']}`", f"`{one['flag']}`" if one.get("flag") else "",
         cell(one.get("default") or ""), cell(one["expected"]), cell(one["summary"]),
         cell(one.get("search") or "")]
        for one in settings]
    used = [column for column in range(len(header)) if any(row[column] for row in rows)]
    return table([header[i] for i in used], [[row[i] for i in used] for row in rows])


def settings_page(tasks, topics):
    sections = "\n".join(
        f"## {task.capitalize()}\n\n{settings_table(topics[task])}" for task in tasks if task in topics)
    return f"""{HEADER}# Settings

mlcore reads settings in this order. A later one wins.

1. Built-in defaults.
2. `--config FILE.toml`.
3. `--set section.key=value`.
4. Flags.

An unknown key is an error with a suggestion. A value of the wrong type or range is an error that
states the expected value. `auto` adapts to the data; `run.toml` states the value that was used.
A settings file is UTF-8 text of at most 4 MiB without control characters. A key has at most 16
parts. Names of hyperparameters are those of LightGBM. `mlcore help settings` prints the same
tables.

{sections}"""


def pipeline_page(topics):
    """The settings of a loop that are not those of its task."""
    own = ("data.", "boosting.", "model.", "calibration.", "evaluation.")

    def part(task):
        settings = [one for one in topics[f"watch {task}"] if not one["key"].startswith(own)]
        return f"## {task.capitalize()}\n\n{settings_table(settings)}"

    tasks = [topic.removeprefix("watch ") for topic in topics if topic.startswith("watch ")]
    parts = "\n".join(map(part, tasks))
    return f"""{HEADER}# Settings of the loop

`pipeline.toml` in the home holds every setting. The loop reads it when it starts. An unknown key is
an error. The sections `data`, `boosting`, `model`, `calibration` and `evaluation` have the keys of
[the task](settings.md); `data.path`, the test part and `continue_from` are not among them.

{parts}"""


# The house


def stale_words():
    """What the written pages say of Sources/ that is not so."""
    words = HOUSE.read_text(encoding="utf-8")
    # Those of C that are another's library have no code; the page of imports lists them.
    libraries = {name for name, _ in system_libraries()}
    folders = {path.name for path in (ROOT / "Sources").iterdir() if path.is_dir()} - libraries
    described = set(re.findall(r"^\| `(\w+)`", words, re.MULTILINE))
    for room in sorted(folders - described):
        yield f"{HOUSE.relative_to(ROOT)} has no line for Sources/{room}"
    for room in sorted(described - folders):
        yield f"{HOUSE.relative_to(ROOT)} names {room}, which is not in Sources/"
    pages = [*ROOT.glob("*.md"), ROOT / "datasets/README.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for path in re.findall(r"`((?:Sources|Tests|tools)/[\w/.+-]+)", page.read_text("utf-8")):
            # NAME stands for others in CONTRIBUTING.md.
            if not (ROOT / path).exists() and "NAME" not in path:
                yield f"{page.relative_to(ROOT)} names {path}, which does not exist"


def rooms_page():
    rows = [[f"`{room}`", " ".join(f"`{name}`" for name in below)] for room, below, _ in rooms()]
    libraries = [[f"`{name}`", " ".join(f"`{package}`" for package in packages)]
                 for name, packages in system_libraries() if packages]
    return f"""{HEADER}# Imports

Each room and the rooms that it may import: its dependencies in `Package.swift`. `tools/check` fails
on any other import. [The house](../explanation/house.md) says what each room does.

{table(["Room", "Imports"], rows)}
## Libraries of others

Modules that give Swift a library of C or C++, and the Debian packages of these libraries.
`tools/setup` installs the packages. `CArrowLibraries` is Arrow from the wheel of pyarrow.

{table(["Module", "Packages"], libraries)}"""


def pages():
    dump = json.loads(run("--experimental-dump-help"))["command"]
    topics = json.loads(run("help", "settings", "--json"))
    return {
        "verbs.md": verbs_page(dump),
        "settings.md": settings_page(
            [path[1] for path, _ in leaves(dump) if path[0] == "train"], topics),
        "pipeline.md": pipeline_page(topics),
        "imports.md": rooms_page(),
    }


def main():
    failed = False
    for name, text in pages().items():
        path = REFERENCE / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if sys.argv[1] == "generate":
            path.write_text(text, encoding="utf-8")
            print(f"docs: wrote {path.relative_to(ROOT)}", file=sys.stderr)
        else:
            print(f"docs: {path.relative_to(ROOT)} is out of date; run tools/docs generate",
                  file=sys.stderr)
            failed = True
    for message in stale_words():
        print(f"docs: {message}", file=sys.stderr)
        failed = True
    sys.exit(failed)


main()
