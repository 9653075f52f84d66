"""What the probe reads out of changelogs: its rule case by case, and this machine's packages."""
import glob
import gzip
import os
import re
import shutil
import subprocess

import tap

SCRIPT = (tap.ROOT / "share/probe/linux.sh").read_text()
RULE = re.search(r"^CHANGELOG_SCRIPT='\n(.*?)^'$", SCRIPT, re.M | re.S)[1]
AWKS = [["mawk"], ["gawk", "--posix"], ["busybox", "awk"], ["original-awk"]]


def rule(text, top=3):
    """The answer of every awk here, which is one."""
    answers = set()
    for awk in [["awk"], *AWKS]:
        if shutil.which(awk[0]):
            done = subprocess.run([*awk, "-v", f"top={top}", RULE], input=text.encode(),
                                  capture_output=True, env={**os.environ, "LC_ALL": "C"})
            tap.equal((done.returncode, done.stderr), (0, b""), awk)
            answers.add(done.stdout.decode())
    tap.equal(len(answers), 1, answers)
    return answers.pop()


def entry(*lines, version="1.0-2", source="foo", end=True):
    body = "\n".join(f"  {line}" if line else "" for line in lines)
    sign = " -- A Maintainer <a@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n" if end else ""
    return f"{source} ({version}) bookworm-security; urgency=high\n\n{body}\n\n{sign}\n"


ONE = "foo\t1.0-2\tCVE-2024-1111\n"
# Lines of one entry, and whether it is taken to fix CVE-2024-1111.
LINES = [
    (["* CVE-2024-1111: heap overflow in the parser"], True),
    (["* Fix a heap overflow", "  (CVE-2024-1111)"], True),
    (["* New upstream release:", "  - Fix CVE-2024-1111."], True),
    (["* SECURITY UPDATE: denial of service", "  - debian/patches/CVE-2024-1111.patch: check",
      "    that lengths do not wrap.", "  - CVE-2024-1111"], True),
    (["[ A Maintainer ]", "* CVE-2024-1111", "", "[ Another ]", "* Revert the new icon"], True),
    (["* Add a regression test for CVE-2024-1111"], True),
    (["* Fix CVE-2024-1111.", "* The daemon is not affected by other bugs."], True),
    (["* Revert the fix for CVE-2024-1111"], False),
    (["* Revert these patches:", "  - CVE-2024-1111.patch"], False),
    (["* CVE-2024-1111:", "  - the patch is reverted until upstream agrees"], False),
    (["* Fix a regression of CVE-2024-1111"], False),
    (["* SECURITY REGRESSION: crash", "  - CVE-2024-1111"], False),
    (["* bookworm is not affected by CVE-2024-1111"], False),
    (["* CVE-2024-1111 does not affect this version"], False),
    (["* CVE-2024-1111 doesn't affect", "  this version"], False),
    (["* CVE-2024-1111 is not fixed"], False),
    (["* CVE-2024-1111 is not yet fixed"], False),
    (["* There is no fix for CVE-2024-1111"], False),
    (["* Incomplete fix of CVE-2024-1111"], False),
    (["* Drop CVE-2024-1111.patch"], False),
    (["* Drop CVE-2024-1111.patch, applied upstream"], False),
    (["* Fix CVE-2024-1111", "* CVE-2024-1111 is partially fixed"], False),
    (["* CVE-2024-111"], False),
    (["* CVE-2024-11111111111111111111"], False),
    (["* XCVE-2024-x1111"], False),
]


def test_lines():
    for lines, fixed in LINES:
        tap.equal(rule(entry(*lines)), ONE if fixed else "", lines)


