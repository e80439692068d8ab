#!/usr/bin/env python3
"""The jsonl reader and writer together, as a person meets them.  Prints TAP.

    test-jsonl.py [--build DIR]

The stage `edit` (edit.c) changes records between the two.
"""
import argparse
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "tests"))
from harness import TIME_LIMIT, TOP, Tap, difference, environment  # noqa: E402

SHARED = os.environ.get("SAFI_SHARED", os.path.join(TOP, "..", "shared"))

tests = []


def test(function):
    """Its first line of documentation is the sentence; it returns what is wrong."""
    tests.append(function)
    return function


class Skip(Exception):
    pass


class Result:
    def __init__(self, process, letters):
        self.out, self.err = process.stdout, process.stderr.decode()
        self.status = process.returncode
        self.letters = letters

    def codes(self):
        return [letter["code"] for letter in self.letters]


def run(words, given, arguments=()):
    """Runs `safi pipe WORDS`, or with `arguments` another command, on the bytes given."""
    with tempfile.TemporaryDirectory(prefix="safi-jsonl.") as home:
        dead = os.path.join(home, "dead")
        process = subprocess.run(["safi", *(arguments or ("pipe", words)), "--dead", dead],
                                 input=given, capture_output=True, timeout=TIME_LIMIT, cwd=home,
                                 env=dict(ENV, HOME=home))
        letters = []
        if os.path.exists(dead):
            with open(dead, encoding="utf-8") as file:
                letters = [json.loads(line) for line in file]
        return Result(process, letters)


def expect(result, out, status=0):
    problem = difference(out, result.out, "stdout")
    if result.status != status:
        problem += f"\nexit status {result.status}, not {status}\n{result.err}"
    return problem


def same(given):
    return expect(run("jsonl | jsonl", given), given)


def gives(given, edits, options, wanted):
    """What the writer makes of an edited line."""
    edit = f"| edit {edits} " if edits else ""
    return expect(run(f"jsonl {edit}| jsonl {options}", given.encode() + b"\n"),
                  wanted.encode() + b"\n")


def shared(*names):
    path = os.path.join(SHARED, *names)
    if not os.path.exists(path):
        raise Skip("the shared data are not there")
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


# --- what comes in goes out ---------------------------------------------------------------------

@test
def every_spelling():
    """Every valid spelling goes out as it came in"""
    return same("\n".join([
        '{}', '{ }', '\t{ \t} ', '{"a":1}', ' { "a" : 1 , "b" : [ 1 , { "c" : null } ] } ',
        '{"a":1,"a":2,"b":3,"a":4}', '{"text":"x","text":"y"}', '{"":""}', '{"":{"":{}}}',
        '{"n":[12345678901234567890,1.10,1e3,1E+3,-0,-0.0,0.1e-7,1e999,123456789.123456789123456]}',
        '{"\\u0061":1,"a":2,"\\"":3,"\\\\":4}', '{"a\\/b":"\\/"}',
        '{"text":"\\u0634\\n\\ud83d\\ude00 \\u0000 \\t"}', '{"text":"شمس 😀"}',
        '{"text":null}', '{"text":""}', '{"text": "\\\\"}', '{"t":true,"f":false,"n":null}',
        '{"text":"\u2028\u0085"}',
        json.dumps({"id": "x", "text": "a\nb", "l": [1, 2]}), '{"a":"\\\\\\"","b":"},{"}',
    ]).encode() + b"\n")


@test
def carriage_returns():
    """The lines of a CR LF file keep their CR"""
    return same(b'{"a":1}\r\n{"text":"x"} \r\n{}\r\n')


@test
def last_feed():
    """A last line without a line feed gains one"""
    return expect(run("jsonl | jsonl", b'{"a":1}\n{"b":2}'), b'{"a":1}\n{"b":2}\n')


@test
def blank_lines():
    """Blank lines and a byte order mark at the front are no records and leave nothing"""
    given = b'\xef\xbb\xbf{"a":1}\n\n \t\r\n{"b":2}\n\n'
    return expect(run("jsonl | jsonl", given), b'{"a":1}\n{"b":2}\n')


