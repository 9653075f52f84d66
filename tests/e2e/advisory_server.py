"""The findings that a whole inventory must have by the advisories, and how they differ."""
import collections
import re

import advisory_oracle as oracle

FLAVOURS = r"(?:\d|aws|azure|gcp|gke|hwe|ibm|kvm|lowlatency|oem|oracle|raspi|signed|meta|lts)"
KERNEL_SOURCES = {
    "dpkg": re.compile(rf"linux(?:-{FLAVOURS}.*)?$"), "apk": re.compile(rf"linux-{FLAVOURS}.*$"),
    "rpm": re.compile(r"kernel(?:-(?:rt|uek|default|azure|64kb|source|syms|docs|debug).*)?$")}
KERNEL_IMAGES = {
    "dpkg": re.compile(r"linux-image-(?:unsigned-|rt-)?\d(?!.*-dbg)"),
    "apk": re.compile(r"linux-(?:lts|virt|edge)$"),
    "rpm": re.compile(r"kernel(?:-(?:core|rt|rt-core|64k-core|default|azure|debug|debug-core))?$")}
# Sources that sign the binaries of another, and what their versions have before its own.
SIGNED = {"linux-signed-amd64": ("linux", ""), "linux-signed-arm64": ("linux", ""),
          "grub-efi-amd64-signed": ("grub2", "1+")}

Asked = collections.namedtuple("Asked", "name version stands_in")
Expected = collections.namedtuple("Expected", "packages fixes programme ids installed")


def fill(pattern, system):
    version = system.get("version_id") or ""
    major, _, rest = version.partition(".")
    pack = re.search(r"\((.*)\)", system.get("version") or "")
    return pattern.format(version=version, major=major, minor=rest.split(".")[0] or "0",
                          pack=pack[1] if pack else "")