# Lists that write the year once, and what they name; what could be something else is left alone.
LISTS = [
    ("CVE-2024-1111, -2222", "1111 2222"),
    ("CVE-2024-1111, -2222 and -33333.", "1111 2222 33333"),
    ("CVE-2024-1111, -2222, and -3333", "1111 2222 3333"),
    ("CVE-2024-1111 & -2222", "1111 2222"),
    ("CVE-2024-1111/2222", "1111 2222"),
    ("CVE-2024-1111/2222/3333)", "1111 2222 3333"),
    ("CVE-2024-{1111,2222}", "1111 2222"),
    ("CVE-2024-{1111, 2222, 3333}: overflow", "1111 2222 3333"),
    ("CVE-2024-1111/CVE-2024-2222", "1111 2222"),
    ("CVE-2024-1111, 2222", "1111"),
    ("CVE-2024-1111-2222", "1111"),
    ("CVE-2024-1111 -2222", "1111"),
    ("CVE-2024-1111/22", "1111"),
    ("CVE-2024-1111..2222", "1111"),
    ("CVE-2024-1111 to 2222", "1111"),
    ("d/patches/CVE-2024-1111/0001-check.patch", "1111"),
    ("d/patches/CVE-2024-1111/2222.patch", "1111"),
    ("d/patches/CVE-2024-1111/2222/0001-check.patch", "1111"),
    ("CVE-2024-{1111,x}", ""),
    ("CVE-2024-{1111,22}", ""),
    ("CVE-2024-{1111", ""),
    ("CVE-2024-1111, -2222abc", "1111"),
    ("CVE-2024-1111/12345678901", "1111"),
]


def test_lists_that_write_the_year_once():
    for text, numbers in LISTS:
        cves = " ".join(f"CVE-2024-{number}" for number in numbers.split())
        tap.equal(rule(entry(f"* Fix {text}")), f"foo\t1.0-2\t{cves}\n" if cves else "", text)
    # All of a list stands in the light of its part, also where a line breaks it.
    tap.equal(rule(entry("* Fix CVE-2024-1111,", "  -2222")), "foo\t1.0-2\tCVE-2024-1111 CVE-2024-2222\n")
    tap.equal(rule(entry("* Not affected by CVE-2024-1111/2222", "* CVE-2024-2222")), "")


def test_newest_entry_decides():
    fix, old = entry("* CVE-2024-1111"), {"version": "1.0-1"}
    tap.equal(rule(fix + entry("* CVE-2024-1111", **old)), ONE)
    tap.equal(rule(fix + entry("* Revert CVE-2024-1111", **old)), ONE)
    tap.equal(rule(entry("* Revert CVE-2024-1111") + entry("* CVE-2024-1111", **old)), "")
    # That upstream has the patch takes nothing from the entry that brought it.
    tap.equal(rule(entry("* Drop CVE-2024-1111.patch, applied upstream") +
                   entry("* CVE-2024-1111", **old)), "foo\t1.0-1\tCVE-2024-1111\n")


def test_only_whole_entries():
    tap.equal(rule(entry("* CVE-2024-1111", end=False)), "")
    tap.equal(rule(entry("* CVE-2024-1111", end=False) + entry("* CVE-2024-2222", version="1")),
              "foo\t1\tCVE-2024-2222\n")


def test_other_names_stand_apart():
    tap.equal(rule(entry("* CVE-2024-1111") + entry("* CVE-2024-1111", source="bar")),
              ONE + "bar\t1.0-2\tCVE-2024-1111\n")
    same = entry("* CVE-2024-1111")
    tap.equal(rule(same + same), ONE)


def test_hostile_text():
    tap.equal(rule("\x1e0 B x\nfoo (1\t2) x; y\n  * CVE-2024-1111\n -- a\n"), "")
    # What is too long to be judged whole is doubtful.
    tap.equal(rule(entry("* CVE-2024-1111", *["  and so on"] * 9000)), "")
    tap.equal(rule(entry("* These:", "  - CVE-2024-1111", *["    and so on"] * 9000)), "")
    tap.equal(rule("foo () x\n  * CVE-2024-1111\n -- a\n"), "")


def deep():
    nonce = "0123456789abcdef"
    done = subprocess.run(["sh", "-s", "--", nonce, "deep"], input=SCRIPT.encode(), cwd="/",
                          capture_output=True, timeout=170)
    tap.equal(done.stderr, b"")
    out = done.stdout.decode("utf-8", "replace")
    return dict(re.findall(rf"\x1e{nonce} B (\S+)\n(.*?)\x1e{nonce} E \1 0 [0-9.]+\n", out, re.S))


