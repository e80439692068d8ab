#!/usr/bin/env python3
"""Makes docs/messages.md of the cases whose names say that something is wrong, so that the page shows
what safi says and not what it once said.

    page.py            writes the page
    page.py --check    prints TAP: the page is as it would be written
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import TOP, Tap, difference  # noqa: E402
from run import read, sentence_of  # noqa: E402

PAGE = os.path.join(TOP, "docs", "messages.md")

HEAD = """\
# What safi says, and what to do

<!-- Made by tests/cases/page.py from the cases in tests/cases; change those. -->

Every message has one form: where, how bad, what is wrong and what would be right.

    news.yaml:14:7: error: stage 'x' has no option 'min_lenght'; did you mean 'min_length'?

The place is file:line:column; a file, a directory or a word of the command line, where there is no
line; a record with its bytes, counted from 0 in the input; `safi` where it is none of these. Below it
stands the line, with a caret under the whole token. An `error` ends the run or keeps it from starting; a
`warning` does not; a `note` belongs to the message before it. Mistakes of a pipeline are told all in one
go, at most twenty. On a terminal they are coloured, unless `NO_COLOR` is set.

`safi check --format json` gives the same to an editor, one object a line. The exit statuses are in
[running.md](running.md).
"""

# Title, what it is about, and the first words of the cases' names.
SECTIONS = [
    ("The pipeline file as YAML",
     "Nothing of the pipeline is looked at before it is YAML, so there is one such message at a time.",
     ["yaml-", "check-depth", "check-duplicate-key", "check-empty", "check-not-yaml",
      "environment-value", "pipeline-directory", "missing-pipeline"]),
    ("Keys, labels and limits", "", ["key-", "check-no-version", "check-other-version", "label",
                                     "limits-", "failures-", "writer-keep", "isolate-wrong",
                                     "isolate-reader"]),
    ("Stages", "", ["stage-"]),
    ("Options", "", ["option-not", "option-out", "option-wrong", "option-req", "option-dep",
                     "option-sec", "option-file", "option-misspelt-in-file", "options-not-a-map",
                     "choice-"]),
    ("The chain", "What a stage reads must be written by one before it.",
     ["chain-", "check-reads-nothing", "check-too-late"]),
    ("The command line", "",
     ["command-", "option-misspelt", "option-without", "pipe-", "set-", "jobs-", "isolate-word", "limit-not-",
      "budget-", "list-nothing-such", "inspect-nothing", "inspect-unknown", "no-arguments",
      "unknown-option", "short-options-glued", "pipeline-not-found", "check-other-format"]),
    ("Plugins",
     "A plugin that cannot be used is refused, and the others go on; `safi list --all` shows which "
     "and why, `safi inspect FILE.so` looks at one anew. [plugins.md](plugins.md) says what is "
     "checked.", ["plugin-", "list-all", "inspect-file-", "inspect-refused"]),
    ("Input",
     "What is wrong with a record makes it a dead letter, and the run goes on. A file that cannot be "
     "read is told, the others are read, and the run has failed.",
     ["input-", "files-from-", "encoding-", "empty-", "binary", "html", "not-utf-8", "missing-input",
      "directory-loop", "limit-record"]),
    ("Checkpoints",
     "Only the very run that made a checkpoint goes on from it. A run that could not write, and has "
     "one, ends with status 75: it can go on when there is room.",
     ["checkpoint-", "resume-", "retry"]),
    ("Output and dead letters", "", ["output-", "dead-", "from-dead-", "full-disk",
                                     "max-failures", "strict", "sqlite-needs"]),
]


# Not safi's words.
NOT_SHOWN = {"plugin-prints"}


def cases():
    return sorted(name for name in os.listdir(HERE)
                  if os.path.exists(os.path.join(HERE, name, "err")) and name not in NOT_SHOWN)


def entry(name):
    folder = os.path.join(HERE, name)
    said = read(folder, "err").decode().replace("@HERE@/", "").replace("@PLUGINS@", "plugins") \
        .replace("@PIPELINES@", "pipelines").rstrip("\n")
    return f"\n**{sentence_of(folder)}.**\n\n```text\n{said}\n```\n"


def page():
    left, text = cases(), HEAD
    for title, about, prefixes in SECTIONS:
        chosen = [name for name in left if name.startswith(tuple(prefixes))]
        left = [name for name in left if name not in chosen]
        text += f"\n## {title}\n" + (f"\n{about}\n" if about else "")
        text += "".join(entry(name) for name in chosen)
    return text


def main():
    text = page().encode()
    if sys.argv[1:] != ["--check"]:
        with open(PAGE, "wb") as file:
            file.write(text)
        return 0
    with open(PAGE, "rb") as file:
        shown = file.read()
    tap = Tap(1)
    tap.result("docs/messages.md shows what the cases hold; tests/cases/page.py writes it",
               difference(text, shown, "docs/messages.md"))
    return tap.status()


if __name__ == "__main__":
    sys.exit(main())
