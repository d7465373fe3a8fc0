"""A clock that programs see and tests set."""
import os
import subprocess


class Clock:
    """The clock of libfaketime, set by a file."""

    def __init__(self, setting):
        self.setting = setting
        self.set("+0d")
        # It holds what the library shares between processes. The library would make it itself, and
        # move the environment by that, beside which Swift looks for the arguments of its program.
        self.holder = subprocess.Popen(
            ["faketime", "-f", "+0", "sh", "-c",
             'echo "$FAKETIME_SHARED"; echo "$LD_PRELOAD"; exec cat'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        shared, library = (self.holder.stdout.readline().strip() for _ in range(2))
        self.environment = {
            **os.environ, "LD_PRELOAD": library, "FAKETIME_SHARED": shared,
            "FAKETIME_NO_CACHE": "1", "FAKETIME_TIMESTAMP_FILE": str(setting), "NO_FAKE_STAT": "1"}

    def set(self, offset):
        """Sets the clock by an offset to the real one, such as +30d."""
        self.setting.write_text(offset)

    def close(self):
        self.holder.communicate(timeout=20)
