"""The towers that the documentation rebuilds in PyTorch give the embeddings that a folder holds.

tools/verify-torch runs it, for a new recommender or for the folder that --model names.
"""
import csv
import json
import re
import struct
import tomllib
from pathlib import Path

import pytest
from support.program import ROOT

numpy = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas")
dataset = pytest.importorskip("pyarrow.dataset")

LARGEST_DIFFERENCE = 1e-5


def documented():
    """What the Python of the documentation defines."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")]
    text, = (text for text in texts if "class TwoTower" in text)
    names = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)
    return names


def layout(folder):
    """What mlcore noted beside its own copy of the towers."""
    with open(folder / "model/two_tower.safetensors", "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(json.loads(file.read(length))["__metadata__"]["layout"])


def delimited(file, settings):
    """A table of texts, read as the settings of the folder say."""
    with open(file, encoding="utf-8-sig") as lines:
        first = lines.readline()
    delimiter = settings.get("delimiter", "auto")
    if delimiter == "auto":
        delimiter = "\t" if file.suffix == ".tsv" else max(",;\t|", key=first.count)
    has_header = settings.get("header", True)
    frame = pandas.read_csv(file, sep=delimiter, dtype=str, keep_default_na=False,
                            encoding="utf-8-sig", header=0 if has_header else None)
    if not has_header:
        frame.columns = [f"column_{number}" for number in range(frame.shape[1])]
    return frame


def table(location, settings):
    """A table of texts and numbers, from delimited text, Parquet, or a folder of either."""
    path = Path(location)
    files = [path] if path.is_file() else sorted(
        file for file in path.rglob("*.*") if not file.name.startswith((".", "_")))
    assert files, f"{location} holds no table; name one with --data"
    if files[0].suffix == ".parquet":
        partitioning = None if path.is_file() else "hive"
        return dataset.dataset(path, partitioning=partitioning).to_table().to_pandas()
    frames = []
    for file in files:
        frame = delimited(file, settings)
        for part in file.relative_to(path).parts[:-1] if path.is_dir() else []:
            name, _, value = part.partition("=")
            frame[name] = value
        frames.append(frame)
    return pandas.concat(frames)


def first_rows(frame, column):
    """For each identifier the first row that tells of it."""
    rows = {}
    for row in frame.to_dict("records"):
        rows.setdefault(str(row[column]).strip(), row)
    return rows


def embeddings(path):
    with open(path, encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["id", "embedding"]
    vectors = numpy.array([json.loads(text) for _, text in rows], dtype=numpy.float32)
    return [identifier for identifier, _ in rows], vectors


@pytest.fixture
def folder(program, tmp_path, pytestconfig):
    """The recommender's folder that --model names, or a new one."""
    given = pytestconfig.getoption("model")
    if given:
        return Path(given)
    program("generate", "classicmodels", "--seed", 1, "--out", tmp_path / "shop.sqlite")
    program("etl", "--source", tmp_path / "shop.sqlite", "--out", tmp_path / "ratings")
    program("train", "recommender", "--data", tmp_path / "ratings", "--out", tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.torch
def test_towers(folder, pytestconfig, say):
    pytest.importorskip("torch")
    code = documented()
    torch = code["torch"]
    settings = tomllib.loads((folder / "run.toml").read_text())["data"]

    def location(option, key):
        written = settings.get(key, "auto")
        return pytestconfig.getoption(option) or (None if written == "auto" else written)

    columns = layout(folder)["columns"]
    path = folder / "model/best_model.pth"
    state = torch.load(path, weights_only=True)
    mapped = torch.load(path, weights_only=True, mmap=True)
    assert all(torch.equal(state[name], mapped[name]) for name in state), "mapped arrays differ"
    model = code["TwoTower"](state)
    for side, tower, key in [
            ("user", model.user_tower, "userID"), ("item", model.item_tower, "itemID")]:
        place = location(f"{side}s", f"{side}s") or location("data", "path")
        rows = first_rows(table(place, settings), columns[key])
        ids, expected = embeddings(folder / f"embeddings/{side}_embeddings.csv")
        known = [rows.get(identifier, {}) for identifier in ids]
        categories, numbers = code["features"](str(folder), side, known)
        with torch.no_grad():
            found = tower(categories, numbers, torch.arange(1, len(ids) + 1)).numpy()
        assert found.shape == expected.shape
        difference = numpy.abs(found - expected).max()
        # A difference that is no number fails as well.
        assert difference <= LARGEST_DIFFERENCE
        say(f"torch {torch.__version__}: {len(ids)} {side}s, {sum(not row for row in known)} of "
            f"them without a row, differ by at most {difference:.1e}")
    # A new user without any features has a vector of the same length.
    assert code["embed_new_user"](str(folder), {}).shape == (expected.shape[1],)
