"""The order of the versions in CPE names, written a second time from its description
(docs/assessment.md, "Versions without a grammar"), to hold the program's against. A version is a list of numbers
and words; two lists are walked side by side, where the program makes a key of each and compares bytes.
"""
import functools
import re

UNDEFINED = None
BEFORE = {"dev": 1, "nightly": 1, "canary": 1, "alpha": 2, "beta": 3, "milestone": 4, "pre": 5,
          "prerelease": 5, "preview": 5, "rc": 6, "candidate": 6, "gamma": 6, "snapshot": 7}
NOTHING = {"final", "release", "ga", "gold", "rtm", "incubating"}
SAME = {"patch": "p", "patchlevel": "p", "update": "u", "upd": "u", "hotfix": "hf", "servicepack": "sp"}
TWO_WORDS = [(r"cumulative[^a-z0-9]*update", "cu"), (r"service[^a-z0-9]*pack", "sp"),
             (r"fix[^a-z0-9]*pack", "fp"), (r"maintenance[^a-z0-9]*release", "mr"),
             (r"maintenance[^a-z0-9]*pack", "mp"),
             (r"release[^a-z0-9]*candidate", "rc")]
NUMBERS = r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+"
NO_VERSION = {"n/a", "na", "unknown", "unspecified", "none", "various", "_nil_", "all"}


def is_hash(text):
    if not re.fullmatch(r"[0-9a-f]{7,}", text):
        return False
    letters = sum(char.isalpha() for char in text)
    return letters > 1 or letters == 1 and text[-1].isdigit()


def words_of(text, whole, before=""):
    """Numbers, and words as (rank, text): a rank below 8 stands before a release. whole: a version, where numbers
    with dots may be followed by Python's a1 and b2, and by Java's _201; before: the version of an update."""
    for pattern, short in TWO_WORDS:
        text = re.sub(rf"(?<![a-z]){pattern}(?![a-z])", short, text)
    if whole:
        text = re.sub(r"^(\d+\.\d+\.\d+)_(?=\d)", r"\1 u", text)
    out = []
    for found in re.finditer(r"\d+|[a-z]+", text):
        token, ahead, behind = found[0], text[:found.start()], text[found.end():]
        if token.isdigit():
            out.append(int(token))
            continue
        near = re.match(r"\d", behind) is not None
        close = re.match(r"[^a-z0-9]*\d", behind) is not None
        if token == "m" and near and not ahead.endswith(")"):
            out.append((4, ""))
        elif token in "ab" and re.fullmatch(NUMBERS, ahead if whole else before) and \
                (whole or not re.search(r"[a-z0-9]", ahead)) and re.match(r"(?:[1-9]\d|\d)(?!\d)", behind):
            out.append((2 if token == "a" else 3, ""))
        elif token == "ea" and ahead.endswith("-"):
            out.append((5, ""))
        elif token == "eap" and close:
            out.append((5, ""))
        elif token in ("test", "cr") and close:
            out.append((2 if token == "test" else 6, ""))
        elif token == "pl" and close:
            out.append((9, "p"))
        elif token in NOTHING:
            continue
        elif token in BEFORE:
            out.append((BEFORE[token], ""))
        else:
            out.append((9, SAME.get(token, token)))
    return out


JAVA = re.compile(r"(sun|oracle) (jre|jdk|java_se|openjdk|java|j2se|sdk)")


BARE = re.compile(r"(f5|nginx) nginx_plus|(ggml|ggerganov) llama\.cpp|"
                  r"(manageengine|zohocorp) (manageengine_)?adaudit_plus|"
                  r"cisco (expressway_software|telepresence_video_communication_server.*)")


def plain_java(version, update):
    """The version of a Java, N before 9 as 1.N, and its update."""
    if update[:1].isdigit():
        update = "update" + update
    found = re.match(r"(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?", version)
    if not found:
        return version, update
    first, second, third = (int(part or 0) for part in found.groups())
    rest = version[found.end():]
    if first == 1:
        if second >= 9:
            return version[version.index(".") + 1:], update
        if found[2] and not found[3] and rest.startswith("_"):
            return f"1.{second}.0{rest}", update
        return (found[0] if update and found[3] and rest.startswith(".") else version), update
    if 1 < first < 9:
        return f"1.{first}.{second}" + (f"_{third}" if third else "") + rest, update
    return version, update


@functools.lru_cache(maxsize=None)
def parse(version, update="", product=()):
    """(first word or "", numbers and words) or None for what is no version. product: part, vendor, product."""
    version, update = version.strip().lower(), update.strip().lower()
    name = " ".join(product[1:])
    if JAVA.fullmatch(name):
        version, update = plain_java(version, update)
    elif BARE.fullmatch(name):
        version = re.sub(r"^[a-z]+[_ -]?(?=\d)", "", version)
    elif re.fullmatch(r"adobe acrobat.*", name):
        version = re.sub(r"^20(?=\d\d(?!\d))", "", version)
    if version.startswith("#") or update.startswith("#"):
        return None
    update = "" if update in NO_VERSION else update
    if version in NO_VERSION or is_hash(version) or is_hash(update) or \
            re.search(r"[\x00-\x1f\x7f-\xff<>=*?]", version + update) or \
            re.search(r"\d\.x$", version) or re.search(r"\d\.x$", update):
        return None
    version = re.sub(r"^[^a-z0-9]*", "", version)
    version = re.sub(r"^(v|ver|version|rel|release)[^a-z0-9]*(?=\d)", "", version)
    if not version or version.startswith("commit") and not version[6:7].isalpha():
        return None
    family, rest = re.match(r"([a-z]*)(.*)", version, re.S).groups()
    words = words_of(rest if family else version, not family)
    more = words_of(update, False, "" if family else version)
    if more and isinstance(more[0], int):
        more.insert(0, (9, ""))
    return family, words + more


def order(left, right):
    """-1, 0, 1; left and right are lists of numbers and words."""
    left, right = list(left), list(right)
    at = 0
    while at < len(left) or at < len(right):
        if at >= len(left) or at >= len(right):
            rest, sign = (right[at:], -1) if at >= len(left) else (left[at:], 1)
            while rest and rest[0] == 0:
                rest = rest[1:]
            if not rest:
                return 0
            return sign if isinstance(rest[0], int) or rest[0][0] >= 8 else -sign
        a, b = left[at], right[at]
        if isinstance(a, int) != isinstance(b, int):
            # Zeros before a word are none.
            numbers = left if isinstance(a, int) else right
            end = at
            while end < len(numbers) and numbers[end] == 0:
                end += 1
            if end == len(numbers) or not isinstance(numbers[end], int):
                del numbers[at:end]
                continue
            return 1 if isinstance(a, int) else -1
        if a != b:
            return -1 if a < b else 1
        at += 1
    return 0


def compare(left, right):
    """-1, 0, 1 or UNDEFINED of two results of parse()."""
    if left is None or right is None or left[0] != right[0]:
        return UNDEFINED
    return order(left[1], right[1])