@test
def other_text_member():
    """Whichever member holds the text, nothing is added to a record that nothing changed"""
    given = b'{"body":"x\\n","text":[1]}\n{"body":""}\n{"body":null}\n{"text":"only"}\n'
    return expect(run("jsonl text=body | jsonl", given), given)


@test
def own_output():
    """What safi wrote of the sample pages, with notes and views, passes through unchanged"""
    seeds = sorted(glob.glob(os.path.join(TOP, "seeds", "*.txt")))
    words = "text | normalize | strip-boilerplate | jsonl views=true"
    first = run("", b"", ("pipe", words, *seeds))
    if first.status != 0 or first.out.count(b"\n") != len(seeds):
        return f"not {len(seeds)} records\n{first.err}"
    return same(first.out)


@test
def naughty_strings():
    """The Big List of Naughty Strings passes as values and names, raw and escaped"""
    strings = read(shared("oracles", "strings", "blns.txt")).decode().split("\n")
    lines = [json.dumps({"s": string, string: string, "text": string}, ensure_ascii=ascii)
             for string in strings for ascii in (False, True)]
    return same("\n".join(lines).encode() + b"\n")


# --- what is not JSON ---------------------------------------------------------------------------

def suite_lines(first):
    """The files of JSONTestSuite whose name begins so, each as a member; those in one line."""
    folder = shared("oracles", "json", "test_parsing")
    files = {name: read(os.path.join(folder, name)) for name in sorted(os.listdir(folder))
             if name.startswith(first)}
    return [b'{"m":' + text + b"}" for text in files.values() if b"\n" not in text]


@test
def suite_accepts():
    """JSONTestSuite: every y_ passes through unchanged"""
    return same(b"\n".join(suite_lines("y_")) + b"\n")


@test
def suite_refuses():
    """JSONTestSuite: every n_ is a dead letter"""
    lines = suite_lines("n_")
    result = run("jsonl | jsonl", b"\n".join(lines) + b"\n")
    raw = [letter["raw"].encode() for letter in result.letters if "raw" in letter]
    taken = [line for line in lines if line in result.out.split(b"\n")]
    if len(result.letters) != len(lines):
        return f"{len(result.letters)} dead letters of {len(lines)}\n{taken}"
    missing = [line for line in raw if line not in lines]
    if missing:
        return f"a dead letter is not a line of the input: {missing}"
    return expect(result, b"", 2)


@test
def suite_leaves_open():
    """JSONTestSuite: each i_ passes through unchanged or is a dead letter"""
    lines = suite_lines("i_")
    result = run("jsonl | jsonl", b"\n".join(lines) + b"\n")
    passed = result.out.split(b"\n")[:-1]
    if [line for line in lines if line in passed] != passed:
        return "something else came out"
    return "" if len(passed) + len(result.letters) == len(lines) else f"lost\n{result.err}"


BAD = [
    # a line; the code; where in it
    (b'{"a":1,}', "not-json", 7), (b'{"a" 1}', "not-json", 5), (b'{"a":1 "b":2}', "not-json", 7),
    (b'{"a":[1,]}', "not-json", 8), (b'{"a":01}', "not-json", 5), (b'{"a":1', "not-json", 6),
    (b'{"a":nul}', "not-json", 5), (b'{"a":"\\x"}', "not-json", 5), (b'{"a":1}}', "not-json", 7),
    (b'{"a":"\\ud800"}', "not-json", 5), (b'{"\\udc00":1}', "not-json", 1),
    (b'{"a":"\t"}', "not-json", 6), (b'{"a":"x}', "not-json", 5), (b'nonsense', "not-json", 0),
    (b'{"a":1} {"b":2}', "not-json", 8),
    (b'{"a":"b" "c":1}', "not-json", 9), (b'{"a":[1 2]}', "not-json", 8),
    (b'{"a":[{"b":1]}', "not-json", 12), (b'{"a":{"b":1}', "not-json", 12),
    (b'{"a","b"}', "not-json", 4), (b'{,}', "not-json", 1), (b'{a:1}', "not-json", 1),
    (b"{'a':1}", "not-json", 1),
    (b'{"a":' + b"[" * 1025 + b"]" * 1025 + b"}", "not-json", 1028),
    (b'{"a":"\xff"}', "not-utf-8", 6), (b'{"a":"\xed\xa0\x80"}', "not-utf-8", 6),
    (b'[1]', "not-an-object", 0), (b' "x"', "not-an-object", 1), (b'12', "not-an-object", 0),
]


