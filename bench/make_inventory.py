"""Writes an inventory document of a Debian 12 server, as `assay scan` writes them.

usage: make_inventory.py KIND N FILE, with KIND one of

server    the packages of a real server with their pending updates (debian-12.tsv, which has 500). More
          are distinct software of the same kinds: name and source with a number.
late      packages that miss two years of updates, repeated with a suffix, so that an assessment has
          more work than any real server of that size gives: some 4,500 findings of 500 packages. A
          server has one kernel, so that one is not repeated.
"""
import json
import pathlib
import sys

SERVER = pathlib.Path(__file__).with_name("debian-12.tsv")
COLUMNS = "name version arch source source_version origin update update_origin".split()

PACKAGES = [line.split() for line in """
apache2 2.4.62-1~deb12u1 apache2
bash 5.2.15-2+b2 bash
bind9-libs 1:9.18.24-1 bind9
busybox 1:1.35.0-4+b3 busybox
ca-certificates 20230311 ca-certificates
coreutils 9.1-1 coreutils
curl 7.88.1-10+deb12u4 curl
dbus 1.14.10-1~deb12u1 dbus
dpkg 1.21.22 dpkg
e2fsprogs 1.47.0-2 e2fsprogs
git 1:2.39.2-1.1 git
gnupg 2.2.40-1.1 gnupg2
krb5-locales 1.20.1-2+deb12u1 krb5
libarchive13 3.6.2-1 libarchive
libc6 2.36-9+deb12u4 glibc
libexpat1 2.5.0-1 expat
libgcrypt20 1.10.1-3 libgcrypt20
libgnutls30 3.7.9-2+deb12u2 gnutls28
libpam-modules 1.5.2-6+deb12u1 pam
libsqlite3-0 3.40.1-2 sqlite3
libssh2-1 1.10.0-3+b1 libssh2
libssl3 3.0.11-1~deb12u2 openssl
libsystemd0 252.22-1~deb12u1 systemd
libtiff6 4.5.0-6+deb12u1 tiff
libxml2 2.9.14+dfsg-1.3~deb12u1 libxml2
linux-image-6.1.0-18-amd64 6.1.76-1 linux
linux-libc-dev 6.1.76-1 linux
login 1:4.13+dfsg1-1+b1 shadow
nginx 1.22.1-9 nginx
openssh-server 1:9.2p1-2+deb12u2 openssh
openssl 3.0.11-1~deb12u2 openssl
perl-base 5.36.0-7+deb12u1 perl
postgresql-15 15.6-0+deb12u1 postgresql-15
python3.11 3.11.2-6 python3.11
rsync 3.2.7-1 rsync
samba-libs 2:4.17.12+dfsg-0+deb12u1 samba
sudo 1.9.13p3-1+deb12u1 sudo
tar 1.34+dfsg-1.2+deb12u1 tar
vim-common 2:9.0.1378-2 vim
zlib1g 1:1.2.13.dfsg-1 zlib
""".strip().splitlines()]


def package(name, version, source, arch="amd64", source_version="", origin="Debian"):
    return {
        "ecosystem": "dpkg", "name": name, "version": version, "arch": arch, "source": source,
        **({"source_version": source_version} if source_version else {}),
        "vendor": "The maintainers of this package <maintainers@example.org>", "origin": origin,
        "installed": "2025-05-20T00:00:00Z",
    }


def late(count):
    repeated = [package for package in PACKAGES if package[2] != "linux"]
    for i in range(count):
        if i < len(PACKAGES):
            yield package(*PACKAGES[i], source_version=PACKAGES[i][1])
            continue
        lap, at = divmod(i - len(PACKAGES), len(repeated))
        name, version, source = repeated[at]
        yield package(f"{name}-part{lap + 1}", version, source, source_version=version)


def rows():
    for line in SERVER.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield dict(zip(COLUMNS, ("" if cell == "-" else cell for cell in line.split("\t"))))


def server(count):
    known = list(rows())
    for i in range(count):
        lap, at = divmod(i, len(known))
        row, mark = known[at], f"-{lap}" if lap else ""
        yield package(row["name"] + mark, row["version"], row["source"] + mark, row["arch"],
                      row["source_version"], row["origin"])


def updates():
    return [{
        "ecosystem": "dpkg", "name": row["name"], "arch": row["arch"], "from": row["version"],
        "to": row["update"], "source": row["source"], "origin": row["update_origin"],
        "class": "security" if "Security" in row["update_origin"] else "other",
    } for row in rows() if row["update"]]


def main():
    kind, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    document = {
        "format": "assay-inventory", "format_version": 1, "collected": "2026-11-22T00:00:00Z",
        "collector": "bench", "server": {"name": "bench", "os": {
            "family": "linux", "id": "debian", "name": "Debian GNU/Linux", "version_id": "12",
            "pretty": "Debian GNU/Linux 12 (bookworm)", "codename": "bookworm"}},
        "software_known": "yes",
        "software": list({"late": late, "server": server}[kind](count)),
    }
    if kind == "server":
        document["updates"] = {"known": "yes", "metadata_time": "2026-11-22T00:00:00Z",
                               "items": updates()}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)


if __name__ == "__main__":
    main()
