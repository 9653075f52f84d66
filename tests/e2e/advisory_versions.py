"""Orders of versions, written plainly from their manuals; the tests hold them against dpkg and rpm."""
import functools
import re


def sign(left, right):
    return (left > right) - (left < right)


# ---- dpkg: deb-version(7) ----

def _weight(character):
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256


def _dpkg_part(left, right):
    while left or right:
        run_left, run_right = re.match(r"\D*", left)[0], re.match(r"\D*", right)[0]
        # The end of a run is a character of weight 0, below the letters and above "~".
        weights = [[_weight(c) for c in run] + [0] for run in (run_left, run_right)]
        if weights[0] != weights[1]:
            return sign(weights[0], weights[1])
        left, right = left[len(run_left):], right[len(run_right):]
        number_left, number_right = re.match(r"\d*", left)[0], re.match(r"\d*", right)[0]
        if int(number_left or 0) != int(number_right or 0):
            return sign(int(number_left or 0), int(number_right or 0))
        left, right = left[len(number_left):], right[len(number_right):]
    return 0


def _dpkg_split(version):
    epoch, _, rest = version.rpartition(":") if re.match(r"\d+:", version) else ("0", "", version)
    if re.match(r"\d+:", version):
        epoch, rest = version.split(":", 1)
    upstream, dash, revision = rest.rpartition("-")
    return int(epoch), upstream if dash else rest, revision if dash else ""


@functools.lru_cache(maxsize=1 << 18)
def dpkg(left, right):
    """-1, 0, 1; None where the order says nothing: Ubuntu's FIPS builds beside plain ones."""
    if bool(re.search(r"[.+]fips", left, re.I)) != bool(re.search(r"[.+]fips", right, re.I)):
        return None
    a, b = _dpkg_split(left), _dpkg_split(right)
    return sign(a[0], b[0]) or _dpkg_part(a[1], b[1]) or _dpkg_part(a[2], b[2])


# ---- rpm: rpm-version(7) ----

def _rpm_part(left, right):
    while True:
        left, right = (re.sub(r"^[^A-Za-z0-9~^]+", "", text) for text in (left, right))
        if left[:1] == "~" or right[:1] == "~":
            if left[:1] != right[:1]:
                return -1 if left[:1] == "~" else 1
            left, right = left[1:], right[1:]
            continue
        if left[:1] == "^" or right[:1] == "^":
            if left[:1] != right[:1]:
                # A caret is above the end and below anything else.
                if not left or not right:
                    return -1 if not left else 1
                return -1 if left[:1] == "^" else 1
            left, right = left[1:], right[1:]
            continue
        if not left or not right:
            return sign(bool(left), bool(right))
        numeric = left[0].isdigit()
        if numeric != right[0].isdigit():
            return 1 if numeric else -1
        pattern = r"[0-9]+" if numeric else r"[A-Za-z]+"
        a, b = re.match(pattern, left)[0], re.match(pattern, right)[0]
        order = sign(int(a), int(b)) if numeric else sign(a, b)
        if order:
            return order
        left, right = left[len(a):], right[len(b):]


def rpm_split(version):
    """Epoch (None where there is none), version, release (None where there is none)."""
    found = re.match(r"(?:(\d*):)?(.*)$", version)
    epoch = None if found[1] is None else int(found[1] or 0)
    head, dash, release = found[2].rpartition("-")
    return (epoch, head, release) if dash else (epoch, found[2], None)


MARKS = (r"\.module[_+](?:el|f)", r"[^A-Za-z0-9]ksplice", r"[^A-Za-z0-9]fips", r"\.cloud",
         r"\.centos")


@functools.lru_cache(maxsize=1 << 16)
def _rpm_kind(version):
    release = re.search(r"[^A-Za-z0-9](el|fc|amzn|azl|cm|mga)(\d+)(?![A-Za-z])", version)
    return tuple(bool(re.search(mark, version)) for mark in MARKS), release and release.groups()


@functools.lru_cache(maxsize=1 << 18)
def rpm(left, right, without_epochs=False):
    """-1, 0, 1; None for what cannot be compared: modular with plain, el7 with el8, ..."""
    (marks_left, release_left), (marks_right, release_right) = _rpm_kind(left), _rpm_kind(right)
    if marks_left != marks_right:
        return None
    if release_left and release_right and release_left != release_right:
        return None
    a, b = rpm_split(left), rpm_split(right)
    skip = without_epochs and (a[0] is None or b[0] is None)
    order = (0 if skip else sign(a[0] or 0, b[0] or 0)) or _rpm_part(a[1], b[1])
    if order or a[2] is None or b[2] is None:
        return order or sign(a[2] is not None, b[2] is not None)
    return _rpm_part(a[2], b[2])


# ---- apk: APKBUILD(5), of what it allows ----

SUFFIXES = ["alpha", "beta", "pre", "rc", None, "cvs", "svn", "git", "hg", "p"]
APK = re.compile(r"(\d+(?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:-r(\d+))?$")


def _apk_numbers(text):
    first, *rest = text.split(".")
    # Behind a dot a number with a zero before it is a fraction.
    return [(1, int(first))] + [(0, part) if part[0] == "0" and part != "0" else (1, int(part))
                                for part in rest]


def is_apk(version):
    found = APK.match(version)
    return bool(found) and all(
        re.match(r"[a-z]+", part)[0] in SUFFIXES for part in found[3].split("_")[1:])


@functools.lru_cache(maxsize=1 << 16)
def _apk_key(version):
    numbers, letter, suffixes, release = APK.match(version).groups()
    plain = (SUFFIXES.index(None), 0)
    marks = [(SUFFIXES.index(re.match(r"[a-z]+", part)[0]), int(re.sub(r"\D", "", part) or 0))
             for part in suffixes.split("_")[1:]]
    return _apk_numbers(numbers), letter, marks + [plain], int(release or -1)


def apk(left, right):
    a, b = _apk_key(left), _apk_key(right)
    return sign(a, b)


ORDERS = {"dpkg": dpkg, "rpm": rpm, "apk": apk}
