"""Records of one CVE each, made for tests in the form that each distribution publishes as OSV."""
import osv_mirror

V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"


def events(row):
    return [{"introduced": row["introduced"]}, {"fixed": row["fixed"]}]


def package(row, ecosystem, **more):
    return {"package": {"ecosystem": ecosystem, "name": row["record"]},
            "ranges": [{"type": "ECOSYSTEM", "events": events(row)}], **more}


def title(row, words):
    """Bulletins of the rpm family name a module's stream before the words."""
    name = row["record"] if row["stream"] == "-" else row["stream"]
    return f"{words}: {name} security update"


def ubuntu(row, number, release):
    binary = {"binary_name": row["package"], "binary_version": row["fixed"]}
    return {"id": f"UBUNTU-CVE-2024-{number}", "upstream": [f"CVE-2024-{number}"],
            "related": [f"USN-{number}-1"],
            "severity": [{"type": "CVSS_V3", "score": V31}, {"type": "Ubuntu", "score": "medium"}],
            "affected": [package(row, f"Ubuntu:{release}:LTS", versions=[row["fixed"] + "~"],
                                 ecosystem_specific={"binaries": [binary]})]}


def alpine(row, number, release):
    branch = ".".join(release.split(".")[:2])
    return {"id": f"ALPINE-CVE-2024-{number}", "upstream": [f"CVE-2024-{number}"],
            "affected": [package(row, f"Alpine:v{branch}")]}


def rocky(row, number, release):
    affected = package(row, f"Rocky Linux:{release[0]}")
    affected["ranges"][0]["database_specific"] = {"yum_repository": "BaseOS"}
    return {"id": f"RLSA-2024:{number}", "related": [f"CVE-2024-{number}"],
            "summary": title(row, "Important"), "affected": [affected]}


def red_hat(row, number, release):
    names = [f"Red Hat:enterprise_linux:{release[0]}::{repository}"
             for repository in ("appstream", "baseos")]
    return {"id": f"RHSA-2024:{number}", "upstream": [f"CVE-2024-{number}"],
            "summary": title(row, "Red Hat Security Advisory"),
            "severity": [{"type": "CVSS_V3", "score": V31}],
            "affected": [package(row, name) for name in names]}


def suse(row, number, release):
    name = f"{release.replace('.', ' SP')}"
    binaries = {"binaries": [{row["package"]: row["fixed"]}]}
    return {"id": f"SUSE-SU-2024:{number}-1", "related": [f"CVE-2024-{number}"], "upstream": [],
            "summary": f"Security update for {row['record']}",
            "affected": [package(row, f"SUSE:Linux Enterprise {product} {name}",
                                 ecosystem_specific=binaries)
                         for product in ("Module for Basesystem", "Server", "Desktop")]}


def opensuse(row, number, release):
    return {"id": f"openSUSE-SU-2024:{number}-1", "related": [f"CVE-2024-{number}"],
            "summary": f"Security update for {row['record']}",
            "affected": [package(row, f"openSUSE:Leap {release}")]}


def mageia(row, number, release):
    return {"id": f"MGASA-2024-{number}", "related": [f"CVE-2024-{number}"],
            "summary": f"Updated {row['record']} packages fix a security vulnerability",
            "affected": [package(row, f"Mageia:{release}",
                                 ecosystem_specific={"section": "core"})]}


def chainguard(row, number, release):
    return {"id": f"CGA-2222-{number[1:]}-4444",
            "upstream": [f"CVE-2024-{number}", "GHSA-2222-3333-4444"],
            "affected": [package(row, name) for name in ("Chainguard", "Wolfi")]}


def open_euler(row, number, release):
    files = {"src": [f"{row['record']}-{row['fixed']}.src.rpm"],
             "x86_64": [f"{row['package']}-{row['fixed']}.x86_64.rpm"]}
    return {"id": f"OESA-2024-{number}", "upstream": [f"CVE-2024-{number}"],
            "affected": [package(row, f"openEuler:{release}-LTS-SP3", ecosystem_specific=files)]}


# os-release ID: name of the feed, form of its records, VERSION where it says more than VERSION_ID
FORMS = {
    "ubuntu": ("Ubuntu", ubuntu, ""), "alpine": ("Alpine", alpine, ""),
    "rocky": ("Rocky Linux", rocky, ""), "rhel": ("Red Hat", red_hat, ""),
    "sles": ("SUSE", suse, ""), "opensuse-leap": ("openSUSE", opensuse, ""),
    "mageia": ("Mageia", mageia, ""), "wolfi": ("Wolfi", chainguard, ""),
    "chainguard": ("Chainguard", chainguard, ""),
    "openEuler": ("openEuler", open_euler, "22.03 (LTS-SP3)"),
}


def write_feeds(folder, rows):
    """Writes the record of each row, numbered from 90001 on, as a copy of the OSV hosts."""
    feeds = {}
    for number, row in enumerate(rows, 90001):
        system, release = row["system"].split(":")
        feed, form, _ = FORMS[system]
        record = {"schema_version": "1.7.0", "published": "2024-03-05T00:00:00Z",
                  "modified": "2024-04-05T00:00:00Z", "details": "",
                  **form(row, str(number), release)}
        feeds.setdefault(feed, []).append(record)
    osv_mirror.write(folder, feeds)
