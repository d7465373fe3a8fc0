"""Writes the reference pages that the program's own words make; tools/docs runs it.

`generate` writes them, `check` fails if one of them differs from what would be written. MLCORE names
the program. Sources: its dump of all arguments, the help of each verb, and the comments in run.toml
and pipeline.toml.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
HOUSE = ROOT / "docs" / "explanation" / "house.md"
HEADER = "<!-- Written by `tools/docs generate`. Do not edit. -->\n\n"

# Keys whose flag has another name.
FLAGS = {"data.path": "data", "data.header": "no-header", "calibration.method": "calibration"}
SKIPPED_FLAGS = {"help", "version"}


def run(*arguments, folder=None):
    return subprocess.run(
        [os.environ["MLCORE"], *map(str, arguments)], cwd=folder, check=True,
        capture_output=True, text=True).stdout


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
        if not child.get("shouldDisplay", True) or child["commandName"] == "help":
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


def settings_of(text):
    """(key, value, comment) of each line of a settings file with a comment above it."""
    section, comment = "", ""
    for line in text.splitlines():
        if line.startswith("# "):
            comment = line[2:]
        elif line.startswith("["):
            section = line.strip("[]") + "."
        elif " = " in line:
            key, value = line.split(" = ", 1)
            yield section + key, value, comment


def settings_table(text, arguments):
    """The settings of one task with their flags and ranges."""
    flags = {a["preferredName"]["name"]: a for a in arguments if a["kind"] != "positional"}
    rows = []
    for key, value, comment in settings_of(text):
        if key == "task":
            continue
        name = FLAGS.get(key, key.rsplit(".", 1)[-1].replace("_", "-"))
        flag = flags.get(name)
        range_found = re.search(
            r"\(((?:an?|one of|true or|columns) [^()]*)\)\.?$", flag["abstract"]) if flag else None
        value = "required" if key in ("data.path", "data.target") else f"`{value}`"
        rows.append([
            f"`{key}`", value, f"`--{name}`" if flag else "",
            cell(re.sub(r"; here .*$", "", comment)), cell(range_found[1]) if range_found else ""])
    return table(["Key", "Default", "Flag", "Meaning", "Range"], rows)


def settings_page(dump, folder):
    arguments = {" ".join(path): list(shown(command)) for path, command in leaves(dump)}
    run("generate", "churn", "--rows", 300, "--out", "t.csv", folder=folder)
    run("train", "churn", "--data", "t.csv", "--target", "churn", "--num-trees", 2,
        "--out", "churn", folder=folder)
    run("train", "recommender", "--data", "r", "--epochs", 1, "--out", "recommender",
        folder=interactions(folder))
    pages = {}
    for task in ("churn", "recommender"):
        text = (folder / task / "run.toml").read_text(encoding="utf-8")
        # What this run was given is not the default.
        text = re.sub(r"^(num_trees|epochs) = .*$", r'\1 = "auto"', text, flags=re.MULTILINE)
        pages[task] = settings_table(text, arguments[f"train {task}"])
    return f"""{HEADER}# Settings

mlcore reads settings in this order. A later one wins.

1. Built-in defaults.
2. `--config FILE.toml`.
3. `--set section.key=value`.
4. Flags.

An unknown key is an error with a suggestion. A value of the wrong type or range is an error that
states the expected value. `auto` adapts to the data; `run.toml` states the value that was used.
A settings file is UTF-8 text of at most 4 MiB without control characters. A key has at most 16
parts.
Names of hyperparameters are those of LightGBM.

## Churn

{pages['churn']}
### Values of `auto`

| Key | Value |
|---|---|
| `evaluation.holdout` | 0.2 without `--test` and `--folds`, else none |
| `boosting.num_trees` | 2000; early stopping usually ends sooner |
| `boosting.learning_rate` | 0.03 below 20,000 rows, 0.05 below 100,000 rows, else 0.1 |
| `boosting.num_leaves` | 15 below 20,000 rows, 31 below 200,000 rows, else 63 |
| `boosting.max_depth` | -1: no limit |
| `boosting.min_data_in_leaf` | 20 |
| `boosting.lambda_l2` | 1 |
| `boosting.feature_fraction` | 0.5 below 200,000 rows, else 0.8 |
| `boosting.bagging_fraction` | 1 |
| `boosting.min_data_per_group` | 100 |
| `boosting.early_stopping_rounds` | 50 |
| `boosting.validation_fraction` | 0.2 below 20,000 rows, else 0.1 |
| `boosting.refit` | true below 200,000 rows, else false |

