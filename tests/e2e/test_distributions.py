"""Advisories of each distribution in the form that it publishes, made for the test: servers just
below and at the fix, and what the CVE List says of software from its maker."""
import json

import tap

FEEDS = tap.FIXTURES / "feeds"
# os-release ID and VERSION_ID; package manager, package, source, version below the fix, fix; CVE
SERVERS = [
    ("ubuntu", "22.04", "dpkg", "openssl", "openssl", "3.0.2-0ubuntu1.15", "3.0.2-0ubuntu1.16",
     "CVE-2024-90101"),
    ("alpine", "3.19.1", "apk", "busybox", "busybox", "1.36.1-r15", "1.36.1-r17",
     "CVE-2024-90102"),
    ("rocky", "9.3", "rpm", "openssl-libs", "openssl", "1:3.0.7-24.el9", "1:3.0.7-25.el9_3",
     "CVE-2024-90103"),
    ("rhel", "9.4", "rpm", "openssl-libs", "openssl", "1:3.0.7-24.el9", "1:3.0.7-27.el9",
     "CVE-2024-90105"),
    ("sles", "15.5", "rpm", "openssl-3", "openssl-3", "3.0.8-150500.5.20.1",
     "3.0.8-150500.5.30.1", "CVE-2024-90106"),
    ("opensuse-leap", "15.5", "rpm", "tor", "tor", "0.4.8.10-bp155.2.3.1",
     "0.4.8.11-bp155.2.6.1", "CVE-2024-90107"),
    ("mageia", "9", "rpm", "openssl", "openssl", "3.0.12-1.mga9", "3.0.13-1.mga9",
     "CVE-2024-90108"),
    ("wolfi", "20230201", "apk", "openssl", "openssl", "3.3.0-r3", "3.3.0-r4", "CVE-2024-90109"),
]


def server(folder, system, release, software, facts=()):
    document = {
        "format": "assay-inventory", "format_version": 1, "collected": "2024-05-01T00:00:00Z",
        "collector": "test", "server": {"name": "s", "os": {
            "family": "linux", "id": system, "name": system, "version_id": release,
            "version": release}},
        "software_known": "yes", "software": software,
        "facts": [{"key": key, "value": value} for key, value in facts]}
    path = folder / f"{system}.json"
    path.write_text(json.dumps(document))
    return path


def build(folder):
    knowledge = folder / "knowledge.assay"
    if not knowledge.exists():
        tap.assay("kb", "build", "--from", FEEDS, "--out", knowledge)
    return knowledge


def findings(folder, system, release, software, facts=(), every=False):
    path = server(folder, system, release, software, facts)
    document = tap.assay("assess", path, "--knowledge", build(folder), "--as-of", "2024-05-01",
                         "--format", "json", *(["--all"] if every else []), status=None).json()
    return document["findings"]


def package(manager, name, source, version):
    return {"ecosystem": manager, "name": name, "version": version, "arch": "x86_64",
            "source": source, "source_version": version}


def test_each_distribution(folder):
    for system, release, manager, name, source, below, fixed, cve in SERVERS:
        (found,) = findings(folder, system, release, [package(manager, name, source, below)])
        tap.equal((found["cve"], found["confidence"], found["fixed_in"]),
                  (cve, "advisory", fixed), system)
        tap.equal(findings(folder, system, release, [package(manager, name, source, fixed)]), [],
                  system)


# As SERVERS, with a fact that shows enrolment and the programme that has the fix
EXTENDED = [
    ("ubuntu", "18.04", "dpkg", "openssl", "openssl", "1.1.1-1ubuntu2.1~18.04.23",
     "1.1.1-1ubuntu2.1~18.04.23+esm5", "CVE-2024-90101",
     ("ubuntu-pro", "attached:esm-apps,esm-infra"), "Ubuntu Pro (ESM)"),
    ("rhel", "7.9", "rpm", "openssl-libs", "openssl", "1:1.0.2k-26.el7_9", "1:1.0.2k-27.el7_9",
     "CVE-2024-90105", ("subscription", "registered:els"), "Extended Life Cycle Support"),
    ("sles", "15.3", "rpm", "openssl-3", "openssl-3", "3.0.8-150300.5.30.1",
     "3.0.8-150300.5.40.1", "CVE-2024-90106", ("suse-ltss", "enabled"),
     "Long Term Service Pack Support"),
]