@test
def bad_lines():
    """A bad line is a dead letter that says where, and the run goes on"""
    good = b'{"good":true}\n'
    given = good + b"".join(line + b"\n" + good for line, _, _ in BAD)
    result = run("jsonl | jsonl", given)
    problems = [expect(result, good * (len(BAD) + 1), 2)]
    begin = len(good)
    for (line, code, at), letter in zip(BAD, result.letters):
        if letter["code"] != code or not letter["message"].startswith(f"at byte {begin + at}: "):
            problems.append(f"{line[:40]}: {letter['code']}: {letter['message']}, not {code} at "
                            f"{begin + at}, which is {at} in the line")
        if letter["origin"]["begin"] != begin or letter["origin"]["end"] != begin + len(line):
            problems.append(f"{line}: its place is told as {letter['origin']}")
        begin += len(line) + 1 + len(good)
    return "\n".join(filter(None, problems))


NO_LINES = [
    # an input; its code
    (b"\xfd7zXZ\0junk\nmore\n", "looks-like-binary"),
    (b"<!DOCTYPE html>\n<html>\n</html>\n", "looks-like-html"),
    (b"\n\n <?xml version='1.0'?>\n<a>\n", "looks-like-html"),
    ('{"a":1}\n{"a":2}\n'.encode("utf-16"), "not-utf-8"),
    ('{"a":1}\n{"a":2}\n'.encode("utf-16-be"), "not-utf-8"),
    ('\n{"a":"text"}\n{"a":2}\n'.encode("utf-16-le"), "not-utf-8"),
    ('{"a":1}\n'.encode("utf-32"), "not-utf-8"),
    (b'[\n{"a":1},\n{"a":2}\n]\n', "not-json-lines"), (b'\n[{"a":1},\n{"a":2}]\n', "not-json-lines"),
    (b"[" + b"1," * 5000000 + b"1]", "not-json-lines"),
    (b'{\n  "a": 1\n}\n{\n  "a": 2\n}\n', "not-json-lines"),
    (b'\xef\xbb\xbf{\r\n  "a": 1\r\n}\r\n', "not-json-lines"),
]


@test
def no_lines():
    """An input that is no JSON Lines is one dead letter, and the next input is read"""
    problems = []
    for given, code in NO_LINES:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("1.jsonl", given), ("2.jsonl", b'{"good":true}\n')):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(content)
            result = run("", b"", ("pipe", "jsonl | jsonl", folder))
        problem = expect(result, b'{"good":true}\n', 2)
        if problem or result.codes() != [code]:
            problems.append(f"{given[:40]}: {result.codes()}, not {code} once{problem}")
    return "\n".join(problems)


@test
def text_that_is_no_string():
    """A text that is no string passes as it is, but where a person named its member it fails"""
    given = b'{"text":12}\n{"text": {}}\n{"text":null}\n'
    problems = [expect(run("jsonl | normalize | jsonl", given), given, 0)]
    result = run("jsonl text=text | jsonl", given)
    problems.append(expect(result, b'{"text":null}\n', 2))
    told = [(letter["code"], letter["message"].split(":")[0]) for letter in result.letters]
    if told != [("text-not-a-string", "at byte 8"), ("text-not-a-string", "at byte 21")]:
        problems.append(f"told as {told}")
    return "\n".join(filter(None, problems))


