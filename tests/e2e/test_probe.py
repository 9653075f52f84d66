"""The probe script on this machine: under each shell, as root and as nobody."""
import functools
import os
import re
import shutil
import subprocess
import time

import tap

SCRIPT = (tap.ROOT / "share/probe/linux.sh").read_bytes()
NONCE = "0123456789abcdef"
SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "sh"], ["ksh"]]


def probe(shell=("sh",), prefix=(), script=SCRIPT, nonce=NONCE):
    """Sections by name: (text, exit). Also the seconds taken and whether EOF came."""
    begun = time.monotonic()
    done = subprocess.run([*prefix, *shell, "-s", "--", nonce], input=script, capture_output=True,
                          env={"PATH": os.environ["PATH"]}, timeout=170, cwd="/")
    seconds = time.monotonic() - begun
    out = done.stdout.decode("utf-8", "replace")
    tap.equal(done.stderr.decode(), "", "what the script complains of")
    sections = {}
    for name, text, status in re.findall(
            rf"\x1e{nonce} B (\S+)\n(.*?)\x1e{nonce} E \1 (\S+) [0-9.]+\n", out, re.S):
        sections[name] = (text, status)
    return sections, seconds, out.endswith(f"\x1e{nonce} EOF\n")


@functools.cache
def plain():
    """The probe as it is started everywhere."""
    return probe()


def need(program):
    if not shutil.which(program):
        tap.skip(f"no {program} here")


def stable(sections):
    """What does not change from one run to the next."""
    # busybox runs its own ip, whose words differ.
    moving = {"sockets.ss", "sockets.proc", "metadata.apt", "addresses"}
    return {name: (re.sub(r"now\t\d+\n", "", text), status)
            for name, (text, status) in sections.items() if name not in moving}


def test_says_the_same_under_every_shell():
    expected = stable(plain()[0])
    for shell in SHELLS:
        if shutil.which(shell[0]):
            sections, _, whole = probe(shell)
            assert whole, shell
            tap.equal(stable(sections), expected, shell)


def test_needs_no_root():
    need("setpriv")
    if os.geteuid() != 0:
        tap.skip("not root: the other tests show it")
    mine = plain()[0]
    prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    theirs, _, whole = probe(prefix=prefix)
    assert whole
    for name in ("os", "packages.dpkg", "packages.rpm", "kernel", "updates.apt", "origins.apt"):
        tap.equal(theirs.get(name), mine.get(name), name)


def test_counts_what_dpkg_counts():
    need("dpkg-query")
    listed = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}\n"], check=True,
                            capture_output=True, text=True).stdout.split("\n")
    installed = sum(1 for line in listed if line[1:2] == "i")
    rows = [line.split("\t")[0] for line in plain()[0]["packages.dpkg"][0].splitlines()]
    tap.equal(sum(row.endswith(" installed") for row in rows), installed)


def test_lists_the_updates_that_apt_would_install():
    need("apt-get")
    simulated = subprocess.run(
        ["apt-get", "-s", "-o", "Debug::NoLocking=true", "dist-upgrade"], capture_output=True,
        text=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}).stdout
    expected = set(re.findall(r"^Inst (\S+) ", simulated, re.M))
    text = plain()[0]["updates.apt"][0].split("Policy of new packages:")[0]
    got = set()
    for block in re.findall(r"^The following (?:packages will be upgraded|NEW packages will be "
                            r"installed):\n((?:  .*\n)+)", text, re.M):
        got |= {line.split()[0] for line in block.splitlines()}
    tap.equal(got, expected)


def test_does_nothing_when_it_arrives_in_part():
    for share in (0.1, 0.5, 0.9, 0.999):
        cut = SCRIPT[:int(len(SCRIPT) * share)]
        done = subprocess.run(["sh", "-s", "--", NONCE], input=cut, capture_output=True, timeout=60)
        tap.equal(done.stdout, b"", f"{share} of the script")


def test_writes_nothing():
    need("strace")
    trace = subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=openat,open,creat,mkdir,mkdirat,rename,renameat,"
         "renameat2,unlink,unlinkat,link,symlink,chmod,fchmodat,truncate", "sh", "-s", "--", NONCE],
        input=SCRIPT, capture_output=True, timeout=170, cwd="/").stderr.decode("utf-8", "replace")
    if "Operation not permitted" in trace and "PTRACE" in trace:
        tap.skip("no tracing here")
    for line in trace.splitlines():
        # A file that is opened to be written, unless it is no file or, as apt's, has no name.
        opened = re.search(r'open(?:at)?\((?:AT_FDCWD|\d+), "([^"]*)", [^)]*O_(?:WRONLY|RDWR|CREAT)',
                           line)
        changed = re.search(r'\b(?:creat|mkdir|mkdirat|rename|renameat|renameat2|unlink|unlinkat|'
                            r'link|symlink|chmod|fchmodat|truncate)\(.*= 0$', line)
        harmless = "= -1" in line or "O_TMPFILE" in line
        if opened and not harmless and not opened[1].startswith(("/dev/", "/proc/self/")):
            raise AssertionError(line)
        if changed and not re.search(r'"/tmp/(?:clearsigned|apt)', line):
            raise AssertionError(line)


def test_takes_seconds_not_minutes():
    assert plain()[1] < 60, plain()[1]


tap.main(globals())
