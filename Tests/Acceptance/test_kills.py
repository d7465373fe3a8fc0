"""kill -9 of a loop and of its steps at random moments; the end must be that of a quiet run."""
import collections
import random
import re
import time

import pytest
from support.loop_directory import LENIENT, LENIENT_RECOMMENDER
from support.program import contents
from support.tables import customers, interactions, misnamed, unlabelled


def churn_groups(program, folder, rounds, is_strict):
    """What is dropped in each round: (name, content)."""
    first, = customers(program, folder, 1, 3000)
    small = customers(program, folder, 2 * rounds, 300, first_seed=100)
    groups = []
    for number in range(rounds):
        a, b = small[2 * number:2 * number + 2]
        group = [(f"a{number}.csv", a), ("scored.csv", unlabelled(a)),
                 (f"u{number}.csv", unlabelled(b)), (f"copy{number}.csv", a),
                 (f"bad{number}.csv", misnamed(a))]
        others = [("first.csv", first)] if number == 0 else []
        # One labelled content at a time makes the same trainings, however they are disturbed.
        groups.append(others or group if is_strict else others + group + [(f"b{number}.csv", b)])
    return groups


def disturb(loop, groups, kills, chance):
    """Drops the groups one after the other amid kills; returns how many steps were killed."""
    done = steps = 0
    for number, group in enumerate(groups):
        loop.start()
        waiting = list(group)
        wanted = kills * (number + 1) // len(groups)
        # A training whose process ends three times is given up, as it should be.
        left = 2
        while done < wanted or waiting:
            for name, content in waiting[:chance.randint(0, 3)]:
                loop.drop(name, content)
                waiting.pop(0)
            time.sleep(chance.random() ** 2 * 1.5)
            if left and chance.random() < 0.4:
                loop.kill_step()
                left -= 1
                steps += 1
                loop.check_whole()
                time.sleep(chance.random() ** 2)
            if done < wanted:
                loop.kill()
                done += 1
                loop.check_whole()
                loop.start()
        loop.wait()
        loop.stop()
    return steps


def files_by_end(loop):
    """The names of files and how they ended; which of two equal files is the copy is chance."""
    return {re.sub(r"^(a|copy)(\d+)", r"same\2", name)
            for name, in loop.ledger("SELECT DISTINCT name || '-' || state FROM files")}


def trainings(loop):
    return loop.ledger("SELECT state, version FROM runs WHERE state NOT IN "
                       "('interrupted', 'unchanged') ORDER BY id")


def check_same_end(quiet, hurt, files):
    """Both loops have the same champion and the same predictions; returns its version."""
    version = quiet.version()
    assert version == hurt.version()
    for name in files:
        both = [(loop.champion / name).read_bytes() for loop in (quiet, hurt)]
        assert both[0] == both[1], f"the champions differ: {name}"
    assert quiet.predictions(version)
    assert quiet.predictions(version) == hurt.predictions(version)
    return version


def check_churn(program, folder, make_loop, kills, settings):
    """Compares a quiet loop with one that is killed; returns both and a summary."""
    is_strict = not settings
    groups = churn_groups(program, folder, max(4, kills // 10), is_strict)
    quiet, hurt = (make_loop(name, "watch.settle=0.3", *settings) for name in ("quiet", "hurt"))
    inputs = collections.Counter(name for group in groups for name, _ in group)
    quiet.start()
    for group in groups:
        for name, content in group:
            quiet.drop(name, content)
        quiet.wait()
    quiet.stop()
    quiet.check_end(inputs)
    steps = disturb(hurt, groups, kills, random.Random(7))
    hurt.check_end(inputs)
    assert files_by_end(quiet) == files_by_end(hurt)
    version = check_same_end(quiet, hurt, ["run/model/churn.safetensors"])
    both = quiet.predictions(), hurt.predictions()
    for name in both[0].keys() & both[1].keys():
        assert both[0][name] == both[1][name], f"predictions differ: {name}"
    return quiet, hurt, (
        f"{kills} kills of the loop and {steps} of steps in {len(groups)} rounds: "
        f"{inputs.total()} inputs, each once; champion {version} and its predictions are those "
        "of the quiet run")


@pytest.mark.counted("kills", 20, limit=300, each=30)
def test_kills(program, tmp_path, make_loop, count, say):
    *_, summary = check_churn(program, tmp_path, make_loop, count, LENIENT)
    say(summary)


@pytest.mark.long
@pytest.mark.counted("kills", 20, limit=300, each=30)
def test_strict(program, tmp_path, make_loop, count, say):
    """With the gate and the checks of a new loop, all trainings and predictions are the same."""
    quiet, hurt, summary = check_churn(program, tmp_path, make_loop, count, [])
    assert quiet.predictions().keys() == hurt.predictions().keys()
    assert trainings(quiet) == trainings(hurt)
    say(f"{summary}; {dict(collections.Counter(state for state, _ in trainings(quiet)))}")


@pytest.mark.long
@pytest.mark.counted("kills", 20, limit=600, each=30)
def test_recommender(make_loop, count, say):
    chance = random.Random(7)
    users = b"".join(b"u%d,c%d\n" % (number, number % 4) for number in range(420))
    files = [("users.csv", b"user,city\n" + users)]
    for number in range(6):
        files += [(f"r{number}.csv", interactions(number)),
                  ("list.csv", b"user\nu1\nu%d\n" % number),
                  (f"bad{number}.csv", b"item\ni%d\n" % number)]
    quiet, hurt = (
        make_loop(name, "watch.settle=0.3", "model.dimension=16", "model.epochs=10",
                  *LENIENT_RECOMMENDER, task="recommender")
        for name in ("quiet", "hurt"))
    quiet.start()
    for name, content in files:
        quiet.drop(name, content)
        # One after the other: of one name the newest counts.
        quiet.wait()
    done = 0
    hurt.start()
    for number, (name, content) in enumerate(files):
        hurt.drop(name, content)
        while done < count * (number + 1) // len(files):
            time.sleep(chance.random() ** 2 * 1.5)
            hurt.kill()
            done += 1
            hurt.check_whole()
            hurt.start()
        hurt.wait()
    inputs = collections.Counter(name for name, _ in files)
    for loop in quiet, hurt:
        loop.stop()
        loop.check_end(inputs)
    models = [name for name in contents(quiet.champion)
              if name.endswith(("two_tower.safetensors", "_embeddings.csv"))]
    assert len(models) >= 4, models
    version = check_same_end(quiet, hurt, models)
    say(f"{done} kills: {inputs.total()} inputs, each once; champion {version}, its vectors and "
        "recommendations are those of the quiet run")
