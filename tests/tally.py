#!/usr/bin/env python3
"""Counts what a run of `meson test` found, one test at a time.

    tally.py BUILD[,setup=NAME][,suite=NAME][,no-suite=NAME]...

Reads the log of each BUILD's last run (with a setup, or of the tests in a suite or in all but one),
shows the tests that failed with what they said, and ends with "N passed, N failed, N skipped".
Meson itself goes by programs, and lets one pass that printed no plan.  Here such a program has
failed, and so has one that crashed, was cut short or never ran, however many of its tests had
passed.  Exit status 1 if anything failed.
"""
import json
import os
import re
import sys

RESULT = re.compile(r"(not )?ok\b *\d* *(?:- *)?(.*)")
DIRECTIVE = re.compile(r"# *(skip|todo)\b", re.IGNORECASE)
PLAN = re.compile(r"1\.\.(\d+)")


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def fail(self, program, why, said=()):
        self.failed += 1
        print(f"\nFAILED {program}: {why}", *said, sep="\n")


def count_tap(count, program, output):
    """Counts the results in a program's TAP.

    Returns a sentence if it is not whole, "" if it is and some tests failed (which excuses the exit
    status), None if all is well.
    """
    plan, seen, failed = None, 0, 0
    lines = output.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("Bail out!"):
            return line
        if found := PLAN.match(line):
            plan = int(found[1])
        if not (found := RESULT.match(line)):
            continue
        seen += 1
        directive = DIRECTIVE.search(found[2])
        if directive and directive[1].lower() == "skip":
            count.skipped += 1
        elif found[1] and not directive:
            failed += 1
            count.fail(program, found[2], said_with(lines, number))
        else:
            count.passed += 1
    if plan is None:
        return "it printed no plan"
    if seen != plan:
        return f"it planned {plan} tests and ran {seen}"
    if plan == 0:
        count.skipped += 1
    return "" if failed else None


def said_with(lines, number):
    """The comment lines after a result: TAP's place for the reason."""
    said = []
    for line in lines[number + 1:]:
        if not line.startswith("#"):
            break
        said.append(line)
    return said


def count_program(count, program, run, protocol):
    good = run["result"] in ("OK", "SKIP", "EXPECTEDFAIL")
    if protocol == "tap":
        why = count_tap(count, program, run["stdout"] or "")
    elif good:
        why = ""
        if run["result"] == "SKIP":
            count.skipped += 1
        else:
            count.passed += 1
    else:
        why = None
    if why or (why is None and not good):
        ending = "" if good else f"{run['result'].lower()}, exit status {run['returncode']}"
        stderr = (run.get("stderr") or "").strip().splitlines()[-20:]
        count.fail(program, "; ".join(filter(None, (why, ending))), stderr)


class Run:
    """One run of the tests of a build, as a word of the command line names it."""

    def __init__(self, word):
        self.build, *options = word.split(",")
        options = dict(option.split("=", 1) for option in options)
        self.setup, self.suite = options.get("setup"), options.get("suite")
        self.left_out = options.get("no-suite")
        self.name = os.path.basename(self.build) + (f" with {self.setup}" if self.setup else "")

    def read_log(self):
        name = f"testlog-{self.setup}.json" if self.setup else "testlog.json"
        try:
            with open(os.path.join(self.build, "meson-logs", name), encoding="utf-8") as log:
                # Where there are suites, the name is "project:suite / name".
                return {run["name"].split(" / ")[-1]: run for run in map(json.loads, log)}
        except FileNotFoundError:
            return {}

    def planned(self):
        path = os.path.join(self.build, "meson-info", "intro-tests.json")
        with open(path, encoding="utf-8") as tests:
            for test in json.load(tests):
                suites = {suite.split(":")[-1] for suite in test["suite"]}
                if self.left_out not in suites and (not self.suite or self.suite in suites):
                    yield test["name"], test["protocol"]


def main():
    count = Count()
    for run in map(Run, sys.argv[1:]):
        log = run.read_log()
        for name, protocol in run.planned():
            program = f"{run.name}/{name}"
            if name in log:
                count_program(count, program, log[name], protocol)
            else:
                count.fail(program, "it did not run")
    if count.passed + count.failed == 0:
        count.fail("everything", "there was no test")
    skipped = f", {count.skipped} skipped" if count.skipped else ""
    print(f"\n{count.passed} passed, {count.failed} failed{skipped}")
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
