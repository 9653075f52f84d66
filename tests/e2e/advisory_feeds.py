"""Advisories made at random for every distribution, in the form in which each is published: all that
the OSV schema allows, though few feeds use it."""
import functools

import advisory_oracle as oracle

# A server's os-release, the tags of its builds, where its advisories are kept, and what a record is
# called: its ecosystems (each with how often a record names it), and the key that names CVEs.
SERVERS = [
    {"os": {"id": "debian", "version_id": "12"}, "tags": ["", "+deb12u1", "+deb12u3", "~deb12u1"],
     "feed": "Debian", "ecosystems": [("Debian:12", 1), ("Debian:11", .3)],
     "own": "DEBIAN-{cve}", "bulletin": "DSA-{number}-1", "names": "upstream"},
    {"os": {"id": "ubuntu", "version_id": "22.04"},
     "tags": ["ubuntu0.22.04.1", "ubuntu1.3", "ubuntu3", "ubuntu1.1+esm2"], "feed": "Ubuntu",
     "ecosystems": [("Ubuntu:22.04:LTS", .9), ("Ubuntu:Pro:22.04:LTS", .5), ("Ubuntu:24.10", .1),
                    ("Ubuntu:Pro:FIPS-updates:22.04:LTS", .1)],
     "own": "UBUNTU-{cve}", "bulletin": "USN-{number}-1", "names": "upstream",
     "facts": [("ubuntu-pro", "attached:esm-apps,esm-infra,fips-updates")]},
    {"os": {"id": "alpine", "version_id": "3.19.1"}, "tags": [""], "feed": "Alpine",
     "ecosystems": [("Alpine:v3.19", 1), ("Alpine:v3.18", .4)],
     "own": "ALPINE-{cve}", "bulletin": "ALPINE-{number}", "names": "upstream"},
    {"os": {"id": "wolfi", "version_id": "20230201"}, "tags": [""], "feed": "Wolfi",
     "ecosystems": [("Wolfi", 1), ("Chainguard", 1)], "own": "CGA-{number}-4444",
     "bulletin": "CGA-{number}-5555", "names": "upstream"},
    {"os": {"id": "chainguard", "version_id": "20230214"}, "tags": [""], "feed": "Chainguard",
     "ecosystems": [("Chainguard", 1), ("Wolfi", .5)], "own": "CGA-{number}-6666",
     "bulletin": "CGA-{number}-7777", "names": "upstream"},
    {"os": {"id": "almalinux", "version_id": "9.4"},
     "tags": ["el9", "el9_2", "el9_4.1", "module_el9.2.0+12+abc"], "feed": "AlmaLinux",
     "ecosystems": [("AlmaLinux:9", 1)], "own": "ALBA-{number}", "bulletin": "ALSA-{number}",
     "names": "related"},
    {"os": {"id": "rocky", "version_id": "9.3"},
     "tags": ["el9", "el9_2", "el9_4.1", "module+el9.3.0+12+abc"], "feed": "Rocky Linux",
     "ecosystems": [("Rocky Linux:9", 1), ("Rocky Linux:8", .2)], "own": "RXSA-{number}",
     "bulletin": "RLSA-{number}", "names": "related"},
    {"os": {"id": "rhel", "version_id": "9.4"},
     "tags": ["el9", "el9_2", "el9_4", "el9_4.2", "module+el9.4.0+12+abc"], "feed": "Red Hat",
     "ecosystems": [("Red Hat:enterprise_linux:9::baseos", .8), ("Red Hat:rhel_eus:9.4::baseos", .4),
                    ("Red Hat:enterprise_linux:9::appstream", .6), ("Red Hat:rhel_els:9", .1),
                    ("Red Hat:openshift:4.12::el9", .2), ("Red Hat:rhel_aus:9.4::baseos", .2)],
     "own": "RHBA-{number}", "bulletin": "RHSA-{number}", "names": "upstream",
     "facts": [("subscription", "registered:eus,aus")]},
    {"os": {"id": "rhel", "version_id": "10.1"}, "tags": ["el10", "el10_0", "el10_1"],
     "feed": "Red Hat", "ecosystems": [("Red Hat:enterprise_linux:10.0", .8),
                                       ("Red Hat:enterprise_linux:10.1", .8)],
     "own": "RHBA-{number}", "bulletin": "RHSA-{number}", "names": "upstream"},
    {"os": {"id": "sles", "version_id": "15.5"}, "tags": ["150500.5", "150500.9.1"], "feed": "SUSE",
     "ecosystems": [("SUSE:Linux Enterprise Module for Basesystem 15 SP5", .8),
                    ("SUSE:Linux Enterprise Server 15 SP5", .8),
                    ("SUSE:Linux Enterprise Server 15 SP5-LTSS", .5),
                    ("SUSE:Linux Enterprise Module for Server Applications 15 SP5", .3)],
     "own": "SUSE-RU-{number}-1", "bulletin": "SUSE-SU-{number}-1", "names": "related",
     "facts": [("suse-ltss", "enabled")]},
    {"os": {"id": "opensuse-leap", "version_id": "15.5"}, "tags": ["bp155.2", "150500.3.1"],
     "feed": "openSUSE", "ecosystems": [("openSUSE:Leap 15.5", 1), ("openSUSE:Tumbleweed", .2)],
     "own": "openSUSE-RU-{number}-1", "bulletin": "openSUSE-SU-{number}-1", "names": "related"},
    {"os": {"id": "mageia", "version_id": "9"}, "tags": ["mga9", "1.mga9"], "feed": "Mageia",
     "ecosystems": [("Mageia:9", 1), ("Mageia:8", .3)], "own": "MGAA-{number}",
     "bulletin": "MGASA-{number}", "names": "related"},
    {"os": {"id": "openEuler", "version_id": "22.03", "version": "22.03 (LTS-SP3)"},
     "tags": ["oe2203sp3", "1.oe2203sp3"], "feed": "openEuler",
     "ecosystems": [("openEuler:22.03-LTS-SP3", 1), ("openEuler:24.03-LTS", .2)],
     "own": "OEBA-{number}", "bulletin": "OESA-{number}", "names": "upstream"},
    {"os": {"id": "azurelinux", "version_id": "3.0"}, "tags": ["azl3"], "feed": "Azure Linux",
     "ecosystems": [("Azure Linux:3", 1), ("Azure Linux:2", .2)], "own": "AZL-{cve}",
     "bulletin": "AZL-{number}", "names": "upstream"},
    {"os": {"id": "photon", "version_id": "5.0"}, "tags": ["ph5"], "feed": "Photon OS",
     "ecosystems": [("Photon OS:5.0", 1)], "own": "PHSA-{cve}", "bulletin": "PHSA-{number}",
     "names": "upstream"},
]


