"""Where a text came from, in the plainest model there is: a list of atoms.

An atom is a range of raw bytes and the bytes they have become.  At first every raw byte is an atom
of its own.  A change makes one atom of those whose bytes it takes; what is put between two atoms is
an atom that came from nowhere, what is put inside one edits it.  This shares nothing with safi's own
alignment, so that the one can be held against the other.

Untouched bytes that lie side by side are kept as one run; everything below cuts runs at any byte.
"""
import bisect


class Broken(Exception):
    """A view whose changes do not make its text, or a place that does not exist."""


class View:
    def __init__(self, text, atoms):
        self.text = text
        self.atoms = atoms                    # (begin, end, length, is a run)
        self.begins = [atom[0] for atom in atoms]
        self.ends = [atom[1] for atom in atoms]
        self.offsets = [0]                    # of each atom in the text, and of the end
        for atom in atoms:
            self.offsets.append(self.offsets[-1] + atom[2])
        if self.offsets[-1] != len(text):
            raise Broken(f"atoms of {self.offsets[-1]} bytes for a text of {len(text)}")

    @staticmethod
    def of_raw(raw):
        return View(raw, [(0, len(raw), len(raw), True)] if raw else [])

    def changed(self, changes, text):
        """The view that the changes [from, taken, put] make of this one; `text` is its text."""
        maker = Maker(self, text)
        for begin, taken, put in changes:
            maker.change(begin, taken, put)
        return View(text, maker.finish())

    def replay(self, begin, end):
        """The text of all atoms within the raw range, those without raw bytes at its edges too."""
        first = bisect.bisect_left(self.begins, begin)
        behind = bisect.bisect_right(self.ends, end)
        start = self.offsets[first]
        if first > 0 and self.ends[first - 1] > begin:
            start = self.inside(first - 1, begin)
        stop = self.offsets[max(first, behind)]
        if behind < len(self.atoms) and self.begins[behind] < end:
            stop = self.inside(behind, end)
        return self.text[start:stop], start

    def inside(self, number, place):
        """Where a raw place within an atom stands in the text: only a run can be cut."""
        begin, end, _, is_run = self.atoms[number]
        if not is_run:
            raise Broken(f"raw byte {place} lies inside the change of [{begin}, {end})")
        return self.offsets[number] + place - begin

    def cover(self, begin, end):
        """The raw range of the atoms of which text bytes [begin, end), not none, are made."""
        first = bisect.bisect_right(self.offsets, begin) - 1
        last = bisect.bisect_left(self.offsets, end) - 1
        low, _, _, is_run = self.atoms[first]
        _, high, length, last_is_run = self.atoms[last]
        if is_run:
            low += begin - self.offsets[first]
        if last_is_run:
            high -= self.offsets[last] + length - end
        return low, high

    def parts(self, begin, end):
        """The raw ranges of those atoms, one by one: without what was deleted between them."""
        number = bisect.bisect_right(self.offsets, begin) - 1
        while number < len(self.atoms) and self.offsets[number] < end:
            low, high = max(begin, self.offsets[number]), min(end, self.offsets[number + 1])
            if low < high:
                yield self.cover(low, high)
            number += 1


class Maker:
    """Goes through a view's atoms and a list of changes side by side."""

    def __init__(self, view, text):
        self.old, self.new = view, text
        self.rest = list(reversed(view.atoms))
        self.at = 0          # where the first atom of the rest begins in the old text
        self.made = []
        self.written = 0     # bytes of the new text that are accounted for
        self.group = None    # [begin, end, length]: atoms that are becoming one
        self.behind = 0      # of the group: where its last atom ends in the old text
        self.copied = 0      # bytes of the old text that are accounted for

    def change(self, begin, taken, put):
        if begin < self.copied or begin + taken > len(self.old.text):
            raise Broken(f"a change [{begin}, {taken}, {put}] out of order or place")
        if self.group and begin >= self.behind:
            self.close()
        if not self.group:
            self.pass_until(begin)
            if taken == 0 and self.at == begin:
                place = self.made[-1][1] if self.made else 0
                self.made.append((place, place, put, False))
                self.written += put
                return
            self.group = [self.rest[-1][0], self.rest[-1][0], 0]
            self.behind = self.copied = self.at
        self.copy(begin)
        self.group[2] += put
        self.written += put
        self.copied = begin + taken
        while self.at < self.copied or (taken == 0 and self.behind <= begin):
            self.absorb()

    def absorb(self):
        """The next atom joins the group; of a run only the bytes that are taken."""
        begin, end, length, is_run = self.rest.pop()
        if is_run and self.at + length > self.copied:
            used = self.copied - self.at
            self.rest.append((begin + used, end, length - used, True))
            end, length = begin + used, used
        self.group[1] = end
        self.at += length
        self.behind = self.at

    def pass_until(self, place):
        """Atoms that end at or before the place stay as they are."""
        while self.rest and (self.at < place or self.rest[-1][2] == 0):
            begin, end, length, is_run = self.rest[-1]
            if self.at + length > place and not is_run:
                break
            self.rest.pop()
            if self.at + length > place:
                used = place - self.at
                self.rest.append((begin + used, end, length - used, True))
                end, length = begin + used, used
            self.copy(self.at + length)
            self.at += length
            self.made.append((begin, end, length, is_run))

    def copy(self, until):
        """What no change has touched must be equal in both texts."""
        length = until - self.copied
        if self.group:
            self.group[2] += length
        if self.old.text[self.copied:until] != self.new[self.written:self.written + length]:
            raise Broken(f"the texts differ between {self.copied} and {until}")
        self.written += length
        self.copied = until

    def close(self):
        self.copy(self.behind)
        begin, end, length = self.group
        self.made.append((begin, end, length, False))
        self.group = None

    def finish(self):
        if self.group:
            self.close()
        self.pass_until(len(self.old.text))
        return self.made
