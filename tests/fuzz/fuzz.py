#!/usr/bin/env python3
"""Runs one fuzz target for a while and prints TAP: one test, that nothing was found.

    fuzz.py NAME PROGRAM --corpus DIR --found DIR --longest BYTES [--dictionary FILE]

For SAFI_FUZZ_SECONDS seconds (600 by default).  What the fuzzer makes up goes to DIR of --found: the
inputs that reach new code to corpus/, where the next run begins, inputs that broke something beside
it, what was said to log.  The corpus of the source tree is only read.
"""
import argparse
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import TOP, Tap  # noqa: E402

FINDING = re.compile(r"(A law is broken|SUMMARY|==\d+== *ERROR|.*runtime error|ERROR):?.*")


def options(args, seconds, kept):
    yield from (f"-max_total_time={seconds}", f"-max_len={args.longest}", "-timeout=20",
                "-rss_limit_mb=2048", "-print_final_stats=1",
                f"-artifact_prefix={args.found}{os.sep}")
    if args.dictionary:
        yield f"-dict={args.dictionary}"
    yield from (kept, args.corpus)


def run(args, seconds):
    """Returns the exit status and what was said."""
    kept = os.path.join(args.found, "corpus")
    os.makedirs(kept, exist_ok=True)
    command = [args.program, *options(args, seconds, kept)]
    with open(os.path.join(args.found, "log"), "w+", encoding="utf-8", errors="replace") as log:
        # It ends by itself; if it does not, a minute is enough to know.
        try:
            status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=subprocess.STDOUT, timeout=seconds + 60,
                                    check=False).returncode
        except subprocess.TimeoutExpired:
            status = "none: it did not stop"
        log.seek(0)
        return status, log.read()


def reproducers(found):
    return {path for kind in ("crash", "leak", "timeout", "oom", "slow-unit")
            for path in glob.glob(os.path.join(glob.escape(found), kind + "-*"))}


def problem_of(args, status, said, new):
    if status == 0:
        return ""
    told = [line for line in said.splitlines() if FINDING.match(line)][:10]
    for path in sorted(new):
        told += [f"the input: {path}",
                 f"again: {os.path.relpath(args.program, TOP)} {os.path.relpath(path, TOP)}"]
    return "\n".join([*told, f"exit status {status}; all it said: {args.found}/log"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("program")
    for option in ("--corpus", "--found", "--longest"):
        parser.add_argument(option, required=True)
    parser.add_argument("--dictionary")
    args = parser.parse_args()
    seconds = int(os.environ.get("SAFI_FUZZ_SECONDS", "600"))

    tap = Tap(1)
    before = reproducers(args.found)
    status, said = run(args, seconds)
    runs = re.search(r"stat::number_of_executed_units: (\d+)", said)
    tap.result(f"{seconds} seconds and {runs[1] if runs else 'no'} inputs break nothing in "
               f"{args.name}", problem_of(args, status, said, reproducers(args.found) - before))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
