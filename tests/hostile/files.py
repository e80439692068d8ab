"""The hostile files: each is made in a folder of its own, from the test plugins of a build.

    make(build, name, folder)    makes the file of that name there, and what it needs beside it
    words(build)                 what is known of these files only when the test runs, by name
"""
import os
import shutil
import socket
import struct

MACHINES = {3: "i386", 21: "ppc64", 22: "s390", 40: "arm", 62: "x86-64", 183: "aarch64",
            243: "riscv", 258: "loongarch"}
PPC64 = 21
CLASS, ORDER, TYPE, MACHINE = 4, 5, 16, 18  # where an ELF header has them
REL, EXEC, CORE = 1, 2, 4
WHERES = ("constructor-", "entry-", "open-", "create-")


def plugin_of(build, name):
    return os.path.join(build, "tests", "plugins", name)


class Object:
    """A plugin without a fault as bytes, and what its ELF header says."""

    def __init__(self, build):
        with open(plugin_of(build, "good.so"), "rb") as file:
            self.bytes = file.read()
        self.wide, self.little = self.bytes[CLASS] == 2, self.bytes[ORDER] == 1
        self.mark = "<" if self.little else ">"
        self.machine, = struct.unpack_from(self.mark + "H", self.bytes, MACHINE)
        self.header = 64 if self.wide else 52
        form = self.mark + ("16xHHIQQQIHHHHHH" if self.wide else "16xHHIIIIIHHHHHH")
        (_, _, _, _, phoff, shoff, _, _, phsize, phnum, shsize, shnum, _) = \
            struct.unpack_from(form, self.bytes)
        self.table = phoff + phsize * phnum
        self.whole = shoff + shsize * shnum

    def with_half(self, offset, value):
        return self.bytes[:offset] + struct.pack(self.mark + "H", value) + self.bytes[offset + 2:]

    def with_byte(self, offset, value):
        return self.bytes[:offset] + bytes([value]) + self.bytes[offset + 1:]


def words(build):
    good = Object(build)
    width, order = (64, 32)[not good.wide], ("little", "big")[not good.little]
    swapped = good.machine >> 8 | (good.machine & 0xff) << 8
    name = MACHINES.get(good.machine, f"machine {good.machine}")
    return {"machine": name, "other": MACHINES[PPC64],
            "width": width, "other_width": 96 - width,
            "order": order, "other_order": "big" if order == "little" else "little",
            "swapped": MACHINES.get(swapped, f"machine {swapped}"),
            "header": good.header, "header_less": good.header - 1, "table": good.table,
            "half": good.whole // 2, "whole": good.whole, "whole_less": good.whole - 1}


def contents_of(build):
    """The files that are what they are by their bytes."""
    good = Object(build)
    return {
        "empty.so": b"", "text.so": "سلام\n".encode(), "script.so": b"#!/bin/sh\necho hello\n",
        "archive.so": b"!<arch>\ngood.o/", "noise.so": bytes(range(1, 256)) * 4,
        "object.so": good.with_half(TYPE, REL), "core.so": good.with_half(TYPE, CORE),
        "fixed.so": good.with_half(TYPE, EXEC),
        "machine.so": good.with_half(MACHINE, PPC64),
        "width.so": good.with_byte(CLASS, 1 if good.wide else 2),
        "order.so": good.with_byte(ORDER, 2 if good.little else 1),
        "cut-3.so": good.bytes[:3], "cut-4.so": good.bytes[:4],
        "cut-header.so": good.bytes[:good.header - 1], "cut-table.so": good.bytes[:good.header],
        "cut-half.so": good.bytes[:good.whole // 2], "cut-last.so": good.bytes[:good.whole - 1],
        "noise-behind.so": good.bytes[:good.table].ljust(len(good.bytes), b"\xff"),
    }


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)


def make_unreadable(build, path):
    shutil.copy(plugin_of(build, "good.so"), path)
    os.chmod(path, 0)


def make_with_library(build, path, change):
    """A plugin that needs a library, and beside it the library with its bytes changed."""
    shutil.copy(plugin_of(build, "needs-library.so"), path)
    with open(plugin_of(build, "libneeded.so"), "rb") as file:
        library = change(file.read())
    with open(os.path.join(os.path.dirname(path), "libneeded.so"), "wb") as file:
        file.write(library)


SPECIAL = {
    "library-missing.so":
        lambda build, path: shutil.copy(plugin_of(build, "needs-library.so"), path),
    "library-cut.so": lambda build, path: make_with_library(
        build, path, lambda library: library[:20]),
    "library-older.so": lambda build, path: make_with_library(
        build, path, lambda library: library.replace(b"NEEDED_1", b"NEEDED_0")),
    "library-without.so": lambda build, path: make_with_library(
        build, path, lambda library: library.replace(b"nowhere\0", b"another\0")),
    "program.so": lambda build, path: shutil.copy(os.path.join(build, "core", "safi"), path),
    "directory.so": lambda build, path: os.mkdir(path),
    "pipe.so": lambda build, path: os.mkfifo(path),
    "socket.so": lambda build, path: make_socket(path),
    "link.so": lambda build, path: os.symlink("nowhere.so", path),
    "link-loop.so": lambda build, path: os.symlink("link-loop.so", path),
    "unreadable.so": make_unreadable,
}


def make(build, name, folder):
    path = os.path.join(folder, name)
    contents = contents_of(build)
    if name in SPECIAL:
        SPECIAL[name](build, path)
    elif name in contents:
        with open(path, "wb") as file:
            file.write(contents[name])
    elif os.path.exists(plugin_of(build, name)):
        shutil.copy(plugin_of(build, name), path)
    else:
        source = "does.so" if name.startswith(WHERES) else "spoiled.so"
        shutil.copy(plugin_of(build, source), path)
