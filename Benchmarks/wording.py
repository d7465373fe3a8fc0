"""How ratios and gaps are written in all tables."""


def given_up_line(given_up: list[str]) -> list[str]:
    if not given_up:
        return []
    return ["", "Without a result, so do not compare with what is missing:", "",
            *(f"- {line}" for line in given_up)]


def ratio(theirs: float | None, ours: float) -> str:
    if theirs is None:
        return ""
    value = theirs / ours
    return f"{value:.2f}" if value >= 1 else f"**{value:.2f}**"
