"""What the tests of whole runs share: safi of one build, with the steerable stages, in a folder to
spoil."""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import TIME_LIMIT, TOP, Tap, environment, preload  # noqa: E402,F401

SEEDS = os.path.join(TOP, "seeds")


class Safi:
    """Runs `safi pipe`, or any other command of it, in its folder."""

    def __init__(self, build, folder, options=None):
        self.folder = folder
        self.build = build
        self.options = options
        self.env = environment(build, folder)
        self.env["SAFI_PLUGIN_PATH"] += os.pathsep + os.path.join(build, "tests", "stages")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return name

    def write_jsonl(self, name, records):
        return self.write(name, "".join(json.dumps(record) + "\n" for record in records))

    def command(self, *words):
        return ["safi", *map(str, words)]

    def run(self, *words, status=0, **options):
        """Runs it to its end, which must be as expected.  Returns stdout and stderr as text."""
        done = subprocess.run(self.command(*words), cwd=self.folder, env=self.env,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT,
                              check=False, **options)
        out, err = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == status, f"status {done.returncode}, not {status}\n{err}"
        return out, err

    def records(self, *words, **options):
        return [json.loads(line) for line in self.run(*words, **options)[0].splitlines()]

    def files(self):
        return sorted(os.listdir(self.folder))


def problem_of(test, options):
    with tempfile.TemporaryDirectory(prefix="safi-run.") as folder:
        try:
            test(Safi(os.path.abspath(options.build), folder, options))
        except Exception:  # whatever it is, it is this test's
            return traceback.format_exc()
    return ""


def main(tests, **numbers):
    """Runs functions that take a Safi; the first line of each one's docstring is its sentence.

    The numbers may be set by options of their names, and are the Safi's `options`.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    tap = Tap(len(tests))
    for test in tests:
        tap.result(test.__doc__.splitlines()[0], problem_of(test, options))
    return tap.status()
