#!/usr/bin/env python3
"""What SELECT finds in a database that safi wrote, and what a failure leaves of it.  Prints TAP."""
import contextlib
import glob
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time

from run import SEEDS, TOP, main

PAGES = "text | normalize | strip-boilerplate"


def select(safi, sql, *values, name="out.db"):
    with contextlib.closing(sqlite3.connect(safi.path(name))) as database:
        return database.execute(sql, values).fetchall()


def columns(safi, table):
    return [row[0] for row in select(safi, "SELECT name FROM pragma_table_info(?)", table)]


def check_integrity(safi):
    assert select(safi, "PRAGMA integrity_check") == [("ok",)]
    assert select(safi, "PRAGMA foreign_key_check") == []
    left = [name for name in safi.files() if name.startswith("out.db")]
    assert left == ["out.db"], left


def to_sqlite(safi, chain, *words, **options):
    return safi.run("pipe", f"{chain}", *words, "-o", "out.db", **options)


def one(safi, record, options=""):
    """The database of one JSON record."""
    to_sqlite(safi, f"jsonl | sqlite {options}", safi.write("in.jsonl", record + "\n"))


# --- what is there -------------------------------------------------------------------------------

def pages(safi):
    """Every page of the seeds is found, with its text and all its notes, as jsonl tells them"""
    seeds = sorted(glob.glob(os.path.join(SEEDS, "*.txt")))
    wanted = safi.records("pipe", f"{PAGES} | jsonl bare=[]", *seeds)
    to_sqlite(safi, f"{PAGES} | sqlite", *seeds)
    got = select(safi, "SELECT id, text, origin_name, origin_begin, origin_end FROM record "
                 "ORDER BY seq")
    assert got == [(record["id"], record["text"], *record["origin"].values())
                   for record in wanted] and len(got) == len(seeds)
    lines = select(safi, "SELECT record, n, begin, end, source_begin, source_end, text, label, "
                   "keep FROM line ORDER BY record, n")
    expected = [(number, n, *line.get("span", [None, None]), *line["source"], line["text"],
                 line["label"], int(line["keep"]))
                for number, record in enumerate(wanted, 1)
                for n, line in enumerate(record["lines"], 1)]
    assert lines == expected and len(lines) > 100
    check_integrity(safi)


def spans(safi):
    """A note's span cuts its text out of the record's, its source out of the input"""
    seeds = sorted(glob.glob(os.path.join(SEEDS, "*.txt")))
    to_sqlite(safi, f"{PAGES} | sqlite", *seeds)
    rows = select(safi, "SELECT line.text, CAST(substr(CAST(record.text AS BLOB), begin + 1, "
                  "end - begin) AS TEXT) FROM line JOIN record ON record.seq = line.record "
                  "WHERE begin NOT NULL")
    assert rows and all(text == cut for text, cut in rows)
    rows = select(safi, "SELECT origin_name, origin_begin + source_begin, "
                  "origin_begin + source_end, line.text FROM line JOIN record ON seq = record")
    for name, begin, end, text in rows:
        with open(name, "rb") as file:
            raw = file.read()[begin:end].decode()
        # Repair joins and takes out some characters; what is left of both are the same words.
        assert text == raw or len(text.split()) == len(raw.split()), (text, raw)


