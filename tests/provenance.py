#!/usr/bin/env python3
"""Holds places to the law: replaying the recorded changes over a note's source in the raw bytes gives
the note's text exactly.  Prints TAP.

    provenance.py [--build DIR] [FILE...]

Runs the chain of pipelines/arabic-news.yaml over the sample pages (or the FILEs), the same ones in
other encodings and line by line, and over the labelled pages and newspaper articles of ../shared
(SAFI_SHARED) where there is such a folder.  The views come out with their changes, which
tests/atoms.py replays without any of safi's own code.
"""
import argparse
import glob
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from atoms import Broken, View  # noqa: E402
from encodings_of import ENCODINGS, encode, fit  # noqa: E402
from harness import TOP, Tap, environment, sample_pages  # noqa: E402

ARTICLES = 1000
RANDOM_PAGES = 300
# What repair changes and what cuts a line, between letters that stay.
PARTS = ("ا", "ب ", "كلمة ", "a", "Reuters", "رويترز", "12:30", "٢٠٢٥", ".", "\n", "\n", "\r\n", "\r",
         " ", "    ", "\u00a0", "\u2003", "\u2028", " | ", "• ", "\u200f", "\u202b", "\u200b", "\ufeff",
         "\u0640", "\u064b", "ا\u0654", "e\u0301", "\ufefb", "\ufdf2", "\ufe8e", "\ufc5e", "\ufdfa",
         "\U0001f642")
CHAIN = "%s | normalize | strip-boilerplate | extract-metadata | jsonl views=true bare=none" \
        " under=safi origin=always"


class Record:
    def __init__(self, line, raw):
        written = json.loads(line)
        self.raw = raw
        self.safi = written["safi"]
        self.text = self.safi.get("text", written.get("text", ""))  # a member that came in stays
        self.views = {}            # by number; the last of each name is found by name, too
        for number, view in enumerate(self.safi["views"]):
            parent = View.of_raw(raw) if view["parent"] == "raw" else self.views[view["parent"]]
            made = parent.changed(view["changes"], view["text"].encode())
            self.views[number] = self.views[view["name"]] = made

    def notes(self):
        """Each note as (type's plural, the item)."""
        for name, items in self.safi.items():
            if name != "views" and isinstance(items, list):
                yield from ((name, item) for item in items
                            if isinstance(item, dict) and "source" in item)


def place_problem(view, item):
    """What is wrong with the place of an item that was made on this view; "" if nothing."""
    text, (begin, end) = item["text"].encode(), item["source"]
    if not 0 <= begin <= end <= (view.atoms[-1][1] if view.atoms else 0):
        return f"source {[begin, end]} is out of range"
    try:
        replayed, start = view.replay(begin, end)
    except Broken as broken:
        return str(broken)
    first, last = item.get("within", [0, len(replayed)])
    if replayed[first:last] != text:
        return f"source {[begin, end]} gives {replayed[first:last]!r}, not {text!r}"
    smallest = view.cover(start + first, start + last) if text else (begin, end)
    return "" if smallest == (begin, end) else f"source {[begin, end]}, but {smallest} is enough"


def law_problem(record):
    """Lines lie on the page; a note of another type may lie on any view."""
    numbered = [view for key, view in record.views.items() if isinstance(key, int)]
    for name, item in record.notes():
        views = [record.views["page"]] if name == "lines" else numbered
        problems = [place_problem(view, item) for view in views]
        if all(problems):
            return f"{name}: {problems[-1]}"
    return ""


def span_problem(record):
    """Where a note is found in the text that is written, the text there is its own."""
    text = record.text.encode()
    for name, item in record.notes():
        if "span" in item and item.get("keep"):
            begin, end = item["span"]
            if text[begin:end] != item["text"].encode():
                return f"{name}: span {item['span']} is {text[begin:end]!r}, not {item['text']!r}"
    return ""


def count_problem(record):
    """Every byte that makes a word of the page lies in exactly one line, and lines are in order."""
    page, counts, last = record.views["page"], bytearray(len(record.raw)), 0
    for item in record.safi.get("lines", []):
        begin, end = item["source"]
        if begin < last:
            return f"the line at {begin} begins before {last}"
        last = end
        for place in range(begin, min(end, len(counts))):
            counts[place] += 1
    offset = at = 0
    text = page.text.decode()
    for word in re.finditer(r"\S+", text):
        offset += len(text[at:word.start()].encode())
        behind = offset + len(word[0].encode())
        for begin, end in page.parts(offset, behind):
            if counts.count(1, begin, end) != end - begin:
                return f"raw {[begin, end]} of {word[0]!r} is in no line or in more than one"
        offset, at = behind, word.end()
    return ""


def refine(reader, paths, env):
    """The lines that safi gives for these files, and its complaint."""
    done = subprocess.run(["safi", "pipe", CHAIN % reader, *paths], env=env, capture_output=True,
                          check=False)
    complaint = "" if done.returncode == 0 else \
        f"exit status {done.returncode}\n{done.stderr.decode(errors='replace')}"
    return done.stdout.decode().split("\n")[:-1], complaint


