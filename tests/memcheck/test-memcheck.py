#!/usr/bin/env python3
"""Tests of memcheck: a leak fails the test, who else is content.  Prints TAP.

    test-memcheck.py --build DIR
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import Tap  # noqa: E402

MEMCHECK = os.path.join(HERE, "memcheck")
# As harness.py puts it first on PATH.
CONTENT = '#!/bin/sh\n"$SAFI_TEST_WRAP/safi"\nexit 0\n'
TELLS = '#!/bin/sh\nexit 3\n'


def run(*command, **variables):
    done = subprocess.run([MEMCHECK, *command], env=dict(os.environ, **variables),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def script(folder, text):
    path = os.path.join(folder, "script")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)
    return path


def problem(got, status, word=""):
    good = got[0] == status and word in got[1]
    return "" if good else f"exit status {got[0]}, not {status}\n{got[1]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    build = os.path.join(os.path.abspath(parser.parse_args().build), "tests", "memcheck")
    leaks, sound = (os.path.join(build, name) for name in ("leaks", "sound"))
    if not shutil.which("valgrind"):
        print("1..0 # SKIP there is no valgrind")
        return 0
    tap = Tap(4)
    with tempfile.TemporaryDirectory() as folder:
        tap.result("a program that leaks fails", problem(run(leaks), 99, "definitely lost"))
        tap.result("a safi that leaks fails a test that does not mind",
                   problem(run(script(folder, CONTENT), SAFI_TEST_PROGRAM=leaks), 99,
                           "definitely lost"))
        tap.result("a test that finds nothing ends well",
                   problem(run(script(folder, CONTENT), SAFI_TEST_PROGRAM=sound), 0))
        tap.result("a test that fails keeps its status",
                   problem(run(script(folder, TELLS)), 3))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
