#!/usr/bin/env python3
"""Whether what the tsv writer wrote can be read again.  Prints TAP.

    test-tsv.py [--build DIR]
"""
import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "tests"))
from harness import TOP, Tap, difference, environment  # noqa: E402

NAUGHTY = os.path.join(os.environ.get("SAFI_SHARED", os.path.join(TOP, "..", "shared")),
                       "oracles", "strings", "blns.txt")
LETTERS = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


def safi(words, given, env):
    return subprocess.run(["safi", "pipe", words], input=given.encode(), capture_output=True,
                          env=env, cwd=env["HOME"], timeout=60)


def rows(out):
    """The rule, read backwards: lines, tabs, escapes."""
    text = out.decode()
    return [[re.sub(r"\\(.)", lambda match: LETTERS[match[1]], value) for value in line.split("\t")]
            for line in text[:-1].split("\n")]


def round_trip(values, env):
    given = "\n".join(json.dumps({"v": value, "w": value[::-1]}) for value in values)
    result = safi("jsonl | tsv fields=v,w", given, env)
    if result.returncode != 0:
        return result.stderr.decode()
    got = rows(result.stdout)
    wanted = [["v", "w"], *([value, value[::-1]] for value in values)]
    if len(got) != len(wanted):
        return f"{len(got)} rows, not {len(wanted)}"
    return "".join(f"{a!r} became {b!r}\n" for a, b in zip(wanted, got) if a != b)


def gives(words, given, wanted, env):
    result = safi(words, given, env)
    return difference(wanted.encode(), result.stdout, "stdout") or result.stderr.decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    build = os.path.abspath(parser.parse_args().build)
    tap = Tap(6)
    with tempfile.TemporaryDirectory(prefix="safi-tsv.") as home:
        env = environment(build, home)
        every = ["".join(value) for n in range(5)
                 for value in itertools.product('\t\n\r\\"n', repeat=n)]
        tap.result("Tabs, line feeds, carriage returns, quotation marks and \\ can be had back",
                   round_trip(every, env))
        sentence = "So can the Big List of Naughty Strings"
        if os.path.exists(NAUGHTY):
            with open(NAUGHTY, encoding="utf-8", newline="") as file:
                tap.result(sentence, round_trip(file.read().split("\n"), env))
        else:
            tap.skip(sentence, "the shared data are not there")
        tap.result("Single values are written as they are, several as JSON, nothing as nothing",
                   gives("jsonl | tsv fields=v",
                         '{"v":"x"}\n{"v":1.10}\n{"v":[1, "a"]}\n{"v":["x"]}\n'
                         '{"v":null}\n{"v":[]}\n{"v":[ null ]}\n{"v":"null"}\n'
                         '{}\n{"v":{"a": 1}}\n{"v":false}',
                         'v\nx\n1.10\n[1, "a"]\nx\n\n\n\nnull\n\n{"a": 1}\nfalse\n', env))
        tap.result("The text is the newest one, and may be a column of its own",
                   gives("jsonl | normalize | tsv fields=text text=true", '{"text":"a\u00a0b\\tc"}',
                         "text\ttext\na b\\tc\ta b\\tc\n", env))
        tap.result("Without the header there are only records",
                   gives("jsonl | tsv fields=v header=false", '{"v":1}', "1\n", env))
        tap.result("An empty input gives the header alone",
                   gives("jsonl | tsv fields=v,w", "", "v\tw\n", env))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
