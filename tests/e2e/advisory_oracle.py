"""What the advisories of the distributions say of a server, worked out a second time.

Reads OSV records as they are published and follows the evaluation algorithm of the OSV schema and
docs/assessment.md, sharing nothing with the program. Slow and plain on purpose.
"""
import collections
import functools
import json
import re
import zipfile

import advisory_versions as versions

CVE = re.compile(r"CVE-\d{4}-\d{4,}$")

# What a server of an os-release ID is asked about: ecosystem as OSV names it, package manager,
# which package the advisories name, and programmes of extended support with advisories of their
# own (ecosystem, name, fact, pattern of its value, whether others are told of its fixes too).
System = collections.namedtuple("System", "ecosystem manager asked programmes", defaults=[()])
SYSTEMS = {
    "debian": System("Debian:{version}", "dpkg", "source"),
    "ubuntu": System("Ubuntu:{version}:LTS", "dpkg", "source", (
        ("Ubuntu:Pro:{version}:LTS", "Ubuntu Pro (ESM)", "ubuntu-pro", "attached:.*esm-infra",
         True),
        ("Ubuntu:Pro:FIPS-updates:{version}:LTS", "Ubuntu Pro (FIPS)", "ubuntu-pro",
         "attached:.*fips-updates", False))),
    "almalinux": System("AlmaLinux:{major}", "rpm", "binary"),
    "rocky": System("Rocky Linux:{major}", "rpm", "either"),
    "rhel": System("Red Hat:enterprise_linux:{major}", "rpm", "binary", (
        ("Red Hat:rhel_els:{major}", "Extended Life Cycle Support", "subscription",
         "registered:.*els", True),
        ("Red Hat:rhel_eus:{major}.{minor}", "Extended Update Support", "subscription",
         "registered:.*eus", True),
        ("Red Hat:rhel_aus:{major}.{minor}", "Advanced Update Support", "subscription",
         "registered:.*aus", False))),
    "sles": System("SUSE:Linux Enterprise Server {major} SP{minor}", "rpm", "source", (
        ("SUSE:Linux Enterprise Server {major} SP{minor}-LTSS", "Long Term Service Pack Support",
         "suse-ltss", "enabled", True),)),
    "opensuse-leap": System("openSUSE:Leap {major}.{minor}", "rpm", "source"),
    "mageia": System("Mageia:{major}", "rpm", "source"),
    "openEuler": System("openEuler:{version}-{pack}", "rpm", "source"),
    "azurelinux": System("Azure Linux:{major}", "rpm", "binary"),
    "photon": System("Photon OS:{major}.{minor}", "rpm", "binary"),
    "alpine": System("Alpine:v{major}.{minor}", "apk", "source"),
    "wolfi": System("Wolfi", "apk", "source"),
    "chainguard": System("Chainguard", "apk", "source"),
}


def release_of(ecosystem):
    """Repositories and modules of a release count as the release."""
    if ecosystem.startswith("Red Hat:"):
        ecosystem = ecosystem.split("::")[0]
        # From RHEL 10 on the mainstream is named with its minor release.
        return re.sub(r"(:enterprise_linux:\d+)\.\d+$", r"\1", ecosystem)
    found = re.match(r"SUSE:Linux Enterprise Module for .* (\S+ \S+)$", ecosystem)
    return f"SUSE:Linux Enterprise Server {found[1]}" if found else ecosystem


def cves_of(record):
    names = [record["id"]]
    for key in ("aliases", "upstream", "related"):
        names += record.get(key) or []
    return {name for name in names if CVE.match(name)}


def own_cve(record):
    """The CVE that the record is the record of: DEBIAN-CVE-2024-1 and CVE-2024-1, no bulletin."""
    found = re.search(r"CVE-\d{4}-\d{4,}$", record["id"])
    return found and found[0]


