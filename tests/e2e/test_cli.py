"""The frame of the command line: help, version, wrong words."""
import tap


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


tap.main(globals())
