"""Root file systems of other machines, made from Debian's packages: a Debian, one of the RPM family with dnf, and one that
looks like SUSE with zypper. Kept in the build folder; made again when what is here changes."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import tap

CACHE = pathlib.Path(os.environ.get("ASSAY_ROOTS", tap.ROOT / "build/roots"))
SUITE = "bookworm"
BASE = ["openssh-server", "iproute2", "procps", "sudo", "busybox", "tcsh"]

RPM_FAMILY = """ID="rocky"
NAME="Rocky Linux"
VERSION="9.4 (Blue Onyx)"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"
CPE_NAME="cpe:/o:rocky:rocky:9::baseos"
"""
SUSE = """ID="sles"
NAME="SLES"
VERSION="15-SP5"
VERSION_ID="15.5"
ID_LIKE="suse"
PRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"
CPE_NAME="cpe:/o:suse:sles:15:sp5"
"""

# Made-up packages: two versions each, the older one installed, the newer one in a repository.
PACKAGES = [("acme-web", "1.0", "1.el9", "1.1", "1.el9"), ("acme-db", "2.4", "3.el9", "2.5", "1.el9"),
            ("acme-tools", "0.9", "2.el9", "0.9", "2.el9")]
UPDATEINFO = """<?xml version="1.0" encoding="UTF-8"?>
<updates><update from="security@example.org" status="final" type="security" version="1">
<id>ACME-2026:0001</id><title>acme-web</title><severity>Critical</severity><issued date="2026-01-02 00:00:00"/>
<updated date="2026-01-02 00:00:00"/><description>d</description>
<references><reference href="https://example.org/CVE-2025-0001" id="CVE-2025-0001" type="cve" title="CVE-2025-0001"/></references>
<pkglist><collection short="acme"><name>acme</name>
<package name="acme-web" version="1.1" release="1.el9" epoch="0" arch="noarch" src="acme-web-1.1-1.el9.src.rpm">
<filename>acme-web-1.1-1.el9.noarch.rpm</filename></package></collection></pkglist></update></updates>
"""


def need(*programs):
    if os.geteuid() != 0:
        tap.skip("needs root to make root file systems")
    for program in programs:
        if shutil.which(program) is None:
            tap.skip(f"needs {program}")


def sources():
    """The machine's own list of Debian's packages."""
    folder = pathlib.Path("/etc/apt")
    found = [path for path in [folder / "sources.list", *sorted(folder.glob("sources.list.d/*"))]
             if path.suffix in (".list", ".sources") and path.is_file() and "debian" in path.read_text()
             and SUITE in path.read_text()]
    if not found:
        tap.skip(f"the machine has no list of packages of {SUITE}")
    return [str(path) for path in found]


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", check=False, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))[:300]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def bootstrap(folder, packages):
    """A minimal Debian in folder. Without a mirror of packages in reach the test is skipped."""
    need("mmdebstrap")
    done = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root",
                           "--include=" + ",".join(packages), SUITE, str(folder), *sources()],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        tap.skip("no root file system can be made: " + done.stderr.strip().splitlines()[-1][:200])
    # Trees without an account for the test, a shell for each manner of login.
    for number, (name, shell) in enumerate([("scan", "/bin/sh"), ("bash", "/bin/bash"), ("csh", "/bin/tcsh"),
                                            ("ash", "/bin/ash")]):
        run("useradd", "-R", folder, "-u", str(2000 + number), "-m", "-s", shell, "-p", "*", name)
    (folder / "bin/ash").symlink_to("busybox")
    for name in ("etc/ssh/ssh_host_rsa_key", "etc/ssh/ssh_host_ecdsa_key", "etc/ssh/ssh_host_ed25519_key"):
        for ending in ("", ".pub"):
            (folder / (name + ending)).unlink(missing_ok=True)
    (folder / "run/sshd").mkdir(parents=True, exist_ok=True)


def make_debian(folder):
    bootstrap(folder, BASE)


def make_packages(folder):
    """The made-up packages as rpm files, with a repository that has the newer ones."""
    work = folder / "root/rpm"
    for name, *versions in PACKAGES:
        for version, release in (versions[:2], versions[2:]):
            spec = work / f"{name}-{version}.spec"
            spec.parent.mkdir(parents=True, exist_ok=True)
            spec.write_text(f"Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: s\nLicense: MIT\n"
                            f"Vendor: Acme\nBuildArch: noarch\n%description\nd\n%files\n"
                            f"%changelog\n* Thu Jan 01 2026 A <a@example.org> - {version}-{release}\n"
                            f"- Fix CVE-2024-1000\n")
            run("chroot", folder, "rpmbuild", "--quiet", "-bb", "--define", "_rpmdir /root/rpm/out",
                "--define", "_build_id_links none", f"/root/rpm/{spec.name}")


def install_packages(folder):
    (folder / "etc/rpm").mkdir(parents=True, exist_ok=True)
    (folder / "etc/rpm/macros").write_text("%_dbpath /var/lib/rpm\n")
    make_packages(folder)
    older = [f"/root/rpm/out/noarch/{name}-{version}-{release}.noarch.rpm"
             for name, version, release, *_ in PACKAGES]
    run("chroot", folder, "rpm", "-i", "--nodeps", "--force-debian", *older)
    repository = folder / "srv/repo"
    shutil.copytree(folder / "root/rpm/out/noarch", repository)
    (folder / "root/rpm/updateinfo.xml").write_text(UPDATEINFO)
    run("chroot", folder, "createrepo_c", "--quiet", "/srv/repo")
    run("chroot", folder, "modifyrepo_c", "--mdtype=updateinfo", "/root/rpm/updateinfo.xml", "/srv/repo/repodata")


def forget_debian(folder, release):
    """What would tell that the tree is a Debian."""
    (folder / "etc/os-release").unlink(missing_ok=True)
    (folder / "etc/os-release").write_text(release)
    (folder / "etc/debian_version").unlink(missing_ok=True)
    shutil.rmtree(folder / "var/lib/dpkg")
    for program in ("dpkg", "dpkg-query", "apt", "apt-get", "apt-cache"):
        (folder / "usr/bin" / program).unlink(missing_ok=True)


def make_rpm(folder):
    bootstrap(folder, [*BASE, "rpm", "dnf", "createrepo-c"])
    install_packages(folder)
    (folder / "etc/yum.repos.d").mkdir(parents=True, exist_ok=True)
    (folder / "etc/yum.repos.d/acme.repo").write_text(
        "[acme]\nname=acme\nbaseurl=file:///srv/repo\nenabled=1\ngpgcheck=0\n")
    forget_debian(folder, RPM_FAMILY)
    run("chroot", folder, "dnf", "-q", "makecache")


def make_suse(folder):
    bootstrap(folder, [*BASE, "rpm", "zypper", "createrepo-c"])
    install_packages(folder)
    forget_debian(folder, SUSE)
    run("chroot", folder, "zypper", "--non-interactive", "ar", "-G", "-f", "file:///srv/repo", "acme")
    run("chroot", folder, "zypper", "--non-interactive", "ref")


MAKERS = {"debian": make_debian, "rpm": make_rpm, "suse": make_suse}


def root(kind):
    """The path of a finished tree, which nobody may change: targets put a layer of their own above it."""
    need("mmdebstrap", "unshare", "mount", "chroot", "useradd")
    digest = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:12]
    finished = CACHE / f"{kind}-{digest}"
    if finished.is_dir():
        return finished
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob(f"{kind}-*"):
        shutil.rmtree(old, ignore_errors=True)
    making = pathlib.Path(tempfile.mkdtemp(prefix=f"making-{kind}-", dir=CACHE))
    making.chmod(0o755)
    MAKERS[kind](making)
    making.rename(finished)
    return finished
