"""Command lines that a user gets wrong, and the folder that they are typed in.

`prepare` makes the folder. `COMMANDS` names each case and its command line, without the program's
name. test_messages.py runs them there, each with relative names.
"""
import pathlib
import shlex
import shutil
import sqlite3

CUSTOMERS = "--data customers.csv --target churn --id id"
HOUSES = "--data houses.csv --target price --id id"
RATINGS = "--data ratings.csv"
TREES = "--num-trees 3 --num-leaves 4 --min-data-in-leaf 5"


def rows(header, count, row):
    return "\n".join([header, *(row(number) for number in range(count))]) + "\n"


def customer(number, plan=None, tenure=None, churn=None):
    plan = plan or ["basic", "plus", "pro"][number % 3]
    tenure = number * 13 % 47 if tenure is None else tenure
    churn = churn or ("Yes" if number * 7 % 10 < (6 if plan == "basic" else 3) else "No")
    return f"c{number},{tenure},{plan},{number * 37 % 90 + 0.5},{churn}"


CUSTOMER = "id,tenure,plan,charges,churn"
CUSTOMERS_TABLE = rows(CUSTOMER, 80, customer)

TABLES = {
    "customers.csv": CUSTOMERS_TABLE,
    "unlabelled.csv": rows("id,tenure,plan,charges", 20,
                           lambda n: customer(n).rsplit(",", 1)[0]),
    "lacking.csv": rows("id,plan,charges,churn", 20, lambda n: f"c{n},basic,1.5,No"),
    "lacking-id.csv": rows("tenure,plan,charges", 20, lambda n: f"{n},basic,1.5"),
    "strangers.csv": rows(CUSTOMER, 20, lambda n: customer(n, plan="gold")),
    "words.csv": rows(CUSTOMER, 20, lambda n: customer(n, tenure="long" if n == 6 else n)),
    "one-class.csv": rows(CUSTOMER, 40, lambda n: customer(n, churn="No")),
    "three-classes.csv": rows(CUSTOMER, 60, lambda n: customer(n, churn="ABC"[n % 3])),
    "few.csv": rows(CUSTOMER, 12, customer),
    "unknown-labels.csv": rows(CUSTOMER, 60, lambda n: customer(n, churn="?" if n % 9 == 4 else "")),
    "other-labels.csv": rows(CUSTOMER, 40, lambda n: customer(n, churn=["left", "stayed"][n % 2])),
    "infinity.csv": rows(CUSTOMER, 60, lambda n: customer(n, tenure="inf" if n == 7 else n)),
    "vast.csv": rows(CUSTOMER, 60, lambda n: customer(n, tenure="1e200" if n == 7 else n)),
    "constant.csv": rows("id,plan,churn", 60, lambda n: f"c{n},basic,{['Yes', 'No'][n % 2]}"),
    "empty.csv": "",
    "header.csv": CUSTOMER + "\n",
    "ragged.csv": CUSTOMERS_TABLE + "c99,1,basic\n",
    "twins.csv": "a,b,a\n1,2,3\n",
    "quote.csv": CUSTOMERS_TABLE + 'c99,1,"basic,2,No\n',
    "latin1.csv": CUSTOMERS_TABLE.encode() + b"c99,1,caf\xe9,2,No\n",
    "utf16.csv": CUSTOMERS_TABLE.encode("utf-16"),
    "packed.csv": b"\x1f\x8b\x08" + bytes(40),
    "workbook.csv": b"PK\x03\x04" + bytes(40),
    "broken.parquet": b"PAR1" + bytes(40) + b"PAR1",
    "mixed/a.csv": CUSTOMERS_TABLE,
    "mixed/b.parquet": b"PAR1",
    "notes/notes.md": "no table\n",
    "lacks/a.csv": CUSTOMERS_TABLE,
    "lacks/b.csv": "id,tenure\nc1,3\n",
    "parts/m=1/a.csv": "m,x\n1,2\n",
    "nested/m=1/m=2/a.csv": "x\n2\n",
    "houses.csv": rows("id,rooms,street,price", 60,
                       lambda n: f"h{n},{n % 7},{'ab'[n % 2]},{n * 13 % 7 * 50 + n % 2 * 20}"),
    "flat-houses.csv": rows("id,rooms,price", 60, lambda n: f"h{n},{n % 7},3"),
    "debts.csv": rows("id,rooms,price", 60, lambda n: f"h{n},{n % 7},{n % 5 - 1}"),
    "priceless.csv": rows("id,rooms,price", 60, lambda n: f"h{n},{n % 7},{'' if n == 8 else n}"),
    "colons.csv": rows("id:churn", 20, lambda n: f"c{n}:{['Yes', 'No'][n % 2]}"),
    "commas.csv": rows("id;rooms;price", 60, lambda n: f"h{n};{n % 7};{n},5"),
    "comma-rooms.csv": rows("id;rooms;street", 9, lambda n: f"h{n};{n},5;a"),
    "ratings.csv": rows("user,item,rating,country,line", 240,
                        lambda n: f"u{n % 16},i{n * 7 % 12},{n % 5 + 1},{'fc'[n % 2]},{'tb'[n % 2]}"),
    "unrated.csv": rows("user,item", 160, lambda n: f"u{n % 16},i{n * 7 % 12}"),
    "strange-ratings.csv": rows("user,item,rating", 60,
                                lambda n: f"u{n % 6},i{n % 5},{'good' if n == 9 else 3}"),
    "lonely.csv": "user,item,rating\nu1,i1,3\n",
    "nameless.csv": "a,b\n1,2\n3,4\n",
}

