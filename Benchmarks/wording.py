"""How ratios and gaps are written in all tables."""


def given_up_line(given_up: list[str]) -> list[str]:
    if not given_up:
        return []
    return ["", f"Given up, as the time limit was over: {', '.join(given_up)}. On a machine that"
            " does nothing else this should not happen; do not compare with what is missing."]


def ratio(theirs: float | None, ours: float) -> str:
    if theirs is None:
        return ""
    value = theirs / ours
    return f"{value:.2f}" if value >= 1 else f"**{value:.2f}**"