class Advisories:
    """Records by release and package."""

    def __init__(self):
        self.places = collections.defaultdict(dict)

    def add(self, record):
        if record.get("withdrawn"):
            return
        for affected in record.get("affected") or []:
            package = affected["package"]
            release = self.places[release_of(package["ecosystem"])]
            records = release.setdefault(package["name"], {})
            records.setdefault(record["id"], (record, []))[1].append(affected)

    def add_zip(self, path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                self.add(json.loads(archive.read(name)))

    def of(self, release, package):
        """Pairs of a record and what it says of the package in the release."""
        return list(self.places.get(release, {}).get(package, {}).values())

    def packages(self, release):
        return self.places.get(release, {})


# ---- one record and one version ----

# fix: the version to install, or the one that was passed, where one is known; like: it was built for
# the same minor release or module platform as the installed build
Answer = collections.namedtuple("Answer", "state fix like", defaults=[None, False])
DECIDED = ("vulnerable", "fixed", "not affected")


class Incomparable(Exception):
    pass


class Order:
    """The order of a package manager, seen from one installed version."""

    def __init__(self, manager, installed, stands_in):
        self.manager, self.installed, self.stands_in = manager, installed, stands_in

    def compare(self, left, right):
        if self.manager == "rpm":
            return versions.rpm(left, right, self.stands_in)
        return versions.ORDERS[self.manager](left, right)

    def to(self, bound):
        """-1, 0 or 1 of the installed version."""
        order = self.compare(self.installed, bound)
        if order is None:
            raise Incomparable
        return order

    def sort(self, events):
        def by_version(left, right):
            (a,), (b,) = left.values(), right.values()
            # What begins and ends at one version is empty.
            ranks = ["introduced", "fixed", "last_affected", "limit"]
            ties = ranks.index(*left) - ranks.index(*right)
            if "0" in (a, b):
                return (b == "0") - (a == "0") or ties
            order = self.compare(a, b)
            return ties if order == 0 else order or 0
        return sorted(events, key=functools.cmp_to_key(by_version))


def events_of(entry):
    """Events of one key each, of a range."""
    return [{key: value} for event in entry["events"] for key, value in event.items()]


def cut_at_limit(order, events):
    """Past the last limit nothing is affected: it ends a range as a fix does."""
    limits = [event for event in events if "limit" in event]
    events = order.sort([event for event in events if "limit" not in event])
    if not limits or {"limit": "*"} in limits:
        return events
    last = order.sort(limits)[-1]["limit"]
    before = [event for event in events if list(event.values())[0] == "0"
              or order.compare(list(event.values())[0], last) == -1]
    return before + [{"fixed": last}]


def judge_range(order, entry):
    """The evaluation algorithm of the OSV schema for one range."""
    vulnerable, passed, end = False, None, None
    for event in cut_at_limit(order, events_of(entry)):
        if "introduced" in event:
            # "0" is before every version.
            vulnerable = (vulnerable or event["introduced"] == "0"
                          or order.to(event["introduced"]) >= 0)
        elif "fixed" in event and order.to(event["fixed"]) >= 0:
            passed = event["fixed"] if vulnerable else passed
            vulnerable = False
        elif "last_affected" in event and order.to(event["last_affected"]) > 0:
            vulnerable = False
        elif vulnerable and end is None:
            end = event
    if vulnerable:
        return Answer("vulnerable", (end or {}).get("fixed"))
    return Answer("fixed", passed) if passed else Answer("not affected")


def split_alternative(order, entry):
    """A range as what it says from the beginning to a first fix, if it does, and the rest."""
    events = cut_at_limit(order, events_of(entry))
    ends = [at for at, event in enumerate(events) if "introduced" not in event]
    if order.manager != "rpm" or not ends or "fixed" not in events[ends[0]] \
            or {"introduced": "0"} not in events[:ends[0]]:
        return [], [entry]
    rest = events[ends[0] + 1:]
    first = {"events": [{"introduced": "0"}, events[ends[0]]]}
    return [first], [{"events": rest}] if rest else []


def fix_of(entry):
    return entry["events"][1]["fixed"]


def likeness(fix, installed):
    """2: built for the same minor release or module platform and numbered alike; 1: only that."""
    def platform(version):
        found = re.search(r"\.(module(?:\+[^+]*|_[^+]*))(?:\+(\d+))?", version)
        if found:
            return found[1], len(found[2] or "") > 3
        found = re.search(r"\.(el\d+_\d+)", version)
        return found and (found[1], False)
    a, b = platform(fix), platform(installed)
    if not a or not b or a[0] != b[0]:
        return 0
    return 2 if a[1] == b[1] else 1


def judge_alternatives(order, entries):
    """Builds that one bulletin has for several minor releases: who has one needs no other."""
    alike = max(likeness(fix_of(entry), order.installed) for entry in entries)
    answers = []
    for entry in entries:
        if len(entries) == 1 or likeness(fix_of(entry), order.installed) >= alike:
            answers.append(guarded(order, entry))
    decided = [answer for answer in answers if answer.state in DECIDED]
    if not decided:
        return answers
    past = [answer for answer in decided if answer.state != "vulnerable"]
    if past:
        return past[:1]
    return [functools.reduce(lambda a, b: b if order.compare(b.fix, a.fix) == -1 else a, decided)]


def guarded(order, entry):
    try:
        return judge_range(order, entry)
    except Incomparable:
        return Answer("incomparable")


STATES = ["incomparable", "not affected", "fixed", "vulnerable"]


def judge_union(order, affected):
    """The OSV schema's algorithm: affected when any range or any listed version says so."""
    answers = [guarded(order, entry) for entry in affected["ranges"]]
    for version in affected["versions"]:
        order_to = order.compare(order.installed, version)
        if order_to is None:
            answers.append(Answer("incomparable"))
        else:
            answers.append(Answer("not affected" if order_to else "vulnerable"))
    return answers


def latest_of(order, fixes):
    known = [fix for fix in fixes if fix]
    return functools.reduce(lambda a, b: b if order.compare(b, a) == 1 else a, known) \
        if known else None


def first_unaffected(order, affected, fix):
    """The fix of one range may be affected by another, which must be left too."""
    while fix:
        answers = judge_union(Order(order.manager, fix, order.stands_in), affected)
        held = [answer.fix for answer in answers if answer.state == "vulnerable"]
        if not held:
            return fix
        fix = latest_of(order, held)
    return None


def judge_entries(order, items):
    """All that a record says of a package."""
    ranges = [entry for item in items for entry in item.get("ranges") or []
              if entry["type"] != "GIT"]
    split = [split_alternative(order, entry) for entry in ranges]
    alternatives = [entry for first, _ in split for entry in first]
    affected = {"ranges": [entry for _, rest in split for entry in rest],
                "versions": [version for item in items for version in item.get("versions") or []]}
    answers = judge_alternatives(order, alternatives) if alternatives else []
    answers += judge_union(order, affected)
    if not answers:
        return Answer("silent")
    state = max((answer.state for answer in answers), key=STATES.index)
    among = [answer for answer in answers if answer.state == state]
    if state != "vulnerable":
        return among[0] if alternatives else \
            Answer(state, latest_of(order, [answer.fix for answer in among]))
    fix = latest_of(order, [answer.fix for answer in among])
    return Answer(state, first_unaffected(order, affected, fix))


def streams_of(record):
    """Module streams that a bulletin's summary names: "nodejs:14", "httpd:2.4/mod_http2"."""
    words = (word.split("/")[0].rstrip(",;") for word in (record.get("summary") or "").split())
    return {word for word in words if re.fullmatch(r"[A-Za-z0-9._+-]+:[A-Za-z0-9._+-]+", word)}


def is_modular(affected):
    return any(".module" in version for item in affected for version in
               [value for entry in item.get("ranges") or [] for event in entry["events"]
                for value in event.values()] + (item.get("versions") or []))


def judge(order, package, record, affected):
    """What one record says of an installed package."""
    if is_modular(affected) or (is_modular(record["affected"]) and streams_of(record)):
        label = package.get("module")
        if not label:
            return Answer("incomparable" if ".module" in order.installed else "other stream")
        if ":".join(label.split(":")[:2]) not in streams_of(record):
            return Answer("other stream" if streams_of(record) else "incomparable")
    answer = judge_entries(order, affected)
    return answer._replace(like=bool(answer.fix and likeness(answer.fix, order.installed)))


# ---- all records of one CVE ----

Claim = collections.namedtuple("Claim", "record answer own programme")


def worse(order, a, b):
    """Of two answers of bulletins the one that decides: b, unless a does."""
    if (a.state in DECIDED) != (b.state in DECIDED):
        return a if a.state in DECIDED else b
    if a.state not in DECIDED:
        return a
    if a.like != b.like:
        return a if a.like else b
    if a.state != b.state:
        return max(a, b, key=lambda answer: STATES.index(answer.state))
    if not a.fix or not b.fix:
        return a if a.fix else b
    return b if order.compare(b.fix, a.fix) == 1 else a


def decide_bulletins(order, answers):
    return functools.reduce(lambda a, b: worse(order, a, b), answers) if answers else None


def decide_giver(order, claims):
    """The record of the CVE decides; a fix that it lacks is taken from the bulletins."""
    own = decide_bulletins(order, [claim.answer for claim in claims if claim.own])
    bulletin = decide_bulletins(order, [claim.answer for claim in claims if not claim.own])
    if own is None or own.state not in DECIDED:
        return bulletin if bulletin and (own is None or bulletin.state in DECIDED) else own
    if own.state == "vulnerable" and not own.fix and bulletin and bulletin.state in DECIDED \
            and bulletin.fix:
        return bulletin
    return own


def extend(order, everybody, paid, enrolled):
    """Everybody's answer and that of a programme of extended support: the answer, whether paid."""
    if everybody is None or paid is None or everybody.state not in DECIDED \
            or paid.state not in DECIDED:
        takes = paid is not None and (everybody is None or paid.state in DECIDED)
        return (paid, True) if takes else (everybody, False)
    if paid.state == "fixed" and everybody.state == "vulnerable" and everybody.fix:
        # An rpm of a later minor release can be above the fix and lack it.
        return (paid, True) if order.manager != "rpm" or paid.like else (everybody, False)
    if enrolled or (everybody.state == "vulnerable" and not everybody.fix
                    and paid.fix):
        return paid, True
    return everybody, False


def decide(order, claims, enrolled):
    """The answer, and the programme whose fix it names although the server is not enrolled."""
    base = [claim for claim in claims if claim.programme is None]
    mine = [claim for claim in claims if claim.programme in enrolled]
    offered = [claim for claim in claims
               if claim.programme is not None and claim.programme not in enrolled]
    answer, _ = extend(order, decide_giver(order, base), decide_giver(order, mine), True)
    answer, taken = extend(order, answer, decide_giver(order, offered), False)
    names = {claim.programme for claim in offered if claim.answer == answer}
    return answer, sorted(names)[0] if taken and answer.fix else None
