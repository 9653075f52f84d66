"""The frame of the command line: help, version, wrong words."""
import os
import pathlib
import re
import subprocess

import tap


def test_help_is_aligned():
    """No line is wider than a page, and every option's text stands in one column."""
    for words in (["scan"], ["kb", "build"], ["source", "add"], ["credential", "rotate-key"]):
        options = tap.assay(*words, "--help").out.split("options:\n")[1].split("\n\n")[0]
        for line in options.rstrip("\n").split("\n"):
            assert len(line) <= 92, line
            name_alone = re.fullmatch(r"  (-.,|   ) --[a-z0-9-]+ \S+", line)
            assert name_alone or re.fullmatch(r".{26}  \S.*", line), line


def test_version_and_help():
    tap.contains(tap.assay("--version").out, "assay 0.")
    tap.contains(tap.assay("--help").out, "usage: assay COMMAND")
    tap.contains(tap.assay("help", "help").out, "usage: assay help")
    tap.contains(tap.assay("help", "--help").out, "examples:")


def test_wrong_words_are_one_line():
    for words, text in [
        (["frobnicate"], "assay: frobnicate: not a command"),
        (["help", "--frob"], "assay: --frob: not an option of `assay help`"),
        (["help", "-z"], "assay: -z: not an option"),
        (["help", "a", "b", "c"], "assay: c: one word too many"),
    ]:
        result = tap.assay(*words, status=2)
        tap.contains(result.err, text)
        tap.equal(result.err.count("\n"), 1, words)
        tap.equal(result.out, "", words)


def test_no_command_lists_them():
    result = tap.assay(status=2)
    tap.contains(result.err, "usage: assay COMMAND")


def test_every_command_explains_itself():
    listed = tap.assay("--help").out.split("\n\n", 2)[2]
    names = [line[2:].split("  ")[0] for line in listed.splitlines() if line.startswith("  ")]
    assert "help" in names
    for name in names:
        text = tap.assay(*name.split(), "--help").out
        tap.contains(text, f"usage: assay {name}")
        tap.contains(text, "options:")
        tap.contains(text, "examples:")


def run(words, stdout):
    return subprocess.run([str(tap.ASSAY), *words], stdout=stdout, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=60)


def test_lost_output_is_a_failure(folder):
    for words in (["--help"], ["help", "scan"], ["--version"], ["vercmp", "dpkg", "1", "2"],
                  ["assess", str(tap.FIXTURES / "inventories/debian-12.json")]):
        with open("/dev/full", "wb") as full:
            done = run(words, full)
        tap.equal(done.returncode, 4, words)
        tap.contains(done.stderr.decode(), "assay: standard output: ")
        closed = subprocess.run(["sh", "-c", '"$0" "$@" >&-', str(tap.ASSAY), *words],
                                stderr=subprocess.PIPE, timeout=60)
        tap.equal(closed.returncode, 4, words)


def test_a_reader_that_goes_away_is_no_noise():
    reading, writing = os.pipe()
    os.close(reading)
    done = run(["--help"], writing)
    os.close(writing)
    tap.equal((done.returncode, done.stderr), (4, b""))


def test_output_never_replaces_a_device(folder):
    inventory = tap.FIXTURES / "inventories/debian-12.json"
    result = tap.assay("assess", inventory, "--output", "/dev/full", status=4)
    tap.contains(result.err, "/dev/full: write: No space left on device")
    tap.contains(tap.assay("assess", inventory, "--output", "/dev/stdout", status=3).out, "Risks:")
    for device in ("/dev/full", "/dev/null"):
        assert pathlib.Path(device).is_char_device(), device
    result = tap.assay("assess", inventory, "--output", folder, status=4)
    tap.contains(result.err, "not a regular file")


def test_messages_cannot_drive_the_terminal():
    result = tap.assay("assess", "a\x1b[31m\x9b\u009bb", status=4)
    assert "\x1b" not in result.err and "\u009b" not in result.err, result


def test_a_line_without_end_is_refused():
    result = tap.assay("vercmp", "dpkg", stdin=b"1" * (1 << 20), status=4)
    tap.contains(result.err, "standard input: line 1 is longer than")


def test_options_need_values():
    for word in ("--output=", "--format=", "--as-of="):
        tap.contains(tap.assay("assess", "x", word, status=2).err, "needs a value")


def test_letters_stand_together():
    server = tap.FIXTURES / "inventories/debian-12.json"
    one = tap.assay("assess", server, "-aqf", "csv", status=3)
    tap.equal(one.out, tap.assay("assess", server, "-a", "-q", "-fcsv", status=3).out)
    tap.contains(one.out, "server,cve,level")
    tap.contains(tap.assay("assess", server, "-aZ", status=2).err, "-Z: not an option")


tap.main(globals())
