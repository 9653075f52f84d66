"""What counts as security software and as patch management, by the tables of share/ and the facts of
the inventory: the documented defaults of docs/settings.md and share/README.md."""
import json

import tap

# software, facts; security software, patch management; risks of the two
LINUX = [
    ([], {}, "no", "no", 2),
    (["clamav-daemon"], {}, "yes", "no", 1),
    (["falcon-sensor"], {}, "yes", "no", 1),
    # A patch tool alone does not protect a server.
    (["landscape-client"], {}, "no", "yes", 1),
    (["landscape-client", "clamav-daemon"], {}, "yes", "yes", 0),
    # What must be switched on counts when it is; where that is not known, the answer is unknown.
    (["unattended-upgrades"], {"unattended-upgrades": "enabled"}, "no", "yes", 1),
    (["unattended-upgrades"], {"unattended-upgrades": "disabled"}, "no", "no", 2),
    (["unattended-upgrades"], {}, "no", "unknown", 1),
    (["dnf-automatic"], {"dnf-automatic": "enabled"}, "no", "yes", 1),
    (["dnf-automatic"], {"dnf-automatic": "disabled"}, "no", "no", 2),
    (["yum-cron"], {"yum-cron": "disabled"}, "no", "no", 2),
    # Neither: what distributions bring along, bans addresses, manages identities or configuration.
    (["auditd", "firewalld", "ufw", "fail2ban", "sssd", "ansible", "puppet-agent"], {}, "no", "no",
     2),
    (["aide"], {}, "yes", "no", 1),
    (["splunkforwarder"], {}, "yes", "no", 1),
]
WINDOWS = [
    ([], {}, "no", "no", 2),
    (["CrowdStrike Windows Sensor"], {}, "yes", "no", 1),
    # Built in: it counts while it runs.
    (["Windows Defender"], {"defender": "running"}, "yes", "no", 1),
    (["Windows Defender"], {"defender": "stopped"}, "no", "no", 2),
    (["Configuration Manager Client"], {}, "no", "yes", 1),
    (["Microsoft Monitoring Agent"], {}, "no", "no", 2),
    (["Tanium Client 7.4.9.1077"], {}, "yes", "yes", 0),
]


def assess(folder, family, software, facts, *options):
    system = {"family": "linux", "id": "debian", "name": "Debian GNU/Linux", "version_id": "12"}
    if family == "windows":
        system = {"family": "windows", "name": "Windows Server 2022", "build": "20348"}
    ecosystem = {"linux": "dpkg", "windows": "windows"}[family]
    if any(name.startswith(("dnf", "yum")) for name in software):
        ecosystem = "rpm"
    document = folder / "inventory.json"
    document.write_text(json.dumps({
        "format": "assay-inventory", "format_version": 1,
        "server": {"name": "s", "os": system}, "software_known": "yes",
        "software": [{"ecosystem": ecosystem, "name": name, "version": "1.0"}
                     for name in software],
        "facts": [{"key": key, "value": value} for key, value in facts.items()]}))
    return tap.assay("assess", document, "--as-of", "2024-06-01", "--format", "json", *options,
                     status=None).json()


def check(folder, family, cases):
    wrong = []
    for software, facts, security, patch, risks in cases:
        document = assess(folder, family, software, facts)
        got = document["protection"]["security_software"], document["protection"][
            "patch_management"], document["risks"]["no_security_software"] + document["risks"][
                "no_patch_management"]
        if got != (security, patch, risks):
            wrong.append(f"{software} {facts}: {got}, not {(security, patch, risks)}")
    tap.equal(wrong, [], family)


def test_protection_of_linux(folder):
    check(folder, "linux", LINUX)


def test_protection_of_windows(folder):
    check(folder, "windows", WINDOWS)


def test_patch_tool_counts_as_security_when_asked(folder):
    for options, expected in (((), "no"), (("--patch-as-security",), "yes")):
        document = assess(folder, "linux", ["landscape-client"], {}, *options)
        tap.equal(document["protection"]["security_software"], expected, str(options))


if __name__ == "__main__":
    tap.main(globals())