def test_this_machine():
    if not glob.glob("/usr/share/doc/*/changelog.Debian.gz"):
        tap.skip("no changelogs here")
    told = deep()["changelog.dpkg"]
    # A second look at the same files: each line stands in a changelog of that source.
    entries = {}
    for path in glob.glob("/usr/share/doc/*/changelog*.gz"):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
            for head, body in re.findall(r"^(\S+ \([^()]+\)) .*\n((?:(?!\S).*\n|(?=\n)\n)*)",
                                         file.read(), re.M):
                numbers = set(re.findall(r"\d{4,7}", body))
                entries.setdefault(head, set()).update(
                    f"CVE-{year}-{number}" for year in re.findall(r"CVE-(\d{4})-", body)
                    for number in numbers)
    named = sum(map(len, entries.values()))
    count = 0
    for line in told.splitlines():
        source, version, cves = line.split("\t")
        missing = set(cves.split()) - entries.get(f"{source} ({version})", set())
        tap.equal(missing, set(), line)
        count += len(cves.split())
    assert count > 0 or named == 0, "no CVE in all changelogs"


def test_not_without_being_asked():
    done = subprocess.run(["sh", "-s", "--", "0123456789abcdef"], input=SCRIPT.encode(), cwd="/",
                          capture_output=True, timeout=170)
    assert b" B changelog" not in done.stdout


SPEC = """Name: {name}
Epoch: 2
Version: 1.2
Release: 3
Summary: {name}
License: none
BuildArch: noarch
%description
None.
%files
%changelog
* Wed Jan 03 2024 A Packager <a@example.org> - 2:1.2-3
- Fix CVE-2024-1111 and
  CVE-2024-2222
- Not affected by CVE-2024-3333
* Tue Jan 02 2024 A Packager <a@example.org> 1.2-2
- Resolves: CVE-2024-4444
* Mon Jan 01 2024 A Packager <a@example.org>
- Resolves: CVE-2024-5555, CVE-2024-3333
"""


def test_rpm(folder):
    if not shutil.which("rpmbuild") or not shutil.which("rpm"):
        tap.skip("no rpmbuild here")
    home = {**os.environ, "HOME": str(folder), "LC_ALL": "C"}
    (folder / "bin").mkdir()
    database = ["--dbpath", str(folder / "db")]
    for name in ("one-two", "three"):
        (folder / "spec").write_text(SPEC.format(name=name))
        built = subprocess.run(["rpmbuild", "-ba", "--define", f"_topdir {folder}", folder / "spec"],
                               capture_output=True, env=home)
        if built.returncode != 0:
            tap.skip("rpmbuild builds nothing here")
    packages = glob.glob(f"{folder}/RPMS/noarch/*.rpm")
    subprocess.run([shutil.which("rpm"), *database, "-i", "--justdb", "--nodeps", *packages],
                   check=True, capture_output=True, env=home)
    (folder / "bin/rpm").write_text(
        f'#!/bin/sh\nexec {shutil.which("rpm")} --dbpath {folder}/db "$@"\n')
    (folder / "bin/rpm").chmod(0o755)
    # The functions of the probe, with that database.
    script = SCRIPT.replace('main "$@" </dev/null', "TAB=$(printf '\\t'); TIMEOUT=; changelog_rpm")
    done = subprocess.run(["sh"], input=script.encode(), capture_output=True,
                          env={**home, "PATH": f"{folder}/bin:{os.environ['PATH']}"})
    tap.equal(done.stderr, b"")
    expected = [f"{name}\t{rest}" for name in ("one-two", "three")
                for rest in ("2:1.2-3\tCVE-2024-1111 CVE-2024-2222", "2:1.2-2\tCVE-2024-4444",
                             "2:1.2-3\tCVE-2024-5555")]
    tap.equal(sorted(done.stdout.decode().splitlines()), sorted(expected))


if __name__ == "__main__":
    tap.main(globals())