def types(safi):
    """A value of every type is found as that type, in its column and as a row of field"""
    one(safi, '{"s":"a\\nق","i":-12,"r":1.10,"t":true,"f":false,"n":null,"o":{"x":[1]},'
        '"l":["a",1,null,{"y":2}],"e":[],"one":["a"],"big":12345678901234567890,"exp":1e3,'
        '"far":-1e400,"fars":[1,1e400]}')
    assert select(safi, "SELECT s, i, r, t, f, n, o, l, e, one, big, exp, far, fars "
                  "FROM record") == [
        ("a\nق", -12, 1.1, 1, 0, None, '{"x":[1]}', '["a",1,null,{"y":2}]', "[]", '["a"]',
         "12345678901234567890", 1000.0, "-1e400", "[1,1e400]")]
    assert select(safi, "SELECT name, i, type, value FROM field ORDER BY n, i") == [
        ("s", 1, "text", "a\nق"), ("i", 1, "int", -12), ("r", 1, "real", 1.1),
        ("t", 1, "bool", 1), ("f", 1, "bool", 0), ("n", 1, "null", None),
        ("o", 1, "json", '{"x":[1]}'), ("l", 1, "text", "a"), ("l", 2, "int", 1),
        ("l", 3, "null", None), ("l", 4, "json", '{"y":2}'), ("e", 1, "json", "[]"),
        ("one", 1, "text", "a"), ("big", 1, "int", "12345678901234567890"),
        ("exp", 1, "real", 1000.0), ("far", 1, "real", "-1e400"), ("fars", 1, "int", 1),
        ("fars", 2, "real", "1e400")]
    assert select(safi, "SELECT value FROM json_each((SELECT l FROM record)) WHERE type = 'text'") \
        == [("a",)]


def text_field(safi):
    """The member that the text was read from is the text, and stands there once"""
    one(safi, '{"id":"x","text":"a\\nb"}')
    assert select(safi, "SELECT id, text FROM record") == [("x", "a\nb")]
    assert select(safi, "SELECT name FROM field") == [("id",)]
    assert columns(safi, "record")[-1] == "text"


def repeated(safi):
    """Of a repeated name the last value is in the column, and all are rows"""
    one(safi, '{"a":1,"b":2,"a":3}')
    assert select(safi, "SELECT a, b FROM record") == [(3, 2)]
    assert select(safi, "SELECT n, name, value FROM field ORDER BY n") == \
        [(1, "a", 1), (2, "b", 2), (3, "a", 3)]


def hostile_names(safi):
    """Hostile names are quoted, told apart, and kept as they are in field"""
    names = ['a"b', "a'b", "a;DROP TABLE record;--", "seq", "SEQ", "rowid", "text ", "Id", "id", "",
             "\0", "a\0b", "a\ufffdb", "%w%s%n", "select", "\n", "[x]", "`x`", "ق", "_seq",
             "x" * 255, "y" * 256]
    one(safi, json.dumps({name: number for number, name in enumerate(names)}))
    assert select(safi, "SELECT name, value FROM field ORDER BY n") == \
        [(name, number) for number, name in enumerate(names)]
    titles = columns(safi, "record")
    assert len({title.lower() for title in titles}) == len(titles)
    row = dict(zip(titles, select(safi, "SELECT * FROM record")[0]))
    assert row["seq"] == 1 and row["_seq"] == 3 and row["__SEQ"] == 4 and row["_"] == 9, row
    found = [value for title, value in row.items()
             if title not in ("seq", "origin_name", "origin_begin", "origin_end", "text")]
    assert sorted(found) == list(range(len(names) - 1)), "one name is too long for a column"
    check_integrity(safi)


def many_fields(safi):
    """The data cannot add more columns than the option allows; all values are rows"""
    record = {f"name {number}": number for number in range(5000)}
    one(safi, json.dumps(record))
    assert len(columns(safi, "record")) == 6 + 100
    assert dict(select(safi, "SELECT name, value FROM field")) == record
    os.remove(safi.path("out.db"))
    one(safi, json.dumps(record), "columns=0")
    assert len(columns(safi, "record")) == 6
    os.remove(safi.path("out.db"))
    one(safi, json.dumps(record), "columns=1000")
    assert len(columns(safi, "record")) == 6 + 1000
    assert select(safi, 'SELECT "name 999" FROM record') == [(999,)]


def nul(safi):
    """A NUL within a text or a value is a character like others"""
    one(safi, '{"text":"a\\u0000b","v":"\\u0000"}')
    assert select(safi, "SELECT text, v FROM record") == [("a\0b", "\0")]


