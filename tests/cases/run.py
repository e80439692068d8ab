#!/usr/bin/env python3
"""Runs the whole-program cases, each a folder beside this file, and prints TAP.

    run.py [--update] [--build DIR] [CASE...]

A case is what it says and does:

    cmd      the shell script; if it begins with a comment, that is the case's sentence, else the
             folder's name is
    in       its stdin; none: /dev/null
    out err  what it must write, to the byte; none: nothing
    status   its exit status; none: 0
    unwrapped  why it makes no sense where another program runs safi, as in tests/memcheck

and any other files it needs.  It runs in a copy of its folder, where seeds/ is the sample pages.
What differs from one machine to the next is written @HERE@ (that copy), @PLUGINS@ and @PIPELINES@ in
out and err.  --update writes out, err and status anew from what happened: read the difference before
you commit it.
"""
import argparse
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import TOP, Tap, difference, environment, run_shell  # noqa: E402

RESULTS = ("out", "err", "status")


def read(folder, name, missing=b""):
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return missing


def sentence_of(folder):
    first = read(folder, "cmd").decode().split("\n", 1)[0]
    return first.lstrip("# ") if first.startswith("#") else \
        os.path.basename(folder).replace("-", " ")


def wanted_of(folder):
    return {"out": read(folder, "out"), "err": read(folder, "err"),
            "status": read(folder, "status", b"0\n")}


def run_case(folder, build):
    """Runs a case in a copy of its folder; returns out, err and status."""
    with tempfile.TemporaryDirectory(prefix="safi-case.") as temporary:
        here, home = (os.path.join(temporary, name) for name in ("here", "home"))
        shutil.copytree(folder, here, ignore=shutil.ignore_patterns("cmd", *RESULTS))
        os.symlink(os.path.join(TOP, "seeds"), os.path.join(here, "seeds"))
        os.mkdir(home)
        env = environment(build, home)
        with open(os.path.join(here, "in") if os.path.exists(os.path.join(here, "in"))
                  else os.devnull, "rb") as stdin:
            out, err, status = run_shell(read(folder, "cmd").decode(), here, env, stdin)
        for place, name in ((here, b"@HERE@"), (env["SAFI_PLUGIN_PATH"], b"@PLUGINS@"),
                            (env["SAFI_PIPELINE_PATH"], b"@PIPELINES@")):
            out, err = (text.replace(place.encode(), name) for text in (out, err))
        return {"out": out, "err": err, "status": b"%d\n" % status}


def update(folder, got):
    for name in RESULTS:
        path = os.path.join(folder, name)
        if got[name] not in (b"", b"0\n"):
            with open(path, "wb") as file:
                file.write(got[name])
        elif os.path.exists(path):
            os.remove(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    parser.add_argument("cases", nargs="*", metavar="CASE")
    args = parser.parse_args()

    names = args.cases or sorted(name for name in os.listdir(HERE)
                                 if os.path.exists(os.path.join(HERE, name, "cmd")))
    tap = Tap(len(names))
    for name in names:
        folder = os.path.join(HERE, os.path.basename(name.rstrip("/")))
        if (why := read(folder, "unwrapped")) and "SAFI_TEST_WRAP" in os.environ:
            tap.skip(sentence_of(folder), why.decode().strip())
            continue
        wanted, got = wanted_of(folder), run_case(folder, os.path.abspath(args.build))
        problem = "\n".join(filter(None, (difference(wanted[part], got[part], part)
                                          for part in RESULTS)))
        tap.result(sentence_of(folder), problem)
        if args.update:
            update(folder, got)
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