@test
def broken_lines():
    """However a line is cut or spoilt, it passes unchanged or is a dead letter"""
    chance = random.Random(20250101)
    seeds = [b'{"a":[1,{"b":null}],"text":"x\\u0634\\n"}', b' {"k" : -1.5e+3 , "k":true}',
             b'{"":{},"\\ud83d\\ude00":"\\\\"}', '{"text":"شمس"}'.encode()]
    lines = []
    for _ in range(20000):
        line = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(line))
            line[at:at + chance.randint(0, 2)] = [chance.choice(b'{}[]:,"\\u019.e- \t\xd8')]
        lines.append(bytes(line))
    result = run("jsonl | jsonl", b"\n".join(lines) + b"\n")
    passed = iter(result.out.split(b"\n")[:-1])
    wanted = [line for line in lines if is_good(line)]
    return "" if list(passed) == wanted else "other lines passed than Python's json takes"


def is_good(line):
    def refuse(name):
        raise ValueError(name)
    try:
        value = json.loads(line.decode(), parse_constant=refuse, parse_int=str, parse_float=str)
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return False
    return isinstance(value, dict) and isinstance(value.get("text", ""), (str, type(None)))


@test
def million_members():
    """A million members, all different or all of one name, take linear time"""
    lines = [b"{" + b",".join(b'"%d":%d' % (i, i) for i in range(1000000)) + b"}",
             b"{" + b",".join(b'"a":%d' % i for i in range(1000000)) + b"}",
             b'{"text":"' + b"\\u0634\\n" * 1000000 + b'"}',
             b'{"a":"' + b'\\\\\\"' * 1000000 + b'"}']
    pipeline = b"safi: 1\nread: jsonl\nwrite: jsonl\nlimits: {record: 64MiB}\n"
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(pipeline)
        file.flush()
        given = b"\n".join(lines) + b"\n"
        result = run("", given, ("run", file.name))
    return "" if result.out == given else f"not the same\n{result.err}"


# --- what changed -------------------------------------------------------------------------------

LINE = '{"a": 1, "text": "one \\u0634two", "z":[1, 2] } '


@test
def changed_text():
    """A changed text is written in its place; the rest keeps its bytes"""
    return gives(LINE, "change=0-3-2", "", LINE.replace('one \\u0634', '**\x20ش'))


@test
def changed_back():
    """A text that was changed and is as before keeps its spelling"""
    return gives('{"text":"**\\u0634"}', "change=0-2-2", "", '{"text":"**\\u0634"}')


@test
def changed_body():
    """The text goes back to the member that it came from"""
    given = b'{"body":"one","text":"other"}\n'
    return expect(run("jsonl text=body | edit change=0-1-1 | jsonl", given),
                  b'{"body":"*ne","text":"other"}\n')


@test
def replaced_fields():
    """A replaced value is written in its place, a new field behind the last"""
    return gives(LINE, "put=z={},q=0,a=[]", "",
                 '{"a": [], "text": "one \\u0634two", "z":{} ,"q":0} ')


@test
def erased_fields():
    """An erased member leaves no trace"""
    return (gives(LINE, "erase=a", "", '{ "text": "one \\u0634two", "z":[1, 2] } ') +
            gives(LINE, "erase=z", "", '{"a": 1, "text": "one \\u0634two"} ') +
            gives('{"a":1,"b":2,"c":3}', "erase=b", "", '{"a":1,"c":3}') +
            gives('{"a":1}', "erase=a", "", '{}'))


@test
def only_member():
    """An object whose only member was replaced or erased still is the one that came in"""
    return (gives('{ "a" : 1 } ', "put=a=22", "", '{ "a" : 22 } ') +
            gives(' { "a" : 1 } ', "erase=a", "", ' {} ') +
            gives('{"a": 1}', "erase=a put=b=2", "", '{"b":2}') +
            gives('{ "text" : "x" }', "put=text=7", "", '{ "text" : 7 }'))


@test
def page_like_object():
    """A page that looks like an object is a page, also where a field has its member's name"""
    problems = []
    for page, extra in (("{}", ""), ('{"a":1}', "put=a=2"), (' { "text" : "x" }', "")):
        edit = f"| edit {extra} " if extra else ""
        result = run(f"text {edit}| jsonl", page.encode())
        record = json.loads(result.out)
        wanted = {"name": "stdin", "begin": 0, "end": len(page)}
        if record.get("origin") != wanted or record.get("text") != page:
            problems.append(f"{page} became {result.out}")
    return "\n".join(problems)


