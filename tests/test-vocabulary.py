#!/usr/bin/env python3
"""Holds what stages declare, and what comes out of the ready pipeline, to docs/vocabulary.md.  Prints
TAP.

    test-vocabulary.py [--build DIR]
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from harness import TOP, Tap, environment  # noqa: E402

# What is declared as a name: `field:*` leaves it to the data, and `the fields that option ...` to the
# pipeline.
DECLARED = re.compile(r"^    ((?:field|view|note):[\w*-]+)(, if it is there)?$", re.MULTILINE)
HEADING = re.compile(r"^([A-Z]+)$", re.MULTILINE)


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


class Vocabulary:
    """The tables of the page, by the names in their first columns."""

    def __init__(self):
        with open(os.path.join(TOP, "docs", "vocabulary.md"), encoding="utf-8") as file:
            rows = [cells(line) for line in file if line.startswith("| `")]
        self.writers = {}          # "view:page": {"reader text", ...}
        self.words = set()         # everything else: features, labels, members
        for row in rows:
            name = row[0].strip("`")
            if ":" in name:
                self.writers[name] = set(re.findall(r"`([^`]+)`", row[-1]))
            else:
                self.words.add(name)


class Stage:
    def __init__(self, line, env):
        self.role, name = line.split()[:2]
        self.name = name if self.role == "stage" else f"{self.role} {name}"
        pages = subprocess.run(["safi", "inspect", name], env=env, capture_output=True, text=True,
                               check=True).stdout
        page = next(page for page in re.split(r"^(?=NAME$)", pages, flags=re.MULTILINE)
                    if f"ROLE\n    {self.role}\n" in page)
        parts = HEADING.split(page)
        sections = dict(zip(parts[1::2], parts[2::2]))
        self.reads = {name for name, _ in DECLARED.findall(sections.get("READS", ""))}
        self.writes = {name for name, _ in DECLARED.findall(sections.get("WRITES", ""))}


def listed(names):
    return "\n".join(sorted(names))


def undescribed_writes(vocabulary, stages):
    return listed(f"{stage.name} writes {name}, which the page does not say"
                  for stage in stages for name in stage.writes
                  if stage.name not in vocabulary.writers.get(name, ()))


def undeclared_writes(vocabulary, stages):
    declared = {(stage.name, name) for stage in stages for name in stage.writes}
    return listed(f"the page says that {writer} writes {name}, which it does not declare"
                  for name, writers in vocabulary.writers.items() for writer in writers
                  if (writer, name) not in declared)


def unknown_reads(vocabulary, stages):
    return listed(f"{stage.name} reads {name}, which nothing writes"
                  for stage in stages for name in stage.reads
                  if not name.endswith("*") and name not in vocabulary.writers)


def unknown_output(vocabulary, env):
    """What the records of the sample pages hold beyond the page, and beyond each note's label."""
    pages = sorted(glob.glob(os.path.join(TOP, "seeds", "*.txt")))
    records = subprocess.run(["safi", "arabic-news", *pages], env=env, capture_output=True,
                             check=True).stdout
    unknown = set()
    for line in records.split(b"\n")[:-1]:
        for name, value in json.loads(line).items():
            if isinstance(value, list):
                unknown |= unknown_items(vocabulary, name, value)
            elif f"field:{name}" not in vocabulary.writers and name not in vocabulary.words:
                unknown.add(f"field {name}")
    return listed(unknown)


def unknown_items(vocabulary, plural, items):
    unknown = set() if f"note:{plural[:-1]}" in vocabulary.writers else {f"notes {plural}"}
    for item in items:
        unknown |= {f"feature {name} of {plural}" for name in item if name not in vocabulary.words}
        if item.get("label", "label") not in vocabulary.words:
            unknown.add(f"label {item['label']}")
    return unknown


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    args = parser.parse_args()
    vocabulary = Vocabulary()
    tap = Tap(4)
    with tempfile.TemporaryDirectory() as home:
        env = environment(os.path.abspath(args.build), home)
        stages = [Stage(line, env) for line in subprocess.run(
            ["safi", "list"], env=env, capture_output=True, text=True,
            check=True).stdout.splitlines()]
        tap.result(f"what {len(stages)} stages write is in the vocabulary",
                   undescribed_writes(vocabulary, stages))
        tap.result("what the vocabulary says is written is declared",
                   undeclared_writes(vocabulary, stages))
        tap.result("what stages read is in the vocabulary", unknown_reads(vocabulary, stages))
        tap.result("what comes out is in the vocabulary", unknown_output(vocabulary, env))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
