#!/usr/bin/env python3
"""Lines as pages, in whichever encoding they are.  Prints TAP.

    test-lines.py [--build DIR]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "tests"))
from harness import TOP, Tap, environment  # noqa: E402

ARABIC = "قال الرئيس في مؤتمر صحفي إن بلاده لن تتراجع عن موقفها"
TIME_LIMIT = 60  # seconds; a line that is kept back never comes
LINES = "text per=line | jsonl fields=id,text"

tests = []


def test(function):
    """Its first line of documentation is the sentence; it returns what is wrong."""
    tests.append(function)
    return function


class Result:
    def __init__(self, process, letters):
        self.status, self.err = process.returncode, process.stderr.decode()
        self.records = [json.loads(line) for line in process.stdout.splitlines()]
        self.texts = [record["text"] for record in self.records]
        self.ids = [record.get("id") for record in self.records]
        self.letters = letters
        self.codes = [letter["code"] for letter in letters]


def run(given, words=LINES, arguments=()):
    with tempfile.TemporaryDirectory(prefix="safi-lines.") as home:
        process = subprocess.run(["safi", *(arguments or ("pipe", words)), "--dead", "dead"],
                                 input=given, capture_output=True, timeout=TIME_LIMIT, cwd=home,
                                 env=dict(ENV, HOME=home))
        letters = []
        if os.path.exists(os.path.join(home, "dead")):
            with open(os.path.join(home, "dead"), encoding="utf-8") as file:
                letters = [json.loads(line) for line in file]
        return Result(process, letters)


def expect(got, wanted):
    return "" if got == wanted else f"{got!r}\nis not\n{wanted!r}"


@test
def wide_ends():
    """In UTF-16 and UTF-32 blank lines are none, a CR before an LF and a last LF belong to the end"""
    given = "\r\n\n \u00a0\none\r\ntwo \u0a0a\u060a\n\n\rthree\u2028"
    problems = []
    for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        for last in ("", "\n"):
            got = run(b"".join(part.encode(codec) for part in ("\ufeff", given, last))).texts
            problems.append(expect(got, ["one", "two \u0a0a\u060a", "\rthree\u2028"]))
    return "\n".join(filter(None, problems))


@test
def offsets():
    """A line's name is its offset in the file's own bytes"""
    return (expect(run("one\n\ntwo".encode("utf-16")).ids, ["stdin:0", "stdin:12"]) or
            expect(run((ARABIC + "\nلن\n").encode("cp1256")).ids,
                   ["stdin:0", f"stdin:{len(ARABIC) + 1}"]))


@test
def marks():
    """A byte order mark is one only at the start of a file"""
    return (expect(run("\ufeffone\n\ufefftwo\n".encode()).texts, ["one", "\ufefftwo"]) or
            expect(run("\ufeffone\n\ufefftwo\n".encode("utf-16-le")).texts, ["one", "\ufefftwo"]))


@test
def late_evidence():
    """The encoding is found by the first line that is not ASCII, however far in it stands"""
    given = ("ASCII\n" * 50000 + f"لن\n{ARABIC}\nلن\n").encode("cp1256")
    return expect(run(given).texts[-3:], ["لن", ARABIC, "لن"])


@test
def once():
    """It is found once: a line that does not fit it is a dead letter, in UTF-8 as in others"""
    utf8 = run(f"{ARABIC}\n".encode() + f"{ARABIC}\n".encode("cp1256") + f"{ARABIC}\n".encode())
    return (expect(utf8.texts, [ARABIC, ARABIC]) or expect(utf8.codes, ["not-utf-8"]) or
            expect(run(f"{ARABIC}\n".encode("iso8859_6") + b"\xff\n").codes, ["not-decodable"]))


@test
def damaged():
    """A line of UTF-8 with an error does not make the file another encoding"""
    result = run(f"{ARABIC}".encode()[:-1] + f"\n{ARABIC}\nلن\n".encode())
    return expect(result.texts, [ARABIC, "لن"]) or expect(result.codes, ["not-utf-8"])


@test
def unknown():
    """Where the encoding cannot be told, lines of UTF-8 pass and the others are dead letters"""
    result = run(b"\x01\xe9\n" * 20 + "لن\nASCII\n".encode() + b"\xe9\n")
    return expect(result.texts, ["لن", "ASCII"]) or \
        expect(result.codes, ["encoding-unknown"] * 21)


@test
def joined():
    """A line of UTF-8 in a file of another encoding is not made garbage of"""
    given = f"{ARABIC}\n".encode("cp1256") + f"{ARABIC}\n".encode() + f"{ARABIC}\n".encode("cp1256")
    return expect(run(given).texts, [ARABIC] * 3)


@test
def named():
    """A named encoding is taken as said, and UTF-16 without an order by the mark or the text"""
    words = "text per=line encoding=%s | jsonl fields=text"
    given = f"a\n{ARABIC}\n"
    problems = [expect(run(given.encode("cp1256"), words % "windows-1256").texts, ["a", ARABIC]),
                expect(run(b"\xe9\n", words % "windows-1252").texts, ["é"]),
                expect(run("日本\n".encode("shift_jis"), words % "Shift_JIS").texts, ["日本"])]
    for codec in ("utf-16", "utf-16-le", "utf-16-be"):
        problems.append(expect(run(given.encode(codec), words % "UTF-16").texts, ["a", ARABIC]))
    return "\n".join(filter(None, problems))


@test
def too_long():
    """A line of UTF-16 that is too long is a dead letter, and the next one is read"""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write("safi: 1\nread: {text: {per: line}}\nwrite: jsonl\nlimits: {record: 65536}\n")
        file.flush()
        given = f"one\n{'a' * 40000}\nتوو\n{'b' * 30000}\n"
        for codec in ("utf-16-le", "utf-16-be"):
            result = run(given.encode(codec), arguments=("run", file.name))
            problem = expect(result.codes, ["record-too-long"]) or \
                expect(result.texts, ["one", "توو", "b" * 30000])
            if problem:
                return problem[:2000]
    return ""


@test
def refused():
    """A file that is none of lines is told once, and the next one is read"""
    with tempfile.TemporaryDirectory() as folder:
        contents = {"a.txt": b"one\n", "b.pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\nx\ny\n",
                    "c.html": b"\n<html>\n<p>x</p>\n", "d.txt": b"two\n"}
        for name, content in contents.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        result = run(b"", arguments=("pipe", LINES, folder))
    return expect(result.texts, ["one", "two"]) or \
        expect(result.codes, ["looks-like-binary", "looks-like-html"])


@test
def html_in_one_line():
    """A page of HTML that was put into one line is a dead letter like any other line"""
    result = run(b"<html><body>x</body></html>\none\n")
    return expect(result.texts, ["one"]) or expect(result.codes, ["looks-like-html"])


@test
def pipes():
    """A line that comes through a pipe is not kept until another one comes"""
    for line in ("a", "\nb", ARABIC):
        with tempfile.TemporaryDirectory() as home:
            process = subprocess.Popen(["safi", "pipe", LINES], stdin=subprocess.PIPE, cwd=home,
                                       stdout=subprocess.PIPE, env=dict(ENV, HOME=home))
            process.stdin.write(f"{line}\n".encode())
            process.stdin.flush()
            got = json.loads(process.stdout.readline())["text"]
            process.communicate(timeout=TIME_LIMIT)
        if got != line.strip():
            return f"{got} came for {line}"
    return ""


@test
def hostile():
    """What is made to take long does not"""
    for given in (b"\xff\xfe" + b"\x0a\x06" * 3_000_000, b"\xff\n" * 300_000,
                  b"\xff\xfe" + b"\x00\xd8\n\0" * 200_000, b"\xfe\xff" + b"\0\n" * 1_000_000):
        run(given)
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    global ENV
    ENV = environment(os.path.abspath(parser.parse_args().build), "/nonexistent")
    tap = Tap(len(tests))
    for function in tests:
        tap.result(function.__doc__.split("\n")[0], function())
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