## Recommender

{pages['recommender']}
### Values of `auto`

| Key | `retrieval` | `lab` |
|---|---|---|
| `model.dimension` | 64 | 32 |
| `model.hidden` | [] | [256, 128] |
| `model.loss` | softmax | squared_error |
| `model.temperature` | 0.2 | 0.2 |
| `model.optimizer` | adam | adam |
| `model.learning_rate` | 0.02 | 0.0003 |
| `model.weight_decay` | 0 | 0 |
| `model.users_per_step` | 1024 | 1024 |
| `model.ratings_per_step` | 256 | 64 |
| `model.uses_id` | true | true |
| `model.id_dropout` | 0.2 | 0.2 |
| `model.exact_items` | 50000 | 50000 |
| `model.uniform_negatives` | 8192 | 8192 |
| `model.epochs` | 60 | 60 |
| `model.patience` | 5 | 5 |
"""


def interactions(folder):
    run("etl", "--source", ROOT / "datasets/classicmodels-sample.sqlite", "--out", "r",
        folder=folder)
    return folder


def pipeline_page(folder):
    """The settings of a loop that are not those of its task."""
    own = ("data.", "boosting.", "model.", "calibration.", "evaluation.")
    parts = []
    for task in ("churn", "recommender"):
        run("watch", "--init", "--home", f"home-{task}", "--set", f"task={task}",
            *(["--set", "data.target=churn"] if task == "churn" else []), folder=folder)
        text = (folder / f"home-{task}/pipeline.toml").read_text(encoding="utf-8")
        rows = [
            [f"`{key}`", f"`{value}`", cell(comment)] for key, value, comment in settings_of(text)
            if not key.startswith(own)]
        parts.append(f"## {task.capitalize()}\n\n" + table(["Key", "Default", "Meaning"], rows))
    return (
        f"{HEADER}# Settings of the loop\n\n"
        "`pipeline.toml` in the home holds every setting. The loop reads it when it starts. An\n"
        "unknown key is an error. The sections `data`, `boosting`, `model`, `calibration` and\n"
        "`evaluation` have the keys of [the task](settings.md); `data.path`, the test part and\n"
        "`continue_from` are not among them.\n\n" + "\n".join(parts))


# The house


def rooms():
    """Each room with the rooms that it may import, as tools/check has them."""
    text = (ROOT / "tools/check").read_text(encoding="utf-8")
    block = re.search(r"declare -A allowed=\(\n(.*?)\n\)", text, re.DOTALL).group(1)
    return re.findall(r'\[(\w+)\]="([^"]*)"', block)


def undescribed_rooms():
    """Rooms of Sources/ that the page of the house has no words for."""
    words = HOUSE.read_text(encoding="utf-8")
    folders = sorted(path.name for path in (ROOT / "Sources").iterdir() if path.is_dir())
    described = set(re.findall(r"^\| `(\w+)`", words, re.MULTILINE))
    return [name for name in folders if name not in described], sorted(described - set(folders))


def rooms_page():
    rows = [[f"`{room}`", " ".join(f"`{name}`" for name in allowed.split())]
            for room, allowed in rooms()]
    return (f"{HEADER}# Imports\n\nEach room and the rooms that it may import. `tools/check` fails "
            "on any other import.\n[The house](../explanation/house.md) says what each room does.\n\n"
            + table(["Room", "Imports"], rows))


def pages():
    dump = json.loads(run("--experimental-dump-help"))["command"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {
            "verbs.md": verbs_page(dump),
            "settings.md": settings_page(dump, folder),
            "pipeline.md": pipeline_page(folder),
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
    missing, gone = undescribed_rooms()
    for room in missing:
        print(f"docs: {HOUSE.relative_to(ROOT)} has no line for Sources/{room}", file=sys.stderr)
    for room in gone:
        print(f"docs: {HOUSE.relative_to(ROOT)} names {room}, which is not in Sources/",
              file=sys.stderr)
    sys.exit(failed or bool(missing or gone))


main()
