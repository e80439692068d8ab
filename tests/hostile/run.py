#!/usr/bin/env python3
"""Plugin files that are not what they should be: each alone in a folder that is a plugin path.

    run.py [--build DIR] [FILE...]

Whatever a file does, safi says in one line what is wrong with it, and nothing of the file comes
through: no crash, no output, no process that stays.  reasons.tsv has the files and the lines,
files.py makes them.
"""
import argparse
import concurrent.futures
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import files  # noqa: E402
from harness import TIME_LIMIT, TOP, Tap, difference, environment  # noqa: E402

# Whether list and pipe look into an unknown file in a process of its own before they load it; and
# how long a file is given that does not end.
PROBED = True
SECONDS = 1 if PROBED else 10

# In place of a reason: the file can be looked into; some reason of the linker's.
LOADS, ANY = "LOADS", "ANY"
# What stands before a reason; {path} is the file as it was named.
PREFIX = "{path}: error: "
CONFIGURATION = 78
# The first line of what is wrong with a stage in the middle of three.
STAGE_REFUSED = re.compile(r"pipe:1:8: error: stage 'hostile' .")

# Deeds that are no harm to whoever opens the stage: bad manners only.
HARMLESS = ("-print.so", "-close.so")

# A crash should be one, under a sanitizer too.
SANITIZER = ":".join(f"handle_{name}=0" for name in ("segv", "abort", "sigbus", "sigfpe", "sigill"))


def reasons(build):
    """The files and why each is refused, or a word for others; in the order of the table."""
    values = files.words(build) | {"seconds": SECONDS, "here": "{here}"}
    table = {}
    with open(os.path.join(HERE, "reasons.tsv"), encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                name, reason = line.rstrip("\n").split("\t")
                table[name] = reason.format(**values)
    return table


# --- one command ----------------------------------------------------------------------------------

def without_overriding(words):
    """root may read all files; this way it may not."""
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *words]


def is_alone(group):
    """Ends what is left of a process group; whether nothing was."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return True
    return False


def run(words, folder, env):
    """Returns stdout, stderr, the status, and what is wrong with how it ended."""
    process = subprocess.Popen(words, cwd=folder, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True)
    try:
        out, err = process.communicate(timeout=TIME_LIMIT)
        problem = ""
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        problem = f"it was not ready within {TIME_LIMIT} seconds"
    if not is_alone(process.pid):
        problem = "it left a process behind"
    return out, err, process.returncode, problem


def compare(name, wanted, got):
    problems = [difference(wanted[i], got[i], part)
                for i, part in enumerate(("stdout", "stderr"))]
    if got[2] != wanted[2]:
        problems.append(f"exit status {got[2]}, not {wanted[2]}")
    return "\n".join(filter(None, [*problems, got[3]]))


# --- the tests ------------------------------------------------------------------------------------

class Place:
    """A folder with one hostile file, and with a good one in a folder beside it."""

    def __init__(self, build, name, temporary):
        self.build, self.name = build, name
        self.folder = os.path.join(temporary, "here")
        os.mkdir(self.folder)
        files.make(build, name, self.folder)
        self.env = environment(build, temporary)
        self.env.pop("LD_LIBRARY_PATH", None)  # Meson's, where the missing library is
        self.env.update(SAFI_PLUGIN_PATH=self.folder, ASAN_OPTIONS=SANITIZER,
                        XDG_CACHE_HOME=os.path.join(temporary, "cache"))
        if name.endswith("-loop.so"):  # the others end by themselves, however slow the machine
            self.env["SAFI_PROBE_SECONDS"] = str(SECONDS)

    def safi(self, *words):
        command = [os.path.join(self.build, "core", "safi"), *words]
        if self.name == "unreadable.so" and os.geteuid() == 0:
            command = without_overriding(command)
        return run(command, self.folder, self.env)


def inspect(place, reason):
    """`safi inspect` of the file: one line, or its manual."""
    got = place.safi("inspect", place.name)
    line = PREFIX.format(path=place.name)
    if reason == LOADS:
        manual = b"NAME\n    hostile - Does what it must not\n"
        return "" if got[0].startswith(manual) and got[1:] == (b"", 0, "") \
            else f"it is not shown: {got}"
    if reason == ANY:
        good = re.fullmatch(re.escape(line) + r"[^\n]+\n", got[1].decode(errors="replace"))
        return "" if good and (got[0], *got[2:]) == (b"", CONFIGURATION, "") \
            else f"not one line: {got}"
    wanted = (line + reason + "\n").encode(), CONFIGURATION
    return compare(place.name, (b"", *wanted), got)


def list_all(place, reason):
    """`safi list --all` of the folder: the file is refused, a good one beside it is not."""
    shutil.copy(files.plugin_of(place.build, "good.so"), place.folder)
    out, err, status, problem = place.safi("list", "--all")
    rows = [re.split("  +", line, maxsplit=2) for line in out.decode().splitlines()]
    refused = [row for row in rows if row[0] == "refused"
               and not row[1].endswith("/libneeded.so")]
    path = os.path.join(place.folder, place.name)
    good = [row[:2] for row in rows if row[0] != "refused"]
    if good != [["reader", "good"], ["stage", "good"], ["writer", "good-writer"]]:
        problem += f"\nthe good plugin is not listed: {good}"
    if reason != ANY and refused != [["refused", path, reason]]:
        problem += f"\nwrongly refused: {refused}"
    if [row[1] for row in refused] != [path] or err or status != 0:
        problem += f"\n{len(refused)} refused, status {status}, {err}"
    return problem.strip()


def open_stage(place):
    """A pipeline with the file's stage: one error, with the place of the stage."""
    with open(os.path.join(place.folder, "page.txt"), "w", encoding="utf-8") as page:
        page.write("A page.\n")
    place.env["SAFI_PLUGIN_PATH"] += os.pathsep + os.path.join(place.build, "plugins")
    out, err, status, problem = place.safi("pipe", "text | hostile | text", "page.txt")
    err = err.decode(errors="replace")
    if not STAGE_REFUSED.match(err) or err.count(": error: ") != 1 or err.count("\n") != 3:
        problem += f"\nnot one error with its place:\n{err}"
    if out or status != CONFIGURATION:
        problem += f"\nexit status {status}, stdout {out}"
    return problem.strip()


