#!/usr/bin/env python3
"""Tests of tally.py: what it makes of programs that pass, fail, lie and die."""
import json
import os
import subprocess
import sys
import tempfile

TALLY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tally.py")

# A sentence, the run as Meson logs it (None: there is none), what tally.py's last line says.
CASES = [
    ("tests are counted one by one",
     ("OK", 0, "1..3\nok 1 a\nok 2 - b\nok 3 c # SKIP no data\n"), "2 passed, 0 failed, 1 skipped"),
    ("a failed test is counted once, whatever the exit status",
     ("ERROR", 1, "1..2\nok 1 a\nnot ok 2 b\n# why\n"), "1 passed, 1 failed"),
    ("a test that is still to be done does not fail",
     ("OK", 0, "1..1\nnot ok 1 a # TODO later\n"), "1 passed, 0 failed"),
    ("a crash after the last test is a failure",
     ("ERROR", -11, "1..1\nok 1 a\n"), "1 passed, 1 failed"),
    ("a program that ends before its plan has failed",
     ("OK", 0, "1..3\nok 1 a\n"), "1 passed, 1 failed"),
    ("a program without a plan has failed",
     ("OK", 0, "ok 1 a\n"), "1 passed, 1 failed"),
    ("a program that says nothing has failed",
     ("OK", 0, ""), "0 passed, 1 failed"),
    ("bailing out is a failure",
     ("ERROR", 0, "1..2\nok 1 a\nBail out! no disk\n"), "1 passed, 1 failed"),
    ("a program that takes too long has failed",
     ("TIMEOUT", -15, "1..2\nok 1 a\n"), "1 passed, 1 failed"),
    ("a program that skips everything is one skipped test, and alone is not enough",
     ("SKIP", 0, "1..0 # SKIP no data\n"), "0 passed, 1 failed, 1 skipped"),
    ("a program that never ran has failed",
     None, "0 passed, 1 failed"),
]


# What follows the build's name, and what tally.py's last line says; the build holds the run of a
# test of the suite unit, and with the setup slow that of one of the suite long.
RUNS = [
    ("only the tests of a suite are waited for", ",suite=unit", "1 passed, 0 failed"),
    ("a setup has a log of its own", ",setup=slow,suite=long", "2 passed, 0 failed"),
    ("what a setup left out is told", ",setup=slow", "2 passed, 1 failed"),
]


def write_log(build, name, test, result, status, stdout):
    with open(os.path.join(build, "meson-logs", name), "w") as log:
        log.write(json.dumps({"name": test, "result": result, "returncode": status,
                              "stdout": stdout}) + "\n")


def tally(run, options=",no-suite=long"):
    with tempfile.TemporaryDirectory() as build:
        for folder in ("meson-info", "meson-logs"):
            os.mkdir(os.path.join(build, folder))
        with open(os.path.join(build, "meson-info", "intro-tests.json"), "w") as plan:
            json.dump([{"name": "x", "protocol": "tap", "suite": ["safi:unit"]},
                       {"name": "y", "protocol": "tap", "suite": ["safi:long"]}], plan)
        if run:
            write_log(build, "testlog.json", "safi:unit / x", *run)
        write_log(build, "testlog-slow.json", "safi:long / y", "OK", 0, "1..2\nok 1 a\nok 2 b\n")
        done = subprocess.run([sys.executable, TALLY, build + options],
                              stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1], done.returncode


def main():
    good_run = ("OK", 0, "1..1\nok 1 a\n")
    cases = [(sentence, wanted, tally(run)) for sentence, run, wanted in CASES]
    cases += [(sentence, wanted, tally(good_run, options)) for sentence, options, wanted in RUNS]
    print(f"1..{len(cases)}")
    failed = 0
    for number, (sentence, wanted, (said, status)) in enumerate(cases, 1):
        good = said == wanted and status == (0 if " 0 failed" in wanted else 1)
        failed += not good
        print(f"{'' if good else 'not '}ok {number} - {sentence}")
        if not good:
            print(f"# wanted: {wanted}\n# said: {said}, exit status {status}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
