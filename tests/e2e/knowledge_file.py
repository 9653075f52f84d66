"""Reads knowledge files for tests: whether two of them say the same (docs/formats/knowledge.md)."""
import struct
import zlib

FEEDS, CVES, BLOCKS, TEXT, STRINGS, ASIDE = 1, 2, 6, 7, 26, 38
NO_TEXT = 0xffffffff


class File:
    def __init__(self, path):
        self.data = path.read_bytes()
        self.sections = {}
        for index in range(struct.unpack_from("<I", self.data, 12)[0]):
            number, size, offset, length = struct.unpack_from("<IIQQ", self.data, 64 + 32 * index)
            self.sections[number] = (self.data[offset:offset + length], size)
        self.block_number, self.block = None, b""

    def text(self, number, offset):
        """The text record that a block holds at an offset."""
        if number == NO_TEXT:
            return None
        if number != self.block_number:
            blocks, text = self.sections[BLOCKS][0], self.sections[TEXT][0]
            at, packed, _ = struct.unpack_from("<QII", blocks, 16 * number)
            self.block_number, self.block = number, zlib.decompress(text[at:at + packed], -15)
        size = struct.unpack_from("<I", self.block, offset)[0]
        return self.block[offset + 4:offset + 4 + size]

    def cves(self):
        """Each CVE without its place in the texts, and its text."""
        records, size = self.sections[CVES]
        for at in range(0, len(records) - size, size):
            record = records[at:at + size]
            block, offset = struct.unpack_from("<IH", record, 32)
            yield record[:32] + record[38:], self.text(block, offset)

    def aside(self):
        records, size = self.sections[ASIDE]
        for at in range(0, len(records), size):
            cve, block, offset, described = struct.unpack_from("<IIHH", records, at)
            yield cve, self.text(block, offset), described


def differences(left, right):
    """What differs in what two files say, but for where the texts of CVEs lie: a list of words."""
    left, right = File(left), File(right)
    found = [f"section {number}" for number in left.sections
             if number not in (CVES, BLOCKS, TEXT, ASIDE)
             and left.sections[number] != right.sections[number]]
    if sorted(left.sections) != sorted(right.sections):
        found.append("sections")
    if len(left.sections[CVES][0]) != len(right.sections[CVES][0]):
        found.append("number of CVEs")
    for number, (ours, theirs) in enumerate(zip(left.cves(), right.cves())):
        if ours[0] != theirs[0]:
            found.append(f"CVE {number}")
        if ours[1] != theirs[1]:
            found.append(f"text of CVE {number}")
    if list(left.aside()) != list(right.aside()):
        found.append("texts set aside")
    return found