class Server:
    def __init__(self, document, advisories, rejected=()):
        self.software = document["software"]
        self.advisories, self.rejected = advisories, rejected
        os = document["server"]["os"]
        self.system = oracle.SYSTEMS[os["id"]]
        facts = {fact["key"]: fact["value"] for fact in document.get("facts", [])}
        self.releases = [(fill(self.system.ecosystem, os), None)]
        self.enrolled = set()
        for ecosystem, name, fact, pattern, told in self.system.programmes:
            if re.match(pattern, facts.get(fact, "")):
                self.enrolled.add(name)
            if told or name in self.enrolled:
                self.releases.append((fill(ecosystem, os), name))
        self.decisions = collections.Counter()
        self.incomparable = 0

    # ---- which package is asked for ----

    def asked(self, package):
        source = package.get("source")
        source_version = package.get("source_version") or package["version"]
        by_source = self.system.asked == "source" or (
            self.system.asked == "either"
            and not self.advisories.of(self.releases[0][0], package["name"]))
        if not by_source or not source:
            return Asked(package["name"], package["version"], False)
        if self.system.manager == "dpkg" and source in SIGNED:
            name, drop = SIGNED[source]
            version = package["version"]
            if drop and version.startswith(drop):
                version = version[len(drop):].replace("+", "-", 1)
            return Asked(name, version, True)
        return Asked(source, source_version, True)

    def title(self, package, asked):
        """Findings are about the source."""
        source = package.get("source") or package["name"]
        return asked.name if source in SIGNED and asked.name == "linux" else source

    def is_kernel(self, package, asked):
        pattern = KERNEL_SOURCES[self.system.manager]
        return bool(pattern.match(package.get("source") or package["name"])
                    or pattern.match(asked.name) or self.is_image(package))

    def is_image(self, package):
        return bool(KERNEL_IMAGES[self.system.manager].match(package["name"]))

    def counts(self, package, asked):
        """Of a kernel's packages the image that runs does; any image where that is not known."""
        if not self.is_kernel(package, asked):
            return True
        running = {other["version"] for other in self.software
                   if self.is_image(other) and "kernel-running" in other.get("status", "")}
        return self.is_image(package) and (not running or package["version"] in running)

    # ---- what is found ----

    def claims(self, package, asked):
        order = oracle.Order(self.system.manager, asked.version, asked.stands_in)
        claims = collections.defaultdict(list)
        for release, programme in self.releases:
            for record, affected in self.advisories.of(release, asked.name):
                cves = oracle.cves_of(record)
                if not cves:
                    continue
                answer = oracle.judge(order, package, record, affected)
                for cve in cves:
                    own = oracle.own_cve(record) == cve
                    claims[cve].append(oracle.Claim(record, answer, own, programme))
        return order, claims

    def covered(self, asked):
        return any(self.advisories.of(release, asked.name) for release, _ in self.releases)

    def expected(self):
        """Expected by CVE and software; self.decisions counts what was decided, by its answer."""
        found, units = {}, {}
        for package in self.software:
            asked = self.asked(package)
            if not self.counts(package, asked):
                continue
            unit = asked, package.get("module"), self.title(package, asked)
            units.setdefault(unit, []).append(package)
        for (asked, _, title), packages in units.items():
            self.decide(asked, title, packages, found)
        return found

    def decide(self, asked, title, packages, found):
        order, claims = self.claims(packages[0], asked)
        records = {(claim.record["id"], claim.programme): claim.answer.state
                   for group in claims.values() for claim in group}
        self.incomparable += sum(state == "incomparable" for state in records.values())
        for cve, group in claims.items():
            answer, programme = oracle.decide(order, group, self.enrolled)
            self.decisions[answer.state] += 1
            if answer.state != "vulnerable" or cve in self.rejected:
                continue
            names = {package["name"] for package in packages}
            row = found.setdefault((cve, title), Expected(set(), [], set(), set(), set()))
            row.packages.update(names)
            row.fixes.append(answer.fix)
            row.programme.add(programme)
            row.ids.update(claim.record["id"] for claim in group)
            row.installed.add(asked.version)

    def latest(self, fixes):
        """The fix that brings all packages of a finding to where they must be."""
        known = [fix for fix in fixes if fix]
        order = oracle.Order(self.system.manager, "0", False)
        best = known[0] if known else None
        for fix in known[1:]:
            best = fix if order.compare(fix, best) == 1 else best
        return best


def differences(server, findings):
    """Words for each way in which the program's findings are not the expected ones."""
    expected = server.expected()
    got = {(row["cve"], row["software"]): row for row in findings
           if row["confidence"] == "advisory"}
    words = []
    for key in sorted(expected.keys() - got.keys()):
        words.append(("missing", key, expected[key]))
    for key in sorted(got.keys() - expected.keys()):
        words.append(("unexpected", key, got[key]["criterion"]))
    for key in sorted(got.keys() & expected.keys()):
        row, want = got[key], expected[key]
        fix = server.latest(want.fixes)
        if row["fixed_in"] != fix:
            words.append(("fixed in", key, row["fixed_in"], fix, want))
        if set(row["packages"]) != want.packages:
            words.append(("packages", key, row["packages"], want.packages))
        if row["fixed_in_programme"] not in want.programme:
            words.append(("programme", key, row["fixed_in_programme"], want.programme))
        ids = set(row["criterion"].split(" in ", 1)[1].split(", "))
        if not ids <= want.ids or (len(want.fixes) == 1 and ids != want.ids):
            words.append(("advisories", key, ids, want.ids))
        if row["installed"] not in want.installed:
            words.append(("installed", key, row["installed"], want.installed))
    covered = {server.title(package, server.asked(package)) for package in server.software
               if server.covered(server.asked(package))}
    for row in findings:
        if row["confidence"] != "advisory" and row["software"] in covered:
            words.append(("asked elsewhere", (row["cve"], row["software"]), row["source"]))
    return words
