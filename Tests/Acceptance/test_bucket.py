"""kill -9 of a loop over a bucket and a queue: each object is taken once, each output published."""
import random
import time

import pytest
from support.program import contents
from support.tables import CustomerStream


@pytest.mark.counted("kills", 10, limit=300, each=20)
def test_over_a_bucket(program, tmp_path, make_loop, make_bucket, count, say):
    bucket = make_bucket("kills")
    stream = CustomerStream(program, tmp_path)
    loop = make_loop("loop", *bucket.settings(), "watch.list_every=4", "train.gather=0.5")
    chance = random.Random(7)
    sent = {}
    loop.start()
    for number in range(count):
        for part in range(chance.randint(1, 3)):
            labelled = number == 0 or chance.random() < 0.5
            key = f"in/{'l' if labelled else 'u'} {number}+{part}.csv"
            sent[key] = stream.take(1_500 if number == 0 else 200, labelled)
            bucket.put(key, sent[key])
        time.sleep(chance.uniform(0, 2))
        loop.kill()
        loop.start()

    loop.wait(240, also=lambda status: (
        status["files"]["ingested"] == len(sent) and bucket.messages() == 0
        and not any(place["waiting"] or place.get("problem") for place in status["remote"])))
    champion = loop.version()
    loop.stop()
    assert loop.files() == {"ingested": len(sent), "duplicate": 0, "quarantined": 0}
    names = sorted(name for name, in loop.ledger("SELECT name FROM files"))
    assert names == sorted(key[3:] for key in sent), "not each object once"
    local = {name: content for name, content in contents(loop.path / "predictions").items()
             if name.endswith(".csv")}
    outputs = bucket.keys("out/")
    assert sorted(outputs) == sorted("out/" + name for name in local)
    for name, content in local.items():
        assert bucket.get("out/" + name) == content, name
    predicted = sorted(key[4:].split(".")[0] for key in outputs if f".{champion}." in key)
    assert predicted == sorted(key[3:-4] for key in sent if key.startswith("in/u"))
    versions = bucket.versions("out/")
    assert len(set(versions)) == len(outputs), "an output was written with other bytes"
    for key, content in sent.items():
        assert bucket.get(key) == content, f"{key} was touched"
    assert not list((loop.path / "state/plain").glob("fetched*")), "a fetched copy was left"
    loop.audit()
    say(f"{count} kills: {len(sent)} objects once each, {len(outputs)} predictions published, "
        f"{len(versions) - len(outputs)} of them written again with the same bytes")
