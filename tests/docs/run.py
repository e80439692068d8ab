#!/usr/bin/env python3
"""Runs what the manual shows: README.md, docs/*.md and plugins/*/README.md.  Prints TAP.

    run.py [--build DIR] [FILE...]

A fenced block is what the first word behind its fence says; further words tell what it is for:

    sh               is run by bash in a folder that looks like the checkout, where safi is on PATH;
                     it must end well, or as `status=N` says
    ... output       is the stdout of the sh block before it; `... errors` is its stderr.  A line of
                     three dots stands for any lines, three dots at the end of a line for its rest
    ... file=NAME    is written to that file first, for the blocks that follow on the page
    yaml             with `safi: 1` in it is a pipeline, and `safi check` must find nothing, but for
                     `wrong` ones
    console          is what a person types, and is not run

The blocks of one page share a folder.
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import TOP, Tap, difference, environment, run_shell  # noqa: E402

FENCE = re.compile(r"^```(\S*) *(.*)\n((?:.*\n)*?)```$", re.MULTILINE)


class Block:
    def __init__(self, page, match):
        self.language, self.text = match[1], match[3]
        words = match[2].split()
        self.kind = next((word for word in words if "=" not in word), "")
        self.options = dict(word.split("=", 1) for word in words if "=" in word)
        self.line = page.count("\n", 0, match.start()) + 1


def blocks_of(path):
    with open(path, encoding="utf-8") as file:
        page = file.read()
    return [Block(page, match) for match in FENCE.finditer(page)]


def is_pipeline(block):
    return block.language == "yaml" and block.kind != "wrong" and \
        re.search(r"^safi: 1\b", block.text, re.MULTILINE) is not None


def is_tested(block):
    return block.language == "sh" or is_pipeline(block)


def shown_as(shown, got):
    """What is wrong with the bytes got, where the page shows this; "" if nothing.

    A page cannot show that the last line has no end.
    """
    got += b"\n" if got and not got.endswith(b"\n") else b""
    pattern = "".join(
        "(?:.*\n)*?" if line == "...\n" else
        re.escape(line[:-4]) + ".*\n" if line.endswith("...\n") else re.escape(line)
        for line in shown.splitlines(keepends=True))
    if re.fullmatch(pattern, got.decode(errors="replace")):
        return ""
    return difference(shown.encode(), got, "what the page shows")


def run_script(block, after, folder, env):
    out, err, status = run_shell(block.text, folder, env)
    wanted = int(block.options.get("status", "0"))
    problems = []
    if status != wanted:
        problems.append(f"exit status {status}, not {wanted}\n{err.decode(errors='replace')}")
    for shown in after:
        problems.append(shown_as(shown.text, out if shown.kind == "output" else err))
    return "\n".join(filter(None, problems))


def check_pipeline(block, folder, env):
    path = os.path.join(folder, block.options.get("file", "pipeline.yaml"))
    with open(path, "w", encoding="utf-8") as file:
        file.write(block.text)
    out, err, status = run_shell(f"safi check '{path}'", folder, env)
    return "" if status == 0 else (out + err).decode(errors="replace")


def make_checkout(folder, build):
    """A folder where ./run and every path of the checkout work, and that may be written to."""
    for name in os.listdir(TOP):
        if not name.startswith("build") and name != ".git":
            os.symlink(os.path.join(TOP, name), os.path.join(folder, name))
    os.symlink(build, os.path.join(folder, "build"))


def install(build, folder):
    """Installs into the folder; returns what pkg-config needs to find safi.pc there."""
    subprocess.run(["meson", "install", "--quiet", "--no-rebuild", "-C", build, "--destdir",
                    folder], check=True, stdout=sys.stderr, stdin=subprocess.DEVNULL)
    found = glob.glob(os.path.join(folder, "**", "safi.pc"), recursive=True)
    return {"PKG_CONFIG_LIBDIR": os.path.dirname(found[0]), "PKG_CONFIG_SYSROOT_DIR": folder}


def shown_after(blocks, number):
    """The blocks right behind a sh block that show what it said."""
    for block in blocks[number + 1:]:
        if block.kind not in ("output", "errors"):
            return
        yield block


def run_page(tap, path, build, installed):
    blocks = blocks_of(path)
    with tempfile.TemporaryDirectory(prefix="safi-docs.") as temporary:
        folder, home = (os.path.join(temporary, name) for name in ("checkout", "home"))
        os.mkdir(folder)
        os.mkdir(home)
        make_checkout(folder, build)
        env = environment(build, home) | installed
        for number, block in enumerate(blocks):
            if name := block.options.get("file"):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(block.text)
            if not is_tested(block):
                continue
            if block.language == "sh":
                problem = run_script(block, shown_after(blocks, number), folder, env)
            else:
                problem = check_pipeline(block, folder, env)
            first = re.split(r"\n| #", block.text, 1)[0].strip()
            tap.result(f"{os.path.relpath(path, TOP)}:{block.line}: {first}", problem)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    parser.add_argument("files", nargs="*", metavar="FILE")
    args = parser.parse_args()
    build = os.path.abspath(args.build)

    paths = [os.path.abspath(path) for path in args.files] or \
        [path for pattern in ("README.md", "docs/*.md", "plugins/*/README.md")
         for path in sorted(glob.glob(os.path.join(TOP, pattern)))]
    tap = Tap(sum(is_tested(block) for path in paths for block in blocks_of(path)))
    with tempfile.TemporaryDirectory(prefix="safi-installed.") as folder:
        installed = install(build, folder)
        for path in paths:
            run_page(tap, path, build, installed)
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