TEXTS = {
    "section.toml": "[bosting]\nlearning_rate = 0.1\n",
    "key.toml": "[boosting]\nlearning_rat = 0.1\n",
    "type.toml": '[boosting]\nlearning_rate = "fast"\n',
    "whole.toml": "[boosting]\nnum_leaves = 7.5\n",
    "range.toml": "[boosting]\nlearning_rate = 7\n",
    "truth.toml": "[boosting]\nrefit = 1\n",
    "list.toml": '[data]\nid = "id"\ndrop = [1, 2]\n',
    "table.toml": "boosting = 3\n",
    "date.toml": "[data]\ndrop = 2024-01-01\n",
    "broken.toml": "task = \"churn\"\n[boosting\n",
    "twice.toml": "seed = 1\nseed = 2\n",
    "no-task.toml": "seed = 1\n",
    "other-task.toml": 'task = "clustering"\n',
    "churn.toml": 'task = "churn"\n',
    "control.toml": "seed = 1\n# \x01\n",
    "one.sql": "select * from t\n",
    "two.sql": "select 1; select 2\n",
    "empty.sql": "-- nothing\n",
    "bad.sql": "select *\nfrom rattings\n",
    "insert.sql": "insert into t values (1, 2)\n",
    "same.sql": "select 1 as a, 2 as a\n",
    "none.sql": "select * from t where a > 100\n",
    "column.sql": "select a from t\n",
    "infinity.sql": "select a, 9e999 as b from t\n",
    "latin1.sql": b"select '\xe9' as a\n",
    "words.db": "no database, " * 100,
    "key.txt": "not a key\n",
    "report.txt": "mine\n",
    "partitions/notes.txt": "mine\n",
    "vectors/user_embeddings.csv": "mine\n",
    "filter.json": '{"country": "f"}',
}


