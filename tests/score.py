#!/usr/bin/env python3
"""Says how far the ready pipeline is from pages that people have labelled.  Prints TAP.

    score.py [--build DIR]

For information only: the tests pass if a score comes out at all, whatever it is.  The labelled pages
are in ../shared (SAFI_SHARED).
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from harness import TOP, Tap, environment  # noqa: E402


def refine(paths, env):
    return subprocess.run(["safi", "arabic-news", *sorted(paths)], env=env, stdout=subprocess.PIPE,
                          check=True).stdout


def said(command, **more):
    """What a scoring program prints, as comments."""
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False,
                          **more)
    for line in done.stdout.splitlines():
        print(f"# {line}")
    return done.stderr if done.returncode else ""


def score_samples(shared, env):
    gold = os.path.join(shared, "gold")
    records = refine(glob.glob(os.path.join(TOP, "seeds", "*.txt")), env)
    return said([os.path.join(gold, "score.py"), "--seeds", os.path.join(TOP, "seeds"),
                 "--gold", gold], input=records.decode())


def score_pages(shared, env, folder="."):
    gold = os.path.join(shared, "pages", "dev", folder)
    records = refine(glob.glob(os.path.join(gold, "pages", "*.txt")), env)
    with tempfile.TemporaryDirectory() as kept:
        for line in records.decode().split("\n")[:-1]:
            record = json.loads(line)
            with open(os.path.join(kept, record["id"] + ".txt"), "w", encoding="utf-8") as file:
                file.write(record["text"])
        return said([os.path.join(shared, "pages", "evaluate.py"), gold, kept])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    args = parser.parse_args()
    shared = os.environ.get("SAFI_SHARED") or os.path.join(TOP, os.pardir, "shared")
    tests = {"the sample pages are scored": score_samples,
             "the labelled pages are scored": score_pages,
             "the labelled pages with joined lines are scored":
                 lambda shared, env: score_pages(shared, env, "variant_b")}
    tap = Tap(len(tests))
    with tempfile.TemporaryDirectory() as home:
        env = environment(os.path.abspath(args.build), home)
        for sentence, test in tests.items():
            if os.path.isdir(shared):
                tap.result(sentence, test(shared, env))
            else:
                tap.skip(sentence, "the project does not carry the labels")
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