def test_extended_support(folder):
    for system, release, manager, name, source, below, fixed, cve, fact, programme in EXTENDED:
        software = [package(manager, name, source, below)]
        (found,) = findings(folder, system, release, software)
        tap.equal((found["cve"], found["fixed_in"], found["fixed_in_programme"]),
                  (cve, fixed, programme), system)
        (found,) = findings(folder, system, release, software, [fact])
        tap.equal((found["cve"], found["fixed_in"], found["fixed_in_programme"]),
                  (cve, fixed, None), f"{system}, enrolled")
        tap.equal(findings(folder, system, release, [package(manager, name, source, fixed)]), [],
                  system)
    path = server(folder, "ubuntu", "18.04", [
        package("dpkg", "openssl", "openssl", "1.1.1-1ubuntu2.1~18.04.23")])
    shown = tap.assay("assess", path, "--knowledge", build(folder), "--as-of", "2024-05-01",
                      status=None).out
    tap.contains(shown, ", in Ubuntu Pro (ESM)")


def test_minor_release_with_extended_updates(folder):
    # The fix that Extended Update Support has for 9.2 is lower than that of 9.4.
    for version, facts, expected in [
            ("1:3.0.7-17.el9_2", [], "1:3.0.7-27.el9"),
            ("1:3.0.7-17.el9_2", [("subscription", "registered:eus")], "1:3.0.7-18.el9_2"),
            ("1:3.0.7-18.el9_2", [("subscription", "registered:eus")], None)]:
        found = findings(folder, "rhel", "9.2", [package("rpm", "openssl-libs", "openssl", version)],
                         facts)
        tap.equal([row["fixed_in"] for row in found], [expected] if expected else [], version)


def test_cve_list_where_nvd_is_silent(folder):
    for cve, source, confidence, product, version in [
            ("CVE-2024-90004", "CVE List (CNA)", "range", "nginx", "1.25.4")]:
        software = [{"ecosystem": "cpe", "name": product, "version": version,
                     "cpe": f"cpe:2.3:a:f5:nginx:{version}:*:*:*:*:*:*:*"}]
        found = {row["cve"]: row for row in findings(folder, "debian", "12", software)}
        tap.equal((found[cve]["source"], found[cve]["confidence"]), (source, confidence))
        tap.equal(found[cve]["score_source"], "CNA")


def test_publishers_names(folder):
    software = [{"ecosystem": "cpe", "name": "tool", "version": "2.9",
                 "cpe": "cpe:2.3:a:example:tool:2.9:*:*:*:*:*:*:*"}]
    found = {row["cve"]: row for row in findings(folder, "debian", "12", software, every=True)}
    tap.equal((found["CVE-2024-90205"]["source"], found["CVE-2024-90205"]["confidence"]),
              ("CVE List (CNA)", "product"))
    tap.equal("CVE-2024-90206" in found, False)


def test_show_names_the_source(folder):
    knowledge = build(folder)
    shown = tap.assay("kb", "show", "CVE-2024-90201", "--knowledge", knowledge).out
    tap.contains(shown, "as the CVE List (CNA) says, by names:")
    tap.contains(shown, "as the CVE List (ADP) says:")
    document = tap.assay("kb", "show", "CVE-2024-90006", "--knowledge", knowledge, "--format",
                         "json").json()
    tap.contains(json.dumps(document), '"origin": "NVD override"')
    tap.contains(tap.assay("kb", "show", "CVE-2024-90203", "--knowledge", knowledge).out,
                 "REJECTED")


if __name__ == "__main__":
    tap.main(globals())