def in_place(build, name, test, *more):
    with tempfile.TemporaryDirectory(prefix="safi-hostile.") as temporary:
        place = Place(build, name, temporary)
        more = [word.format(here=place.folder) for word in more]
        return test(place, *more)


def tests_of(build, names):
    """(sentence, name of the file, test and what it wants), in order."""
    table = reasons(build)
    for name in names or table:
        reason = table[name]
        yield f"inspect {name}: {'shown' if reason == LOADS else 'refused'}", name, inspect, reason
        if PROBED and reason != LOADS:
            yield f"list with {name}: refused, and nothing else is", name, list_all, reason
        if PROBED and reason == LOADS and not name.endswith(HARMLESS):
            yield f"pipe with {name}: an error of that stage", name, open_stage


def may_read_all():
    """Whether a file without permissions cannot be made unreadable for safi."""
    return os.geteuid() == 0 and \
        subprocess.run(without_overriding(["true"]), stderr=subprocess.DEVNULL,
                       check=False).returncode != 0


def bound(limit, most):
    """For the commands that are run: at most so much, where they might have any amount."""
    soft, hard = resource.getrlimit(limit)
    if soft == resource.RLIM_INFINITY:
        resource.setrlimit(limit, (most, hard))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    parser.add_argument("files", nargs="*", metavar="FILE")
    args = parser.parse_args()
    build = os.path.abspath(args.build)
    bound(resource.RLIMIT_STACK, 8 << 20)  # which recursion without end fills soon
    bound(resource.RLIMIT_CORE, 0)

    tests = list(tests_of(build, args.files))
    tap = Tap(len(tests))
    # Some wait for a time limit; the others need not wait with them.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = [pool.submit(in_place, build, *test) for _, *test in tests]
        for (sentence, name, *_), result in zip(tests, results):
            if name == "unreadable.so" and may_read_all():
                tap.skip(sentence, "root reads all files, and no setpriv keeps it from that")
            else:
                tap.result(sentence, result.result())
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
