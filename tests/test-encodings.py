#!/usr/bin/env python3
"""Pages give the same records in whichever encoding they come, but for the bytes that places count.
Prints TAP.

    test-encodings.py [--build DIR] [--articles N]

Takes the sample pages, and N articles of ../shared (SAFI_SHARED) where there is such a folder.
"""
import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from encodings_of import ENCODINGS, encode, fit  # noqa: E402
from harness import TOP, Tap, environment, sample_pages  # noqa: E402

CUTS = (40, 100, 300, None)  # characters; None: the article whole
LETTERS = 16                 # so many of a cut are Arabic; a name and a number are no evidence
RIGHT = 0.99                 # of the cuts
PLACES = {"source", "origin", "within"}


def without_places(value):
    if isinstance(value, dict):
        return {key: without_places(item) for key, item in value.items() if key not in PLACES}
    return [without_places(item) for item in value] if isinstance(value, list) else value


def run(env, folder, words, pages):
    """What safi makes of pages, {name: bytes}, each record by its name; and its complaint."""
    names = sorted(pages)
    for name in names:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(pages[name])
    done = subprocess.run(["safi", *words, *names, "--dead", os.devnull], cwd=folder, env=env,
                          capture_output=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done


def same_records(env, folder, words, texts, encoding):
    """What differs between pages of UTF-8 and the same ones in the encoding."""
    fitting = {name: fit(text, encoding) for name, text in texts.items()}
    wanted, _ = run(env, folder, words, {name: text.encode() for name, text in fitting.items()})
    got, done = run(env, folder, words,
                    {name: encode(text, encoding) for name, text in fitting.items()})
    if done.returncode or done.stderr:
        return f"exit status {done.returncode}\n{done.stderr.decode()}"
    if not wanted or len(wanted) != len(got):
        return f"{len(got)} records, not {len(wanted)}"
    for one, other in zip(wanted, got):
        if without_places(one) != without_places(other):
            return f"{one}\nis not\n{other}"
    return ""


def articles(archive, number):
    unpacked = subprocess.Popen(["zstdcat", archive], stdout=subprocess.PIPE)
    texts = [json.loads(line)["text"] for line in itertools.islice(unpacked.stdout, number)]
    unpacked.stdout.close()
    unpacked.wait()
    return texts


def cut(texts, length):
    """Of each text `length` characters from anywhere in it, if enough of them are Arabic."""
    rng = random.Random(7)
    for text in texts:
        if length:
            begin = rng.randrange(max(1, len(text) - length))
            text = text[begin:begin + length]
        if sum(char > "\u0600" for char in text) > LETTERS:
            yield text


def count_right(env, folder, texts, encoding):
    """How many of the texts come out as they went in, and one that comes out as something else."""
    fitting = {f"{number:05}": fit(text, encoding) for number, text in enumerate(texts)}
    got, _ = run(env, folder, ["pipe", "text | jsonl fields=id,text"],
                 {name: encode(text, encoding) for name, text in fitting.items()})
    wrong = [record for record in got if record["text"] != fitting[record["id"]]]
    return len(got) - len(wrong), len(fitting), wrong[:1]


def hold_articles(tap, env, archive, number, encoding):
    sentence = f"{encoding}: the encoding of newspaper articles and of cuts of them is found"
    if not os.path.exists(archive):
        tap.skip(sentence, "the project does not carry them")
        return
    problems, figures = [], []
    texts = articles(archive, number)
    for length in CUTS:
        with tempfile.TemporaryDirectory() as folder:
            right, of, wrong = count_right(env, folder, cut(texts, length), encoding)
        figures.append(f"{length or 'whole'} {right}/{of}")
        if right < RIGHT * of:
            problems.append(f"{right} of {of} of {length} characters, e.g. {wrong}")
    tap.result(f"{sentence} ({', '.join(figures)})", "\n".join(problems))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    parser.add_argument("--articles", type=int, default=200)
    args = parser.parse_args()
    shared = os.environ.get("SAFI_SHARED") or os.path.join(TOP, os.pardir, "shared")
    archive = os.path.join(shared, "pages", "news-ar.jsonl.zst")
    texts = sample_pages()
    unmarked = [name for name, (codec, mark) in ENCODINGS.items() if not mark]
    tap = Tap(2 * len(ENCODINGS) + len(unmarked))
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        env = environment(os.path.abspath(args.build), home)
        for encoding in ENCODINGS:
            tap.result(f"{encoding}: the ready pipeline makes the same records of the sample pages",
                       same_records(env, folder, ["arabic-news"], texts, encoding))
            tap.result(f"{encoding}: each line of the sample pages is the same page",
                       same_records(env, folder, ["pipe", "text per=line id=none | jsonl"], texts,
                                    encoding))
        for encoding in unmarked:
            hold_articles(tap, env, archive, args.articles, encoding)
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
