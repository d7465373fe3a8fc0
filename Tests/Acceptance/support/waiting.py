"""Waiting for another process."""
import time


def until(holds, what, seconds=120, said=lambda: ""):
    """Looks until something holds, and returns it. The bound is no measure of speed."""
    end = time.monotonic() + seconds
    while not (result := holds()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s: {said()}"
        time.sleep(0.03)
    return result


def quiet_moment(seconds):
    """A time in which something must not happen. A short one weakens a test and never fails it."""
    time.sleep(seconds)