def make_version(manager, tags, epochs, random):
    numbers = ".".join(str(random.choice((0, 1, 1, 2, 3, 9, 10)))
                       for _ in range(random.choice((2, 3, 3))))
    if manager == "apk":
        mark = random.choice(("", "", "", "a", "_p1", "_rc2", "_git20240101"))
        return f"{numbers}{mark}-r{random.randrange(5)}"
    mark = random.choice(("", "", "", "~rc1", "+git5", "+dfsg" if manager == "dpkg" else "^b1"))
    release, tag = random.randint(1, 4), random.choice(tags)
    dot = "." if manager == "rpm" else ""
    return f"{random.choice(epochs)}{numbers}{mark}-{release}{dot}{tag}"


def make_pool(system, tags, random):
    """Versions of one package from the lowest to the highest, of a kind that has an order."""
    manager = system.manager
    epochs = ["", "", "", "0:" if manager == "rpm" else "", "1:", "2:"]
    if system.asked != "binary" and manager == "rpm":
        # What may leave epochs out has an order only within one epoch.
        epochs = [random.choice(epochs)]
    order = oracle.Order(manager, "0", False)
    made = []
    while len(made) < 4:
        some = [make_version(manager, tags, epochs, random) for _ in range(9)]
        kind = [version for version in some if order.compare(version, some[0]) is not None]
        made = sorted(set(kind), key=functools.cmp_to_key(order.compare))
    return made


def in_order(random, pool):
    """Four of the versions, in their order."""
    return [pool[at] for at in sorted(random.sample(range(len(pool)), 4))]


def make_events(pool, random):
    """The events of a range, in any order where there are more than two."""
    a, b, c, d = in_order(random, pool)
    events = random.choice([
        [("introduced", "0"), ("fixed", c)], [("introduced", "0"), ("fixed", b)],
        [("introduced", "0"), ("fixed", b)], [("introduced", a), ("fixed", c)],
        [("introduced", "0")], [("introduced", b)], [("introduced", "0"), ("last_affected", b)],
        [("introduced", "0"), ("fixed", a), ("introduced", b), ("fixed", c)],
        [("introduced", a), ("last_affected", b), ("introduced", c), ("fixed", d)],
        [("introduced", "0"), ("fixed", a), ("introduced", c)],
        [("introduced", "0"), ("introduced", a), ("fixed", c)],
        [("introduced", "0"), ("fixed", b), ("fixed", c)],
        [("introduced", "0"), ("limit", c)], [("introduced", a), ("fixed", c), ("limit", b)],
        [("introduced", "0"), ("fixed", c), ("limit", "*")], [("introduced", "0"), ("fixed", "0")],
    ])
    if random.random() < .3:
        random.shuffle(events)
    return [{key: value} for key, value in events]


