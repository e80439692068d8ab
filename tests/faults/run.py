#!/usr/bin/env python3
"""Makes every call of the C library that safi depends on fail, one at a time.  Prints TAP.

    run.py [--build DIR] [--long] [--only SCENARIO:FUNCTION:N:ERROR]

A clean run of each scenario tells how often each function is called; then it is run again with one
call failing (faults.c): all of them with --long, else a sample.  Whatever fails, safi

- ends, within a time limit, and not by a signal;
- ends as the clean run did only if output, dead letters and accounts are the clean run's to the byte;
- else says an error, with the status of a run that failed or of a pipeline that cannot be run, or with
  that of dead letters if memory ran out for a record and its letter says so;
- leaves under the output's name either what was there or what the clean run made, and no FILE.part
  that it does not tell of, or with a checkpoint needs;
- with a checkpoint, comes to what the clean run made when it is resumed without a fault.

--only shows one run, and who made the call.
"""
import argparse
import concurrent.futures
import glob
import gzip
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import TIME_LIMIT, TOP, Tap, environment, preload  # noqa: E402

SAMPLE = 12  # calls of a function, without --long
OLD = b"what was there before\n"
FAILED, DEAD, RETRY, CONFIG = 1, 2, 75, 78

# How each function fails; with a plus, that call and all after it.  The first error of a function is
# one that nothing can mend.
ERRORS = {
    "read": ["EIO", "EINTR", "short"], "pread": ["EIO", "EINTR", "short"],
    "write": ["ENOSPC", "EINTR", "short"], "pwrite": ["ENOSPC", "EINTR", "short"],
    "fsync": ["EIO"], "fdatasync": ["EIO"], "dirsync": ["EIO"], "ftruncate": ["EIO"], "open": ["EMFILE"],
    "close": ["EIO"], "dup": ["EMFILE"], "rename": ["EACCES"], "mmap": ["ENOMEM"],
    "malloc": ["ENOMEM", "+ENOMEM"], "calloc": ["ENOMEM"], "realloc": ["ENOMEM"], "memalign": ["ENOMEM"],
    "fork": ["EAGAIN"], "pthread_create": ["EAGAIN"],
}
# A run that is told that its output is not on the disk has failed, whatever else is well.
MUST_FAIL = {(name, ERRORS[name][0]) for name in
             ("write", "pwrite", "fsync", "fdatasync", "dirsync", "ftruncate", "rename")}
# What is neither failure nor loss: it is to be tried again, or there is more to move.
MUST_PASS = {(name, error) for name in ("read", "pread", "write", "pwrite")
             for error in ("EINTR", "short")}
# Libraries may say that they abort; safi then says that memory ran out.
NOT_SAFI = re.compile("GLib|assertion|Sanitizer")


class Scenario:
    """One run of safi in a folder of its own: `words` behind `safi`, and the files that it makes."""

    def __init__(self, name, words, files, out="out", cold=False, excused=(), children=False,
                 resumes=False, codes=()):
        self.codes = {"out-of-memory", "no-memory", *codes}  # of letters for want of memory
        self.resumes = resumes  # has a checkpoint
        self.children = children  # count and fail, too
        self.name, self.files, self.out, self.cold = name, files, out, cold
        self.excused = set(excused)  # of MUST_FAIL
        self.words = [*words, "-o", out, "--dead", "dead", "--stats", "stats"]
        self.clean = self.counts = None


def in_gzip(text):
    return gzip.compress(text, mtime=0)