def odd_notes(safi):
    """A note on raw bytes is found, and one that cuts a character has its bytes"""
    to_sqlite(safi, "count count=3 text=ق | pick deeds=1:note,2:note-raw,3:note-cut | sqlite")
    assert select(safi, "SELECT record, begin, end, source_begin, source_end, text FROM pick") == [
        (1, 0, 2, 2, 4, "ق"), (2, None, None, 0, 1, "2"), (3, 0, 1, 2, 3, b"\xd9")]


def features(safi):
    """Features beyond the bound are a JSON object in `more`"""
    seeds = glob.glob(os.path.join(SEEDS, "*.txt"))
    to_sqlite(safi, f"{PAGES} | sqlite columns=1", *seeds)
    assert columns(safi, "line")[-2:] == ["more", "label"]
    rows = select(safi, "SELECT json_extract(more, '$.keep'), begin FROM line")
    assert rows and all(bool(keep) == (begin is not None) for keep, begin in rows)


def choice(safi):
    """Options choose fields, notes and the view"""
    seed = sorted(glob.glob(os.path.join(SEEDS, "*.txt")))[0]
    to_sqlite(safi, f"{PAGES} | pick deeds={os.path.basename(seed)[:-4]}:note | "
              "sqlite notes=pick view=page fields=[]", seed)
    tables = select(safi, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    assert tables == [("field",), ("pick",), ("record",)], tables
    assert select(safi, "SELECT id FROM record") == [(None,)]
    assert select(safi, "SELECT count(*) FROM field") == [(0,)]
    page = safi.records("pipe", f"{PAGES} | jsonl view=page", seed)[0]["text"]
    assert select(safi, "SELECT text FROM record") == [(page,)]


def any_jobs(safi):
    """The database is the same, byte for byte, for every number of jobs"""
    contents = set()
    for jobs in (1, 2, 8):
        to_sqlite(safi, "count count=500 fields=3 | pick deeds=7:note,9:emit | sqlite", "-j", jobs)
        with open(safi.path("out.db"), "rb") as file:
            contents.add(file.read())
    assert len(contents) == 1


def manual(safi):
    """Every SELECT of the manual runs"""
    with open(os.path.join(TOP, "plugins", "sqlite", "README.md"), encoding="utf-8") as file:
        queries = re.findall(r"```sql\n(.*?)```", file.read(), re.DOTALL)[0].split(";")
    with open(sorted(glob.glob(os.path.join(SEEDS, "*.txt")))[0], encoding="utf-8") as file:
        text = file.read()
    name = safi.write_jsonl("in.jsonl", [
        {"id": 1, "tag": "news", "tags": ["a", "news"], "text": text},
        {"id": 2, "tag": ["news", "b"], "tags": ["b", "c"], "text": text}])
    to_sqlite(safi, "jsonl | normalize | strip-boilerplate | sqlite", name)
    found = [select(safi, query) for query in queries if query.strip()]
    assert len(found) == 6 and all(found)
    assert found[-2:] == [[(1,), (2,)], [(1,)]]


# --- what a failure leaves -----------------------------------------------------------------------

def duplicate(safi):
    """A record that is refused in the middle leaves no row and no column, and the rest is there"""
    name = safi.write_jsonl("in.jsonl", [
        {"id": 1, "a": 1}, {"id": 2, "a": 2}, {"id": 1, "b": 3}, {"id": 4, "c": 4}])
    _, err = to_sqlite(safi, "jsonl | sqlite unique=id", name, status=2)
    assert "duplicate" in err and "record.id" in err, err
    assert select(safi, "SELECT seq, id, a, c FROM record") == \
        [(1, 1, 1, None), (2, 2, 2, None), (3, 4, None, 4)]
    assert select(safi, "SELECT record, name FROM field") == [
        (1, "id"), (1, "a"), (2, "id"), (2, "a"), (3, "id"), (3, "c")]
    assert "b" not in columns(safi, "record")
    with open(safi.path("pipe.dead.jsonl"), encoding="utf-8") as file:
        letters = [json.loads(line) for line in file]
    assert [(letter["code"], json.loads(letter["raw"])) for letter in letters] == \
        [("duplicate", {"id": 1, "b": 3})]
    check_integrity(safi)


def duplicate_text(safi):
    """No two records share a unique text, also where that is the member the text was read from"""
    values = ("a", "a", None, None, "b")
    for name, reader in (("text", "jsonl"), ("body", "jsonl text=body")):
        source = safi.write_jsonl("in.jsonl", [{name: value} for value in values])
        _, err = to_sqlite(safi, f"{reader} | normalize | sqlite unique={name}", source, status=2)
        assert "duplicate" in err, err
        assert select(safi, "SELECT text FROM record") == [("a",), (None,), (None,), ("b",)]
        assert select(safi, "SELECT record, name, value FROM field") == [
            (1, name, "a"), (2, name, None), (3, name, None), (4, name, "b")]
        check_integrity(safi)


def duplicate_bound(safi):
    """The column of the unique field does not count among those that the data may add"""
    name = safi.write_jsonl("in.jsonl", [{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1}])
    for n, more in ((0, ["a"]), (1, ["a", "b"])):
        to_sqlite(safi, f"jsonl | sqlite unique=a columns={n}", name, status=2)
        assert select(safi, "SELECT a FROM record") == [(1,), (2,)]
        assert columns(safi, "record")[6:] == more
    to_sqlite(safi, "jsonl | sqlite unique=id columns=0", safi.write("id.jsonl", '{"id":1,"b":2}'))
    assert len(columns(safi, "record")) == 6


def index_name(safi):
    """A note type may have the name of the index"""
    safi.env["SAFI_PLUGIN_PATH"] += os.pathsep + os.path.join(safi.build, "plugins", "jsonl",
                                                              "tests")
    chain = "jsonl | edit note=record_unique-0-1 | sqlite unique=id"
    to_sqlite(safi, chain, safi.write("in.jsonl", '{"id":1,"text":"x"}\n'))
    assert select(safi, "SELECT text FROM _record_unique") == [("x",)]
    check_integrity(safi)


def failing_notes(safi):
    """A record that fails at its last note leaves none of those before, and no table"""
    seeds = sorted(glob.glob(os.path.join(SEEDS, "*.txt")))
    middle = os.path.basename(seeds[2])[:-4]
    chain = f"{PAGES} | pick deeds={middle}:note | sqlite tables=1"
    _, err = to_sqlite(safi, chain, *seeds, status=2)
    assert "too-many-types" in err, err
    good = [os.path.basename(seed)[:-4] for seed in seeds if middle not in seed]
    assert select(safi, "SELECT seq, id FROM record") == list(enumerate(good, 1))
    assert select(safi, "SELECT DISTINCT record FROM line") == [(1,), (2,), (3,), (4,)]
    assert select(safi, "SELECT name FROM sqlite_master WHERE name = 'pick'") == []
    check_integrity(safi)


def failing_first(safi):
    """A column that only failing records had is made anew by the next good one"""
    name = safi.write_jsonl("in.jsonl", [{"id": 1}] + [{"id": 1, "x": 1, "y": 2}] * 50 +
                            [{"id": 2, "y": 3}, {"id": 3, "x": 4}])
    to_sqlite(safi, "jsonl | sqlite unique=id", name, status=2)
    assert columns(safi, "record")[-2:] == ["y", "x"]
    assert select(safi, "SELECT id, x, y FROM record") == \
        [(1, None, None), (2, None, 3), (3, 4, None)]
    check_integrity(safi)


def fatal(safi):
    """A run that is stopped leaves no file, and the one that was there before"""
    safi.write("out.db", "precious")
    to_sqlite(safi, "count count=1000 | pick deeds=900:fatal | sqlite", status=1)
    assert safi.files() == ["out.db"], safi.files()
    with open(safi.path("out.db"), encoding="utf-8") as file:
        assert file.read() == "precious"


def killed(safi):
    """A run that is killed leaves nothing under the final name, and the next one is whole"""
    command = safi.command("pipe", "count count=100000000 | sqlite", "-o", "out.db")
    with subprocess.Popen(command, cwd=safi.folder, env=safi.env,
                          stderr=subprocess.DEVNULL) as process:
        part = safi.path("out.db.part")
        while process.poll() is None and not (os.path.exists(part) and os.path.getsize(part) > 1e6):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not os.path.exists(safi.path("out.db")) and os.path.exists(part), safi.files()
    with contextlib.closing(sqlite3.connect(part)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS record (what_a_kill_after_a_commit_leaves)")
    to_sqlite(safi, "count count=3 | sqlite")
    assert select(safi, "SELECT seq, id FROM record") == [(1, 1), (2, 2), (3, 3)]
    check_integrity(safi)


def full(safi):
    """A full disk stops the run, with sqlite's reason, and leaves no file"""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, err = to_sqlite(safi, "count count=1000000 | sqlite", status=1, preexec_fn=limit)
    assert "stage 'sqlite' cannot go on" in err and ("full" in err or "I/O" in err), err
    assert safi.files() == [], safi.files()


def no_folder(safi):
    """A file that cannot be made is told with sqlite's reason"""
    _, err = safi.run("pipe", "count | sqlite", "-o", "no/out.db", status=1)
    assert "unable to open database file" in err, err


def no_stdout(safi):
    """A database is not written to stdout"""
    out, err = safi.run("pipe", "count | sqlite", status=78)
    assert out == "" and "-o FILE" in err, err


def odd_paths(safi):
    """A path is a path, whatever sqlite might take it for"""
    for name in (":memory:", "file:a?mode=memory", "a b'\"%.db"):
        safi.run("pipe", "count count=2 | sqlite", "-o", name)
        assert os.path.getsize(safi.path(name)) > 0
        os.remove(safi.path(name))
    assert safi.files() == [], safi.files()


def replaced(safi):
    """A database that was there is replaced, not added to"""
    for _ in range(2):
        to_sqlite(safi, "count count=3 | sqlite")
    assert select(safi, "SELECT count(*) FROM record") == [(3,)]


def left_over(safi):
    """A journal of an older database stops the run, before it could undo the new one"""
    with contextlib.closing(sqlite3.connect(safi.path("out.db"))) as old:
        old.execute("PRAGMA journal_mode = wal")
        old.execute("CREATE TABLE precious (a)")
        _, err = to_sqlite(safi, "count count=3 | sqlite", status=1)
        assert "'out.db-wal'" in err and "remove both" in err, err
    to_sqlite(safi, "count count=3 | sqlite")
    check_integrity(safi)
    safi.write("out.db-journal", "x")
    _, err = to_sqlite(safi, "count count=3 | sqlite", status=1)
    assert "'out.db-journal'" in err, err
    os.remove(safi.path("out.db-journal"))
    assert len(select(safi, "SELECT * FROM record")) == 3
    assert safi.files() == ["out.db"], safi.files()


def empty(safi):
    """A run without records makes a database without rows"""
    to_sqlite(safi, "count count=0 | sqlite")
    assert select(safi, "SELECT count(*) FROM record") == [(0,)]
    check_integrity(safi)


def refusals(safi):
    """A unique field that is not written is refused"""
    _, err = safi.run("pipe", "count | sqlite unique=id fields=a", "-o", "out.db", status=78)
    assert "not among" in err, err
    _, err = safi.run("pipe", f"count | sqlite unique={'n' * 300}", "-o", "out.db", status=78)
    assert "255 bytes" in err, err
    assert safi.files() == [], safi.files()


if __name__ == "__main__":
    sys.exit(main([
        pages, spans, types, text_field, repeated, hostile_names, many_fields, nul, odd_notes,
        features, choice, any_jobs, manual, duplicate, duplicate_text, duplicate_bound,
        index_name, failing_notes, failing_first, fatal, killed, full, no_folder, no_stdout,
        odd_paths, replaced, left_over, empty, refusals]))