@test
def replaced_text():
    """A value put in place of the text's member is written there, and the text nowhere"""
    given = b'{ "body" : "one" , "b":1}\n'
    return (gives(LINE, "put=text=7", "", LINE.replace('"one \\u0634two"', "7")) +
            gives(LINE, "change=0-3-2 put=text=7", "", LINE.replace('"one \\u0634two"', "7")) +
            gives('{"text":"","b":1}', "put=text=7", "", '{"text":7,"b":1}') +
            gives('{"text":"x","text":"y"}', "put=text=7", "", '{"text":"x","text":7}') +
            gives('{"text":"x","b":1}', "erase=text", "", '{"b":1,"text":"x"}') +
            expect(run("jsonl text=body | edit put=body=7 | jsonl", given),
                   b'{ "body" : 7 , "b":1}\n') +
            expect(run("jsonl text=body | edit erase=body | edit put=body=7 | jsonl", given),
                   b'{ "b":1,"body":7}\n'))


@test
def repeated_fields():
    """Of a repeated name the last is replaced and erased, the others stay"""
    return (gives('{"a":1,"b":2,"a":3,"c":4}', "put=a=0", "", '{"a":1,"b":2,"a":0,"c":4}') +
            gives('{"a":1,"b":2,"a":3,"c":4}', "erase=a", "", '{"a":1,"b":2,"c":4}'))


@test
def escaped_names():
    """A replaced value keeps the spelling of its name"""
    return gives('{"\\u0061" : 1,"b":2}', "put=a=0", "", '{"\\u0061" : 0,"b":2}')


@test
def json_in_lines():
    """JSON that was put with line feeds in it is written in one line"""
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(b'safi: 1\nread: jsonl\nwrite: jsonl\n'
                   b'stages:\n  - edit: {put: ["q=[1,\\n\\n2]\\n"]}\n')
        file.flush()
        return expect(run("", b"{}\n", ("run", file.name)), b'{"q":[1,  2] }\n')


@test
def new_order():
    """New members come as id, origin, fields, text, notes"""
    result = run("text | edit put=b=1,id=2,a=3 note=word-0-1,entity-0-3,line-0-3 | jsonl", b"one")
    return expect(result, b'{"id":2,"origin":{"name":"stdin","begin":0,"end":3},"b":1,"a":3,'
                  b'"text":"one","words":[{"span":[0,1],"source":[0,1]}],'
                  b'"entities":[{"text":"one","span":[0,3],"source":[0,3]}],'
                  b'"lines":[{"span":[0,3],"source":[0,3]}]}\n')


# --- notes --------------------------------------------------------------------------------------

@test
def note_places():
    """A note tells its features, its place in the text and in the bytes that came in"""
    return gives(LINE, "note=date-0-3-value=7,date-4-6", "fields=text",
                 '{ "text": "one \\u0634two","dates":['
                 '{"text":"one","value":7,"span":[0,3],"source":[18,21]},'
                 '{"text":"ش","span":[4,6],"source":[22,28]}]} ')


@test
def note_within():
    """Where a source gives more than a note's text, `within` says which part is it"""
    return gives('{"text":"one two"}', "change=0-3-5 late=date-1-3", "origin=never",
                 '{"text":"***** two","dates":[{"text":"**","span":[1,3],"source":[9,12],'
                 '"within":[1,3]}]}')


@test
def note_gone():
    """A note of which the written text has nothing left has no span"""
    return gives('{"text":"one two"}', "note=date-0-3,date-4-7 change=0-4-0", "origin=never",
                 '{"text":"two","dates":[{"text":"one","source":[9,12]},'
                 '{"text":"two","span":[0,3],"source":[13,16]}]}')