def scenarios():
    seeds = sorted(glob.glob(os.path.join(TOP, "seeds", "*.txt")))[:2]
    pages = {}
    for path in seeds:
        with open(path, "rb") as file:
            pages[os.path.basename(path) + ".gz"] = in_gzip(file.read())
    lines = b"".join(b'{"id":"r%d","text":"%s"}\n' % (n, b"long " * (n * n)) for n in range(40))
    lines += b'{"id":\n{"id":"last"}\n'
    files = {"in.jsonl.gz": in_gzip(lines)}
    ordered = "jsonl | uneven split_every=9 | in-turn | jsonl"
    checkpoint = ["--checkpoint", "ck", "--checkpoint-every", "0.001"]
    chain = "jsonl | uneven split_every=9 | in-turn | hold-back | jsonl"
    return [
        Scenario("pages", ["arabic-news", *pages], pages),
        Scenario("pages, 4 jobs", ["arabic-news", "-j", "4", *pages], pages),
        Scenario("pages, nothing known of plugins", ["arabic-news", *pages], pages, cold=True,
                 excused=MUST_FAIL),  # what is known of plugins is a cache
        Scenario("pages, nothing known of plugins, children too", ["arabic-news", *pages], pages,
                 cold=True, excused=MUST_FAIL, children=True),
        Scenario("lines, split and held", ["pipe", chain, *files], files),
        Scenario("lines, 4 jobs", ["pipe", chain, "-j", "4", *files], files),
        Scenario("lines, with a checkpoint", ["pipe", ordered, *checkpoint, *files], files,
                 resumes=True),
        Scenario("pages, isolated", ["arabic-news", "--isolate", "all", *pages], pages,
                 codes=["stage-crashed", "not-isolated"]),
        Scenario("a database", ["pipe", "jsonl | sqlite", *files], files, out="out.db",
                 excused={("dirsync", "EIO")}),  # of the journal's, SQLite does not mind
    ]


# --- one run -------------------------------------------------------------------------------------

def read(folder, name):
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Outcome:
    """What a run left: its status and messages, and the files it made."""

    def __init__(self, folder, scenario, status, err):
        self.status, self.err = status, err
        self.out, self.dead = read(folder, scenario.out), read(folder, "dead") or b""
        stats = read(folder, "stats")
        self.stats = re.sub(rb'"(seconds|share)":[0-9.e+-]+', b"", stats) if stats else stats
        self.parts = [name for name in os.listdir(folder) if name.endswith(".part")]
        self.hit = False  # a call was made to fail; how many there are may be a matter of time
        self.resumed = None  # another one, of the run that went on where this one ended


