"""The tables of RESULTS.md, from medians."""
from cases import Case
from contest import OURS, Contestant, Result, best_rows
from wording import given_up_line, ratio

Medians = dict[Contestant, Result]

SUMMARY = """## Against the best peer

Each number is the best peer's divided by ours: above 1 we are better, below 1 (bold) we lose. Times
are the best of all modes and thread counts of either side. Columns "of our trees" are about the
programs that read our exported model, the others about peers with trees of their own. Memory is
LightGBM's divided by ours. AUC is ours minus the best peer's.
"""

LEGEND = """- data set: from a table in memory to bins; empty where a peer does it inside of its boosting, whose
  time is then compared with that of both of ours.
- prediction: of the 200,000 test rows.
- single row: median / 99th percentile of the microseconds from one row in memory to its
  probability, on one thread, row after row of the test table (20,000 rows, or as many as a second
  allows). What is called: mlcore `RowScorer.rawScore` and the sigmoid, in Swift; LightGBM
  `LGBM_BoosterPredictForMatSingleRowFast` of its C interface through ctypes (the call from Python
  is in it); XGBoost `Booster.inplace_predict`, hessboost `Booster.predict_row`, YDF
  `Model.predict`, all others `predict_proba`, with one row. Categories are strings to mlcore,
  CatBoost and YDF, a data frame's to scikit-learn, Perpetual and ChimeraBoost, and ready codes to
  LightGBM, XGBoost, hessboost and Snap ML.
- peak: the most memory that the process ever held. For the peers it includes Python, pandas and
  what reading the file took. rise: peak from just before the data set is built until the test rows
  are predicted, less what was held at that point: what the booster itself needs.
"""


def summary(cases: dict[Case, tuple[Medians, list[str]]],
            predictions: dict[Case, tuple[Medians, list[str]]]) -> list[str]:
    lines = [SUMMARY, "| case | data set | boosting | prediction | prediction of our trees |"
             " single row | single row of our trees | peak memory | rise of memory | AUC |",
             "|---|" + "---|" * 9]
    for case, (medians, given_up) in cases.items():
        cells = [best_peer(medians, key) for key in ("dataset", "boost")]
        exported, _ = predictions.get(case, ({}, []))
        for key in ("predict", "single_us"):
            cells += [best_peer(medians, key), best_peer(exported, key) if exported else ""]
        cells += [lightgbm_memory(medians, key) for key in ("peak_mb", "rise_mb")]
        ours = max(r["auc"] for c, r in medians.items() if c.tool == OURS)
        theirs = max((r["auc"] for c, r in medians.items() if c.tool != OURS),
                     default=ours)
        difference = f"{ours - theirs:+.5f}"
        cells.append(f"**{difference}**" if ours < theirs else difference)
        name = f"{case.name} (some given up, see below)" if given_up else case.name
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def own_time(ours: Result, theirs: Result, key: str) -> float:
    """Our time for what a peer did in the time `key`: some bin inside of their boosting."""
    bins = key == "boost" and theirs["dataset"] is None
    return ours[key] + (ours["dataset"] if bins else 0)


def best_peer(medians: Medians, key: str) -> str:
    """Our ratio to the peer with the least of them, and its name."""
    ours = min((result for contestant, result in medians.items() if contestant.tool == OURS),
               key=lambda result: result[key])
    peers = [(result[key] / own_time(ours, result, key), contestant.name)
             for contestant, result in medians.items()
             if contestant.tool != OURS and result[key] is not None]
    least, name = min(peers, default=(None, "no peer finished"))
    return f"{ratio(least, 1)} {name}"


def lightgbm_memory(medians: Medians, key: str) -> str:
    rows = best_rows(medians, "boost")
    ours = min(result[key] for contestant, result in rows.items() if contestant.tool == OURS)
    theirs = min((result[key] for contestant, result in rows.items()
                  if contestant.tool == "lightgbm"), default=None)
    return ratio(theirs, ours)


def details(case: Case, medians: Medians, given_up: list[str]) -> list[str]:
    """Each mode at its fastest thread count."""
    rows = best_rows(medians, "boost")
    ours = next(result for contestant, result in rows.items() if contestant.tool == OURS)
    lines = [f"### {case.name}: {case.title}", "", case.note, "",
             "| contestant | threads | runs | data set s | boosting s | prediction s |"
             " single row µs | AUC | peak MB | rise MB | boosting, times ours |"
             " prediction, times ours |", "|---|" + "---|" * 11]
    for contestant, result in rows.items():
        dataset = "" if result["dataset"] is None else f"{result['dataset']:.3f}"
        lines.append(
            f"| {contestant.name} | {contestant.threads} | {result['runs']} | {dataset} |"
            f" {result['boost']:.3f} | {result['predict']:.4f} |"
            f" {result['single_us']:.1f} / {result['single_p99_us']:.1f} | {result['auc']:.5f} |"
            f" {result['peak_mb']:.0f} | {result['rise_mb']:.0f} |"
            f" {ratio(result['boost'], own_time(ours, result, 'boost'))} |"
            f" {ratio(result['predict'], ours['predict'])} |")
    return [*lines, *given_up_line(given_up), ""]