def damage(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def prepare(folder, program):
    """Fills a folder with tables, models and homes, right ones and damaged ones."""
    for name, content in {**TABLES, **TEXTS}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with sqlite3.connect(folder / "shop.db") as shop:
        shop.executescript("create table t (a int, b int); insert into t values (1, 2), (2, 3);"
                           "create table odd (a int, b int); insert into odd values (1, 'x');"
                           "create table bytes (a int, b blob); insert into bytes values (1, x'00');")
    shop.close()
    for command in [
            f"train churn {CUSTOMERS} {TREES} --out churn",
            f"train churn {CUSTOMERS} {TREES} --calibration platt --out calibrated",
            f"train regression {HOUSES} {TREES} --out regression",
            f"train recommender {RATINGS} --user-features country --item-features line --epochs 1 "
            "--dimension 4 --hidden 4 --baselines popularity --out recommender",
            f"tune churn {CUSTOMERS} {TREES} --trials 2 --folds 2 --out search",
            "watch --init --home home --set data.target=churn --set data.id=id "
            "--set watch.settle=0 --set train.gather=0 --set boosting.num_trees=3 "
            "--set gate.min_rows=2",
            "watch --init --home aimless", "watch --init --home shop --set task=recommender",
            "watch --init --home locked --set data.target=churn --new-key home.key"]:
        program(*shlex.split(command), cwd=folder)
    (folder / "home/inbox/a.csv").write_text(CUSTOMERS_TABLE)
    (folder / "home/inbox/wrong.csv").write_text("x,y\n1,2\n")
    program("watch", "--home", "home", "--once", cwd=folder)

    def copy(model, name):
        shutil.copytree(folder / model, folder / name, symlinks=True)
        return folder / name

    damage(copy("churn", "damaged") / "model/churn.safetensors")
    damage(copy("regression", "damaged-regression") / "model/regression.safetensors")
    damage(copy("recommender", "damaged-recommender") / "model/two_tower.safetensors")
    damage(copy("churn", "damaged-list") / "manifest.json")
    damage(copy("search", "damaged-search") / "study/study.json")
    (copy("churn", "incomplete") / "preprocessing.json").unlink()
    (copy("churn", "crowded") / "notes.txt").write_text("mine\n")
    (copy("churn", "unlisted") / "manifest.json").unlink()
    (copy("home", "unset") / "pipeline.toml").write_text("[gate]\nmargni = 0.1\n")
    state = copy("home", "damaged-home") / "state"
    for name in "ledger.sqlite-wal", "ledger.sqlite-shm":
        (state / name).unlink(missing_ok=True)
    (state / "ledger.sqlite").write_bytes(b"no database " * 100)
    log, = copy("home", "damaged-audit").glob("audit/*")
    damage(log)


def training(name, task, table):
    """Wrong values of the settings of a training that is right otherwise."""
    return [(f"{name}: {words}", f"train {task} {table} --out new {words}")
            for words in SETTINGS[task]]


# One for each kind of setting, and the edges of its range.
SETTINGS = {
    "churn": [
        "--num-trees 0", "--num-trees 1e9", "--num-trees many", "--num-trees 2.5", "--seed -1",
        "--learning-rate 0", "--learning-rate nan", "--learning-rate fast", "--lambda-l1 inf",
        "--lambda-l2 -1", "--max-depth 0", "--max-bin 256", "--feature-fraction 1.5",
        "--calibration sigmoid", "--monotone-constraints tenure", "--monotone-constraints tenure=2",
        "--monotone-constraints tenur=1", "--monotone-constraints plan=1", "--refit maybe",
        "--is-unbalance yes", "--scale-pos-weight 0", "--is-unbalance --scale-pos-weight 2",
        "--folds 1", "--folds 500", "--holdout 1", "--holdout 0.2 --test customers.csv",
        "--delimiter ;;", "--decimal ;", "--date since=%d", "--date charges=%d/%m/%Y",
        "--date charges", "--drop tenur", "--id identity", "--categorical plam",
        "--numeric plan", "--target chrun", "--target cancelled", "--positive Maybe", "--drop churn",
        "--id churn", "--categorical tenure --numeric tenure", "--drop tenure,plan,charges",
        "--test lacking.csv", "--test none.csv", "--test other-labels.csv", "--threads 0",
        "--threads many", "--continue-from none", "--continue-from regression",
        "--continue-from damaged", "--continue-from churn --drop plan", "--set num_leaves=3",
        "--set boosting.num_leafs=3", "--set boosting.num_leaves", "--set boosting.num_leaves=",
        "--set task=regression", "--set =3", "--config none.toml", "--config section.toml",
        "--config key.toml", "--config type.toml", "--config whole.toml", "--config range.toml",
        "--config truth.toml", "--config list.toml", "--config table.toml", "--config date.toml",
        "--config broken.toml",
        "--config twice.toml", "--config other-task.toml", "--config control.toml",
        "--config churn", "--config latin1.csv", "--num-leafs 3", "--loss squared", "surplus",
        "--json=yes"],
    "regression": [
        "--loss huber", "--monotone-constraints room=1", "--set boosting=3", "--target street",
        "--target id", "--positive Yes", "--test unlabelled.csv", "--config churn.toml",
        "--config churn/run.toml",
        "--continue-from churn"],
    "recommender": [
        "--preset fast", "--loss hinge", "--hidden 0", "--hidden many", "--dimension 0",
        "--epochs 0", "--k 0", "--baselines als", "--split random", "--user-id customer",
        "--item-id product", "--rating stars", "--timestamp when", "--user-features age",
        "--user-features rating", "--users none.csv", "--users houses.csv", "--lowest-rating 9",
        "--highest-rating 2", "--lowest-rating 2 --highest-rating 1", "--uses-id perhaps",
        "--uses-id false", "--weight-decay 1000 --learning-rate 1", "--optimizer sgd",
        "--test nameless.csv", "--validation-fraction 1"],
}

COMMANDS = [
    # Words
    ("no such verb", "trian churn"),
    ("no such task", "train chrun"),
    ("no task", "train --out new"),
    ("no such format of export", "export onxx --model churn --out new"),
    ("no such action on models", "models promot"),
    ("no such action on the quarantine", "quarantine relase"),
    ("no such topic", "help settings forests"),
    ("help for no verb", "help trian"),
    ("a flag of another verb", "predict --model churn --data customers.csv --out new --folds 3"),
    ("a flag without its value", "predict --model churn --data customers.csv --out"),
    ("an empty path", "predict --model '' --data customers.csv --out new"),
    ("no data", "train churn --target churn --out new"),
    ("no target", "train churn --data customers.csv --out new"),
    ("no output", f"train churn {CUSTOMERS}"),
    ("no data of a recommender", "train recommender --out new"),
    ("a task in the settings that is not there", "train --config other-task.toml --out new"),
    ("settings without a task", "train --config no-task.toml --out new"),
    ("settings that are not there", "train --config none.toml --out new"),
    ("a flag twice", f"train churn {CUSTOMERS} --out new --num-trees 3 --num-trees 4"),

    # Tables
    *((f"a table: {name}", f"train churn --data {name} --target churn --id id --out new")
      for name in [
          "none.csv", "notes", "mixed", "lacks", "parts", "nested", "empty.csv", "header.csv",
          "ragged.csv", "twins.csv", "quote.csv", "latin1.csv", "utf16.csv", "packed.csv",
          "workbook.csv", "broken.parquet", "one-class.csv", "three-classes.csv", "few.csv",
          "unknown-labels.csv", "infinity.csv", "vast.csv", "constant.csv", "/dev/null", "s3://"]),
    *((f"a table of numbers: {name}", f"train regression --data {name} --target price --id id "
       "--out new") for name in ["flat-houses.csv", "priceless.csv"]),
    ("a target with another delimiter", "train churn --data colons.csv --target churn --out new"),
    ("numbers with a comma", "train regression --data commas.csv --target price --id id --out new"),
    ("predict numbers with a comma", "predict --model regression --data comma-rooms.csv "
     "--out new.csv"),
    ("counts below 0", "train regression --data debts.csv --target price --id id --loss poisson "
     "--out new"),
    *((f"a table of interactions: {name}", f"train recommender --data {name} --out new")
      for name in ["none.csv", "strange-ratings.csv", "lonely.csv", "nameless.csv"]),
    ("squared error without ratings", "train recommender --data unrated.csv --preset lab --out new"),

    # Settings
    *training("churn", "churn", CUSTOMERS),
    *training("regression", "regression", HOUSES),
    *training("recommender", "recommender", RATINGS),

    # Outputs
    ("an output that exists", f"train churn {CUSTOMERS} --out churn"),
    ("an output that is a file", f"train churn {CUSTOMERS} --out report.txt"),
    ("a model on standard output", f"train churn {CUSTOMERS} --out -"),
    ("an output that is the input", "train churn --data mixed --target churn --out mixed --force"),
    ("an output in a model", f"train churn {CUSTOMERS} --out churn/new"),
    ("an output below a file", f"train churn {CUSTOMERS} --out report.txt/new"),
    ("a folder of others", f"train churn {CUSTOMERS} --out notes --force"),
    ("predictions over the table", "predict --model churn --data customers.csv --out customers.csv "
     "--force"),
    ("predictions that exist", "predict --model churn --data customers.csv --out houses.csv"),
    ("predictions in no format", "predict --model churn --data customers.csv --out report.txt"),
    ("predictions in a model", "predict --model churn --data customers.csv --out churn/p.csv"),
    ("predictions in no folder", "predict --model churn --data customers.csv --out none/p.csv"),
    ("predictions in a folder's place", "predict --model churn --data customers.csv --out notes"),

    # Predictions
    *((f"predict {table}", f"predict --model churn --data {table} --out new.csv") for table in [
        "none.csv", "lacking.csv", "lacking-id.csv", "strangers.csv", "words.csv", "infinity.csv",
        "houses.csv"]),
    *((f"predict with {model}", f"predict --model {model} --data customers.csv --out new.csv")
      for model in ["none", "customers.csv", "notes", "damaged", "damaged-list", "incomplete",
                    "crowded", "unlisted", "home", "recommender"]),
    ("predict houses with a damaged model", "predict --model damaged-regression --data houses.csv "
     "--out new.csv"),
    ("predict other customers' numbers", "predict --model regression --data customers.csv "
     "--out new.csv"),
    ("too many reasons", "predict --model churn --data customers.csv --out new.csv --explain 9"),
    ("no reason", "predict --model churn --data customers.csv --out new.csv --explain 0"),
    ("too many interactions", "predict --model churn --data customers.csv --out new.csv "
     "--interactions 9"),
    ("another delimiter", "predict --model churn --data customers.csv --out new.csv "
     "--delimiter tab"),
    ("evaluate without labels", "evaluate --model churn --data unlabelled.csv"),
    ("evaluate with other labels", "evaluate --model churn --data other-labels.csv"),
    ("an amount that is no number", "evaluate --model churn --data customers.csv "
     "--value-of-save much --cost-of-offer 1"),
    ("evaluate one class", "evaluate --model churn --data one-class.csv"),
    ("half of the terms of profit", "evaluate --model churn --data customers.csv "
     "--value-of-save 3"),
    ("terms of profit for numbers", "evaluate --model regression --data houses.csv "
     "--value-of-save 3 --cost-of-offer 1"),
    ("a rate above 1", "evaluate --model churn --data customers.csv --value-of-save 3 "
     "--cost-of-offer 1 --save-rate 2"),
    ("evaluate a recommender on customers", "evaluate --model recommender --data customers.csv"),

    # Recommendations
    ("no such user", "recommend --model recommender --user u99"),
    ("a user and features", "recommend --model recommender --user u1 --user-features '{}'"),
    ("neither user nor features", "recommend --model recommender"),
    ("features that are no JSON", "recommend --model recommender --user-features country=f"),
    ("features that are a list", "recommend --model recommender --user-features '[1]'"),
    ("an unknown feature", "recommend --model recommender --user-features '{\"contry\": \"f\"}'"),
    ("only unknown values", "recommend --model recommender --user-features '{\"country\": \"x\"}'"),
    ("no item", "recommend --model recommender --user u1 --k 0"),
    ("no such item", "similar --model recommender --item i99"),
    ("a basket of unknown items", "recommend --model recommender --items i98,i99"),
    ("an empty basket", "recommend --model recommender --items ,"),
    ("a filter of no column", "recommend --model recommender --user u1 --filter 'lin = toys'"),
    ("a filter without its end", "recommend --model recommender --user u1 --filter 'line in (toys'"),
    ("a category that is no column", "recommend --model recommender --user u1 --per-category 1 "
     "--category lime"),
    ("many users and no file", "recommend --model recommender --users customers.csv"),
    ("similar items of all and no file", "similar --model recommender --all"),
    ("recommend with a classifier", "recommend --model churn --user u1"),
    ("recommend with a damaged model", "recommend --model damaged-recommender --user u1"),
    ("vectors in a file", "recommend --model recommender --user u1 --dsn shop.db"),

    # Servers
    *((f"serve {flags}", f"serve --port 0 {flags}") for flags in [
        "", "--model churn --home home", "--model churn --sagemaker", "--model none",
        "--model damaged", "--home none", "--home home", "--model churn --shadow",
        "--model churn --name a/b", "--model churn --host 999.1.1.1",
        "--model churn --token-file few.csv", "--model churn --token-file none",
        "--model churn --tls-cert few.csv", "--model churn --tls-cert few.csv --tls-key few.csv",
        "--model churn --max-rows 0", "--model churn --read-timeout 0",
        "--model churn --threads 0"]),
    ("a port beyond the last", "serve --model churn --port 70000"),
    ("a job without its folder", "train sagemaker --folder none"),

    # Searches
    ("no test part", f"tune churn {CUSTOMERS} --trials 2 --out new --holdout 0"),
    ("trials that are no number", f"tune churn {CUSTOMERS} --trials 1e3 --out new"),
    ("a search without validation", f"tune recommender {RATINGS} --trials 2 --out new "
     "--validation-fraction 0"),
    ("a search without early stopping", f"tune churn {CUSTOMERS} --trials 2 --out new "
     "--early-stopping-rounds 0"),
    ("a search by the settings of a searched model",
     "tune churn --config search/run.toml --trials 2 --out new"),
    ("no trial", f"tune churn {CUSTOMERS} --trials 0 --out new"),
    ("one fold", f"tune churn {CUSTOMERS} --trials 2 --folds 1 --out new"),
    ("no such sampler", f"tune churn {CUSTOMERS} --trials 2 --sampler grid --out new"),
    ("no such pruner", f"tune churn {CUSTOMERS} --trials 2 --pruner middle --out new"),
    ("no such metric", f"tune churn {CUSTOMERS} --trials 2 --metric accuracy --out new"),
    ("no such metric of numbers", f"tune regression {HOUSES} --trials 2 --metric auc --out new"),
    ("nothing to resume", f"tune churn {CUSTOMERS} --trials 2 --out new --resume"),
    ("resume a training", f"tune churn {CUSTOMERS} --trials 2 --out churn --resume"),
    ("a search that exists", f"tune churn {CUSTOMERS} {TREES} --trials 2 --folds 2 --out search"),
    *((f"resume a search: {words}",
       f"tune churn {CUSTOMERS} {TREES} --trials 3 --folds 2 --out search --resume {words}")
      for words in ["--seed 7", "--learning-rate 0.5", "--sampler random", "--test few.csv",
                    "--pruner none"]),
    ("resume with other data", f"tune churn --data words.csv --target churn --id id {TREES} "
     "--trials 3 --folds 2 --out search --resume"),
    ("resume with other folds", f"tune churn {CUSTOMERS} {TREES} --trials 3 --folds 3 "
     "--out search --resume"),
    ("resume with fewer trials", f"tune churn {CUSTOMERS} {TREES} --trials 1 --folds 2 "
     "--out search --resume"),
    ("resume a damaged search", f"tune churn {CUSTOMERS} {TREES} --trials 3 --folds 2 "
     "--out damaged-search --resume"),
    ("a warm start from nothing", f"tune churn {CUSTOMERS} --trials 2 --warm-start none --out new"),
    ("a warm start from a training", f"tune churn {CUSTOMERS} --trials 2 --warm-start churn "
     "--out new"),

    # Exports
    ("an export that exists", "export onnx --model churn --out houses.csv"),
    ("an export to standard output", "export onnx --model churn --out -"),
    ("an export of a recommender's trees", "export onnx --model recommender --out new.onnx"),
    ("an export of a calibrated model", "export lightgbm --model calibrated --out new.txt"),
    ("an export of a damaged model", "export lightgbm --model damaged --out new.txt"),
    ("an export compared with a table that lacks a column",
     "export lightgbm --model churn --data lacking.csv --out new.txt"),
    ("vectors of a classifier", "export embeddings --model churn --out new"),
    ("vectors in no format", "export embeddings --model recommender --format json --out new"),
    ("vectors that exist", "export embeddings --model recommender --out vectors"),
    ("vectors to a file", "export pgvector --model recommender --dsn sqlite:shop.db"),
    ("vectors to a server with a password",
     "export pgvector --model recommender --dsn postgresql://me:secret@127.0.0.1/shop"),
    ("vectors to no server",
     "export pgvector --model recommender --dsn postgresql://me@127.0.0.1:1/shop"),
    ("trials of a training", "export optuna --study churn --out new.db"),
    ("trials of a damaged search", "export optuna --study damaged-search --out new.db"),
    ("trials over a file", "export optuna --study search --out houses.csv"),

    # Databases
    ("a password in a location", "etl --source mysql://me:secret@127.0.0.1/shop --out new"),
    ("another database", "etl --source oracle://127.0.0.1/shop --out new"),
    ("no scheme", "etl --source shop --out new"),
    ("a server without database", "etl --source mysql://127.0.0.1 --out new"),
    ("a port that is none", "etl --source mysql://127.0.0.1:x/shop --out new"),
    ("an option of MySQL", "etl --source 'mysql://127.0.0.1/shop?tls=1' --out new"),
    ("a file that is not there", "etl --source none.db --out new"),
    ("a file that is no database", "etl --source words.db --out new"),
    ("no MySQL server", "etl --source mysql://me@127.0.0.1:1/shop --out new"),
    ("no PostgreSQL server", "etl --source postgresql://me@127.0.0.1:1/shop --out new"),
    ("a database without the tables", "etl --source shop.db --out new"),
    ("no column to partition by", "etl --source shop.db --query one.sql --out new"),
    *((f"the query {name}", f"etl --source shop.db --query {name} --partition-by a --out new")
      for name in ["absent.sql", "two.sql", "empty.sql", "bad.sql", "insert.sql", "same.sql",
                   "none.sql", "column.sql", "infinity.sql", "latin1.sql", "notes"]),
    ("a partition column that is not there",
     "etl --source shop.db --query one.sql --partition-by aa --out new"),
    ("partitions among others' files",
     "etl --source shop.db --query one.sql --partition-by a --out partitions"),
    ("partitions in a model", "etl --source shop.db --query one.sql --partition-by a --out churn"),
    ("partitions in a file's place",
     "etl --source shop.db --query one.sql --partition-by a --out report.txt"),

    # Made-up tables
    ("no rows", "generate churn --rows 0 --out new.csv"),
    ("rows that are no number", "generate churn --rows many --out new.csv"),
    ("a seed below 0", "generate churn --rows 9 --seed -1 --out new.csv"),
    ("a made-up table that exists", "generate churn --rows 9 --out houses.csv"),
    ("a made-up database in CSV", "generate classicmodels --out new.csv"),
    ("a made-up database without customers", "generate classicmodels --customers 0 --out new.db"),

    # Model folders
    *((f"inspect {name}", f"inspect {name}") for name in [
        "none", "houses.csv", "notes", "damaged", "damaged-list", "incomplete", "crowded",
        "damaged-search", "home"]),

    # Loops
    ("a home that is not there", "watch --home none"),
    ("a home that is no home", "status --home notes"),
    ("a home that exists", "watch --init --home home --set data.target=churn"),
    ("a home in a folder with files", "watch --init --home notes --set data.target=churn"),
    ("a loop without a target", "watch --home aimless --once"),
    ("a home of no such task", "watch --init --home new --set task=forecast"),
    ("a setting of another loop", "watch --init --home new --set task=recommender "
     "--set gate.leak=0.9"),
    ("no such setting of a loop", "watch --init --home new --set data.target=churn "
     "--set gate.margni=1"),
    ("a value that is too large", "watch --init --home new --set data.target=churn "
     "--set gate.margin=2"),
    ("no such mode of the gate", "watch --init --home new --set data.target=churn "
     "--set gate.mode=never"),
    ("a watched folder that is the home", "watch --init --home new --set data.target=churn "
     "--set watch.folders=new"),
    ("a setting without --init", "watch --home home --set gate.margin=0.1"),
    ("a key without --init", "watch --home home --new-key new.key"),
    ("a key that exists", "watch --init --home new --set data.target=churn --new-key report.txt"),
    ("a key that is no key", "watch --init --home new --set data.target=churn "
     "--set encryption.key=key.txt"),
    ("a key in the home", "watch --init --home new --set data.target=churn --new-key new/key"),
    ("a pipeline.toml with a mistake", "watch --home unset --once"),
    ("a damaged ledger", "status --home damaged-home"),
    ("a loop over a damaged ledger", "watch --home damaged-home --once"),
    ("no such model", "models show abcdef --home home"),
    ("promote no such model", "models promote abcdef --home home"),
    ("promote a name that is none", "models promote best --home home"),
    ("no champion", "models show champion --home shop"),
    ("no challenger", "models promote challenger --home shop"),
    ("nothing to roll back to", "models rollback --home home"),
    ("roll back an empty home", "models rollback --home shop"),
    ("no such file in quarantine", "quarantine show none.csv --home home"),
    ("release no such file", "quarantine release none.csv --home home"),
    ("release a file that lacks columns", "quarantine release wrong.csv --home home"),
    ("a damaged audit log", "audit verify --home damaged-audit"),
    ("decrypt a file that is not there", "decrypt --home locked none.enc --out new.csv"),
    ("decrypt what is not encrypted", "decrypt --home locked houses.csv --out new.csv"),
    ("decrypt without a key", "decrypt --home home houses.csv --out new.csv"),
]
