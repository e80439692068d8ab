"""What the whole-program tests share: the environment safi runs in, TAP, differences.

The environment is the build's own: its safi is first on PATH, its plugins and this checkout's
pipelines are found, and nothing of the person who runs the tests is (home, locale, time zone).
"""
import difflib
import glob
import os
import re
import signal
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TIME_LIMIT = 60 * int(os.environ.get("SAFI_TEST_SLOWER", "1"))  # seconds for one command


def environment(build, home):
    """The environment for commands that use the safi in `build`; `home` is a folder to spoil.

    SAFI_TEST_WRAP names a folder with another safi, which runs SAFI_TEST_PROGRAM in its own way.
    """
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("SAFI_", "XDG_", "LC_")) and name not in ("LANG", "NO_COLOR")}
    env.update(PATH=os.path.join(build, "core") + os.pathsep + env["PATH"],
               LC_ALL="C.UTF-8", TZ="UTC", HOME=home,
               XDG_CACHE_HOME=os.path.join(build, "tests", "cache"),
               SAFI_PLUGIN_PATH=os.path.join(build, "plugins"),
               SAFI_PIPELINE_PATH=os.path.join(TOP, "pipelines"))
    if wrap := os.environ.get("SAFI_TEST_WRAP"):
        env.update(PATH=wrap + os.pathsep + env["PATH"],
                   SAFI_TEST_PROGRAM=os.path.join(build, "core", "safi"))
    return env


def preload(build, library):
    """What LD_PRELOAD must be for a library of the build: a sanitizer wants to come first."""
    used = subprocess.run(["ldd", os.path.join(build, "core", "safi")], capture_output=True,
                          text=True, check=True).stdout
    return ":".join(re.findall(r"=> (\S*/lib[at]san\S*)", used) +
                    [os.path.join(build, "tests", library)])


def run_shell(script, cwd, env, stdin=None):
    """Runs a script with bash, which stops at the first command or pipe that fails.

    Returns stdout, stderr and the status as a shell tells it: 128 + n for signal n.
    """
    process = subprocess.Popen(["bash", "--norc", "-eu", "-o", "pipefail", "-c", script], cwd=cwd,
                               env=env, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = process.communicate(timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        err += f"stopped after {TIME_LIMIT} seconds\n".encode()
    status = process.returncode
    return out, err, status if status >= 0 else 128 - status


def difference(wanted, got, name):
    """A unified diff of two byte strings, as text; empty if they are equal."""
    if wanted == got:
        return ""
    lines = [text.decode(errors="backslashreplace").splitlines() for text in (wanted, got)]
    diff = "\n".join(difflib.unified_diff(*lines, f"{name}, wanted", f"{name}, got", lineterm=""))
    return diff or f"{name}: only line endings differ"


def sample_pages():
    """The texts of seeds/, by file name."""
    pages = {}
    for path in sorted(glob.glob(os.path.join(TOP, "seeds", "*.txt"))):
        with open(path, encoding="utf-8", newline="") as file:
            pages[os.path.basename(path)] = file.read()
    return pages


class Tap:
    def __init__(self, planned):
        self.seen = self.failed = 0
        print(f"1..{planned}", flush=True)

    def result(self, sentence, problem=""):
        """One test: good unless there is a problem, which may be many lines."""
        self.seen += 1
        self.failed += bool(problem)
        print(f"{'not ' if problem else ''}ok {self.seen} - {sentence}")
        for line in problem.splitlines():
            print(f"# {line}")

    def skip(self, sentence, reason):
        self.seen += 1
        print(f"ok {self.seen} - {sentence} # SKIP {reason}")

    def status(self):
        return 1 if self.failed else 0