class Runner:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.program = os.path.join(build, "core", "safi")
        self.preload = preload(build, os.path.join("faults", "faults.so"))
        self.env = environment(build, folder)
        # What other tests do to theirs must not be among the calls.
        self.env["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
        self.env["SAFI_PLUGIN_PATH"] += os.pathsep + os.path.join(build, "tests", "stages")
        # A crash should be one, under a sanitizer too.
        self.env["ASAN_OPTIONS"] = "handle_segv=0:handle_abort=0"
        self.sanitized = ":" in self.preload  # then memory comes from elsewhere, and does not fail

    def run(self, scenario, **fault):
        """Runs a scenario in a fresh folder, with the variables of faults.c that are given."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            for name, content in {**scenario.files, scenario.out: OLD, "stats": OLD}.items():
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(content)
            hit = os.path.join(folder, "hit")
            env = {**self.env, "LD_PRELOAD": self.preload, "SAFI_FAULT_HIT": hit, **fault}
            if scenario.children:
                env["SAFI_FAULT_CHILDREN"] = "1"
            if scenario.cold:
                env["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
            outcome = Outcome(folder, scenario, *self.execute(scenario.words, folder, env))
            outcome.hit = os.path.exists(hit)
            if scenario.resumes and outcome.status is not None:
                words = [*scenario.words, "--resume"]
                outcome.resumed = Outcome(folder, scenario,
                                          *self.execute(words, folder, self.env))
            return outcome

    def execute(self, words, folder, env):
        """The status, None if it does not end, and what is on stderr."""
        try:
            done = subprocess.run([self.program, *words], cwd=folder, env=env,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=TIME_LIMIT,
                                  preexec_fn=no_core, check=False)
        except subprocess.TimeoutExpired:
            return None, ""
        return done.returncode, done.stderr.decode(errors="replace")

    def run_clean(self, scenario):
        counts = os.path.join(self.folder, "counts")
        self.run(scenario)  # so that what is to be known of plugins is known
        scenario.clean = self.run(scenario, SAFI_FAULT_COUNT=counts)
        assert scenario.clean.status in (0, DEAD), scenario.clean.err
        with open(counts, encoding="utf-8") as file:
            scenario.counts = {name: int(count) for name, count in map(str.split, file)}


# --- what must hold ------------------------------------------------------------------------------

def ran_short(scenario, letters):
    """Whether a dead letter says that memory ran out."""
    return any(json.loads(line)["code"] in scenario.codes for line in letters.splitlines())


def same(clean, got):
    return (clean.out, clean.dead, clean.stats) == (got.out, got.dead, got.stats)


def complaints(scenario, function, error, got):
    clean = scenario.clean
    if got.status is None:
        yield f"hangs: no end after {TIME_LIMIT} seconds"
        return
    if got.status < 0:
        yield f"dies of signal {-got.status}"
    elif got.status == DEAD and ran_short(scenario, got.dead):
        pass
    elif got.status == clean.status:
        if not same(clean, got):
            yield f"status {got.status}, but not what the clean run made"
        if got.hit and (function, error) in MUST_FAIL - scenario.excused:
            yield f"status {got.status}, though the disk failed"
    elif got.status not in (FAILED, CONFIG) and not (scenario.resumes and got.status == RETRY):
        yield f"status {got.status} is no way to fail"
    elif "error:" not in got.err:
        yield f"status {got.status} without an error"
    if (function, error) in MUST_PASS and got.status != clean.status:
        yield f"status {got.status}, though nothing was lost"
    if NOT_SAFI.search(got.err) and "out of memory" not in got.err:
        yield "somebody else speaks"
    if got.status != DEAD and got.out not in (OLD, clean.out):
        yield f"{scenario.out} is neither the old one nor a whole one"
    if not clean.dead.startswith(got.dead) and not ran_short(scenario, got.dead):
        yield "the dead letters are neither whole nor a beginning"
    for part in got.parts:
        if not scenario.resumes and part not in got.err and "out of memory" not in got.err:
            yield f"leaves {part}"
    # Without all of its input it is another run, which has failed whatever follows.
    if got.resumed and got.status != clean.status and "cannot be read" not in got.err:
        if (got.resumed.status, got.resumed.out, got.resumed.dead) != \
                (clean.status, clean.out, clean.dead):
            yield f"resumed, it ends with {got.resumed.status}, or makes something else"


def try_fault(runner, scenario, function, number, error):
    plus = "+" if error.startswith("+") else ""
    got = runner.run(scenario, SAFI_FAULT=f"{function}:{number}{plus}:{error.lstrip('+')}")
    problems = "; ".join(complaints(scenario, function, error, got))
    resumed = f"resumed:\n{got.resumed.err}" if got.resumed else ""
    return problems and f"{function}:{number}:{error}: {problems}\n{got.err}{resumed}"


def numbers(count, every):
    """The first, the last and others between; all of them if need be."""
    if every or count <= SAMPLE:
        return range(1, count + 1)
    return sorted({1 + at * (count - 1) // (SAMPLE - 1) for at in range(SAMPLE)})


def try_function(runner, pool, scenario, function, every):
    jobs = [pool.submit(try_fault, runner, scenario, function, number, error)
            for error in ERRORS[function]
            for number in numbers(scenario.counts[function],
                                  every and not error.startswith("+"))]
    return [problem for problem in (job.result() for job in jobs) if problem]


def try_scenario(runner, pool, tap, scenario, every):
    runner.run_clean(scenario)
    for function in ERRORS:
        sentence = f"{scenario.name}: {function} fails, and nothing is lost silently"
        if not scenario.counts[function]:
            tap.skip(sentence, "it is not called")
            continue
        found = try_function(runner, pool, scenario, function, every)
        shown = found[:10] + ([f"... and {len(found) - 10} more"] if len(found) > 10 else [])
        tap.result(sentence, "\n".join(shown))


# --- a full disk ---------------------------------------------------------------------------------

FULL = {
    "the output": "safi pipe 'jsonl | jsonl' in.jsonl -o /dev/full --dead dead",
    "stdout": "safi pipe 'jsonl | jsonl' in.jsonl --dead dead > /dev/full",
    "the dead letters": "safi pipe 'jsonl | jsonl' in.jsonl -o out --dead /dev/full",
    "the accounts": "safi pipe 'jsonl | jsonl' in.jsonl -o out --dead dead --stats /dev/full",
    "stdout, little": "echo '{}' | safi pipe 'jsonl | jsonl' > /dev/full",
}


def try_full(runner, script):
    with tempfile.TemporaryDirectory(dir=runner.folder) as folder:
        with open(os.path.join(folder, "in.jsonl"), "w", encoding="utf-8") as file:
            file.write('{"id":1}\n{"id":\n' * 1000)
        done = subprocess.run(["sh", "-c", script], cwd=folder, env=runner.env, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT)
        err = done.stderr.decode()
        if done.returncode != FAILED or "No space left on device" not in err:
            return f"status {done.returncode}\n{err}"
    return ""


# --- little memory -------------------------------------------------------------------------------

JOBS = (1, 4)
LIMITS = range(12, 61, 2)  # MiB of address space; all records together need more


def try_limit(runner, folder, jobs, limit):
    def set_limit():
        no_core()
        resource.setrlimit(resource.RLIMIT_AS, (limit << 20, limit << 20))

    done = subprocess.run([runner.program, "pipe", "jsonl | normalize | sort by=id | jsonl", "-j",
                           str(jobs), "in.jsonl", "-o", f"out-{limit}", "--dead", "/dev/null"],
                          cwd=folder, env=runner.env, stdin=subprocess.DEVNULL,
                          capture_output=True, preexec_fn=set_limit, timeout=TIME_LIMIT,
                          check=False)
    err = done.stderr.decode(errors="replace")
    if done.returncode == DEAD and "-memory: " in err:
        return ""
    if done.returncode in (FAILED, CONFIG) and "error: " in err:
        return ""
    return f"with {limit} MiB: status {done.returncode}\n{err}"


def try_little_memory(runner, jobs):
    """A record more than there is room for is a dead letter, or the run ends and says why."""
    with tempfile.TemporaryDirectory(dir=runner.folder) as folder:
        with open(os.path.join(folder, "in.jsonl"), "w", encoding="utf-8") as file:
            for number in range(2500):
                file.write(f'{{"id":{number},"text":"{"word " * 2000}"}}\n')
        return "\n".join(filter(None, (try_limit(runner, folder, jobs, limit)
                                       for limit in LIMITS)))


# --- all of it -----------------------------------------------------------------------------------

def show_only(runner, known, words):
    name, fault = words.split(":", 1)
    scenario = next(scenario for scenario in known if scenario.name == name)
    runner.run_clean(scenario)
    function, number, error = fault.split(":")
    hit = os.path.join(runner.folder, "hit")
    got = runner.run(scenario, SAFI_FAULT=fault, SAFI_FAULT_HIT=hit)
    print(f"status {got.status}, {scenario.counts[function]} calls", got.err,
          "\n".join(complaints(scenario, function, error, got)), sep="\n")
    print((read(runner.folder, "hit") or b"never called\n").decode(), end="")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", metavar="SCENARIO:FUNCTION:N:ERROR")
    args = parser.parse_args()
    if "SAFI_TEST_WRAP" in os.environ:
        print("1..0 # SKIP the faults would be those of the wrapper")
        return 0
    with tempfile.TemporaryDirectory(prefix="safi-faults.") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runner = Runner(os.path.abspath(args.build), folder)
        known = scenarios()
        if args.only:
            show_only(runner, known, args.only)
            return 0
        tap = Tap(len(known) * len(ERRORS) + len(FULL) + len(JOBS))
        for scenario in known:
            try_scenario(runner, pool, tap, scenario, args.long)
        for what, script in FULL.items():
            tap.result(f"{what} on a full disk is told, and the run has failed",
                       try_full(runner, script))
        for jobs in JOBS:
            sentence = f"-j {jobs} with too little memory is told, whatever the amount"
            if runner.sanitized:
                tap.skip(sentence, "a sanitizer takes all the address space there is")
            else:
                tap.result(sentence, try_little_memory(runner, jobs))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