def first_problem(check, records):
    for name, record in records:
        if problem := check(record):
            return f"{name}: {problem}"
    return ""


def hold(tap, what, reader, paths, raws, env):
    """All tests of one collection: `raws` has the raw bytes of each record, by name."""
    lines, problem = refine(reader, paths, env)
    if not problem and len(lines) != len(raws):
        problem = f"{len(lines)} records of {len(raws)}"
    problem = problem or first_problem(views_problem, zip(raws, zip(lines, raws.values())))
    tap.result(f"{what}: each of {len(raws)} pages makes a record whose views replay", problem)
    records = [] if problem else \
        [(name, Record(line, raw)) for line, (name, raw) in zip(lines, raws.items())]
    notes = sum(1 for _, record in records for _ in record.notes())
    for sentence, check in (
            (f"the sources of all {notes} notes give their texts, and none is too wide",
             law_problem),
            ("what is kept stands in the text where it says", span_problem),
            ("no line is lost or doubled", count_problem)):
        tap.result(f"{what}: {sentence}", "not tried" if problem else
                   first_problem(check, records))


def views_problem(pair):
    try:
        Record(*pair)
    except Broken as broken:
        return str(broken)
    return ""


def hold_pages(tap, what, paths, env):
    raws = {}
    for path in paths:
        with open(path, "rb") as file:
            raws[os.path.basename(path)] = file.read()
    hold(tap, what, "text", paths, raws, env)


def random_pages():
    rng = random.Random(7)
    return {f"{number:03}": "".join(rng.choices(PARTS, k=rng.randint(1, 400))) + "ا"
            for number in range(RANDOM_PAGES)}


def lines_of(pages, encoding):
    """The bytes of each line that makes a record, by name and number."""
    for name, page in pages.items():
        for number, line in enumerate(page.split("\n")):
            if line.strip():
                raw = encode(line.removesuffix("\r"), encoding)
                mark = len(ENCODINGS[encoding][1]) if number else 0
                yield f"{name}, line {number + 1}", raw[mark:]


def hold_encoded(tap, what, pages, encoding, words, env):
    """All tests of pages {name: text}, in the encoding."""
    with tempfile.TemporaryDirectory() as folder:
        fitting = {name: fit(page, encoding) for name, page in pages.items()}
        paths = [os.path.join(folder, name) for name in fitting]
        for path, page in zip(paths, fitting.values()):
            with open(path, "wb") as file:
                file.write(encode(page, encoding))
        raws = dict(lines_of(fitting, encoding)) if "per=line" in words else \
            {name: encode(page, encoding) for name, page in fitting.items()}
        hold(tap, f"{what} in {encoding}", words, paths, raws, env)


def hold_articles(tap, what, archive, env):
    unpacked = subprocess.Popen(["zstdcat", archive], stdout=subprocess.PIPE)
    lines = list(itertools.islice(unpacked.stdout, ARTICLES))
    unpacked.stdout.close()
    unpacked.wait()
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.writelines(lines)
        file.flush()
        raws = {f"line {number}": line.rstrip(b"\n") for number, line in enumerate(lines, 1)}
        hold(tap, what, "jsonl", [file.name], raws, env)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    parser.add_argument("files", nargs="*", metavar="FILE")
    args = parser.parse_args()
    shared = os.environ.get("SAFI_SHARED") or os.path.join(TOP, os.pardir, "shared")
    dev = os.path.join(shared, "pages", "dev")
    pages = {"sample pages": args.files or glob.glob(os.path.join(TOP, "seeds", "*.txt")),
             "labelled pages": glob.glob(os.path.join(dev, "pages", "*.txt")),
             "pages with joined lines": glob.glob(os.path.join(dev, "variant_b", "pages", "*.txt"))}
    archive = os.path.join(shared, "pages", "news-ar.jsonl.zst")

    tap = Tap(4 * (len(pages) + 4 + 2 * len(ENCODINGS)))
    with tempfile.TemporaryDirectory() as home:
        env = environment(os.path.abspath(args.build), home)
        for what, paths in pages.items():
            if paths:
                hold_pages(tap, what, sorted(paths), env)
            else:
                skip(tap, what)
        for encoding, name in (("UTF-8", "UTF-8"), ("windows-1256", "windows-1256"),
                               ("UTF-16BE with a mark", "UTF-16")):
            hold_encoded(tap, "random pages", random_pages(), encoding, f"text encoding={name}", env)
        seeds = sample_pages()
        for encoding in ENCODINGS:
            hold_encoded(tap, "sample pages", seeds, encoding, "text", env)
            hold_encoded(tap, "lines of sample pages", seeds, encoding, "text per=line", env)
        if os.path.exists(archive):
            hold_articles(tap, "newspaper articles", archive, env)
        else:
            skip(tap, "newspaper articles")
    return tap.status()


def skip(tap, what):
    for _ in range(4):
        tap.skip(what, "the project does not carry them")


if __name__ == "__main__":
    sys.exit(main())