@test
def note_options():
    """Options pick the types of notes, drop their places, count in code points"""
    edits = "note=date-0-4,line-2-6,place-0-2"
    given = '{"text":"شمس"}'
    return (gives(given, edits, "notes=date spans=false",
                  given[:-1] + ',"dates":[{"text":"شم"}]}') +
            gives(given, edits, "notes=", given) +
            gives(given, edits, "notes=line units=codepoints origin=never",
                  given[:-1] + ',"lines":[{"span":[1,3],"source":[11,15]}]}'))


@test
def plurals():
    """The arrays have English plurals"""
    types = {"entity": "entities", "day": "days", "match": "matches", "class": "classes", "y": "ys",
             "box": "boxes", "quote": "quotes"}
    edits = "note=" + ",".join(f"{name}-0-1" for name in types)
    wanted = "".join(f',"{name}":[{{"text":"x"}}]' for name in types.values())
    return gives('{"text":"x"}', edits, "spans=false", '{"text":"x"' + wanted + "}")


@test
def provenance():
    """From outside: the recorded changes, replayed over the line, give the text"""
    given = LINE.encode() + b"\n"
    result = run("jsonl | edit change=4-2-1,0-1-0 | jsonl views=true", given)
    text = given[:-1]
    views = json.loads(result.out)["views"]
    for view in views:
        made, at = b"", 0
        wanted = view["text"].encode()
        for begin, taken, put in view["changes"]:
            made += text[at:begin]
            made += wanted[len(made):len(made) + put]
            at = begin + taken
        text = made + text[at:]
        if text != wanted:
            return f"{text}\nis not\n{wanted}"
    return "" if len(views) == 3 else f"{len(views)} views, not 3"


# --- names --------------------------------------------------------------------------------------

TAKEN = '{"text":"x","origin":"o","dates":0}'


@test
def taken_names():
    """A member with a name that safi writes makes the record fail, and it says so"""
    result = run("jsonl | edit note=date-0-1 | jsonl", TAKEN.encode())
    if result.codes() != ["name-taken"] or "'dates'" not in result.letters[0]["message"]:
        return f"{result.letters}"
    return expect(result, b"", 2)


@test
def replaced_names():
    """With `collision: replace` safi's members take the places of those of their names"""
    return gives(TAKEN, "note=date-0-1", "collision=replace",
                 '{"text":"x","origin":{"name":"stdin","begin":0,"end":35},'
                 '"dates":[{"text":"x","span":[0,1],"source":[9,10]}]}')


@test
def under():
    """With `under` all that did not come in goes into one object"""
    wanted = TAKEN[:-1] + (',"safi":{"origin":{"name":"stdin","begin":0,"end":35},"q":1,'
                           '"dates":[{"text":"x","span":[0,1],"source":[9,10]}]}}')
    return (gives(TAKEN, "put=q=1 note=date-0-1", "under=safi", wanted) or
            same(wanted.encode() + b"\n"))


@test
def feature_names():
    """A feature may not have a name of an item's own"""
    result = run("jsonl | edit note=date-0-1-span=1 | jsonl", b'{"text":"x"}\n')
    if result.codes() != ["name-taken"]:
        return f"{result.letters}"
    return expect(result, b"", 2)


@test
def picked_fields():
    """`fields` picks members, those that came in and those that did not"""
    return (gives(LINE, "put=q=1", "fields=z,q", '{ "z":[1, 2] ,"q":1} ') +
            gives('{"a":1,"text":"x"}', "", "fields=nothing origin=always", "{}") +
            gives('{"a":1}', "", "fields=a,origin origin=always",
                  '{"a":1,"origin":{"name":"stdin","begin":0,"end":7}}'))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    global ENV
    ENV = environment(os.path.abspath(parser.parse_args().build), "/nonexistent")
    ENV["SAFI_PLUGIN_PATH"] += os.pathsep + os.path.join(ENV["SAFI_PLUGIN_PATH"], "jsonl", "tests")
    tap = Tap(len(tests))
    for function in tests:
        sentence = function.__doc__.split("\n")[0]
        try:
            tap.result(sentence, function())
        except Skip as reason:
            tap.skip(sentence, reason)
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