def enumerate_versions(affected, pool, random):
    """Some versions, none of which the ranges call fixed."""
    ends = {value for entry in affected.get("ranges", []) for event in entry["events"]
            for key, value in event.items() if key in ("fixed", "limit")}
    chosen = [version for version in pool if version not in ends]
    affected["versions"] = random.sample(chosen, min(len(chosen), random.randint(1, 3)))


def make_affected(manager, name, ecosystem, pool, random):
    affected = {"package": {"ecosystem": ecosystem, "name": name}}
    dice = random.random()
    if dice < .92:
        affected["ranges"] = [{"type": "ECOSYSTEM", "events": make_events(pool, random)}
                              for _ in range(2 if random.random() < .1 else 1)]
    if random.random() < .1:
        affected.setdefault("ranges", []).append(
            {"type": "GIT", "repo": "https://example.org/r", "events": [{"introduced": "0"}]})
    if dice >= .92 or (manager != "rpm" and random.random() < .15):
        enumerate_versions(affected, pool, random)
    if random.random() < .3:
        affected["ecosystem_specific"] = {"urgency": random.choice(("unimportant", "high"))}
        affected["database_specific"] = {"source": "https://example.org/x", "nested": [1, {}]}
    return affected


def copy_affected(manager, affected, ecosystem, pool, random):
    """The package in another repository: most often the same builds."""
    name = affected["package"]["name"]
    if random.random() < .3 and "versions" not in affected:
        return make_affected(manager, name, ecosystem, pool, random)
    return {**affected, "package": {"ecosystem": ecosystem, "name": name}}


def name_cves(record, cves, form, random):
    for cve in cves:
        key = form["names"] if random.random() < .8 else random.choice(("aliases", "related"))
        record.setdefault(key, []).append(cve)
    if random.random() < .3:
        record.setdefault("aliases", []).append("GHSA-2222-3333-4444")


def name_record(form, number, cves, random):
    """What is called after a CVE is the record of that CVE, all else a bulletin."""
    own = len(cves) == 1 and random.random() < .5
    pattern = form["own"] if own or "{cve}" not in form["own"] and not cves else form["bulletin"]
    return pattern.format(cve=cves[0] if cves else "", number=number)


def fill_affected(record, form, manager, name, pool, random):
    """What a record says of a package in each repository. Builds of rpm are alternatives, which goes
    with no enumerated versions beside them."""
    first = None
    for ecosystem, often in [*form["ecosystems"], (None, .05)]:
        if random.random() >= often or (ecosystem is None and first is None):
            continue
        ecosystem = ecosystem or first["package"]["ecosystem"]
        made = copy_affected(manager, first, ecosystem, pool, random) if first else \
            make_affected(manager, name, ecosystem, pool, random)
        if first is None or manager != "rpm" or ("versions" in made) == ("versions" in first):
            record["affected"].append(made)
        first = first or made


def make_record(form, number, packages, cves, random):
    record = {"schema_version": "1.7.0", "id": name_record(form, number, cves, random),
              "published": "2024-03-05T00:00:00Z", "modified": "2024-04-05T00:00:00Z",
              "summary": "Important: update", "affected": []}
    name_cves(record, cves, form, random)
    for name, pool in packages:
        fill_affected(record, form, oracle.SYSTEMS[form["os"]["id"]].manager, name, pool, random)
    if any(".module" in version for _, pool in packages for version in pool):
        record["summary"] = "Important: " + random.choice(
            ("nodejs:18 security update", "nodejs:18 and nodejs-extra:18 security update",
             "nodejs:20/npm, bug fix", "nodejs security update"))
    if random.random() < .04:
        record["withdrawn"] = "2024-05-01T00:00:00Z"
    return record


def make_records(form, first, count, random):
    """Records about a few packages, so that many speak of one package and one CVE."""
    system = oracle.SYSTEMS[form["os"]["id"]]
    # What is made for several servers shares no names.
    prefix = form["os"]["id"][:4].lower() + form["os"]["version_id"][:2].strip(".")
    packages = [(f"{prefix}pkg{at}", make_pool(system, form["tags"], random))
                for at in range(max(4, count // 4))]
    records = []
    for number in range(first, first + count):
        cves = [f"CVE-2024-{random.randrange(90000, 90000 + count)}"
                for _ in range(random.choice((0, 1, 1, 1, 1, 2, 4)))]
        chosen = random.sample(packages, random.choice((1, 1, 1, 2)))
        records.append(make_record(form, number, chosen, sorted(set(cves)), random))
    return records
