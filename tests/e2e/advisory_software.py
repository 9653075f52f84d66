"""Servers with random versions of what the advisories speak of: below, at, above and between the
versions they name, and all else that packages of one source can be."""
import re

import advisory_oracle as oracle

MAKERS = {"debian": "Debian Maintainers <team@lists.debian.org>", "almalinux": "AlmaLinux",
          "ubuntu": "Ubuntu Developers <devel@lists.ubuntu.com>", "rhel": "Red Hat, Inc."}


def bounds_of(advisories, release, name):
    """Versions that records name as bounds, with the record they are from."""
    found = []
    for record, affected in advisories.of(release, name):
        for item in affected:
            for entry in item.get("ranges") or []:
                found += [(value, record) for event in entry["events"]
                          for value in event.values() if value not in ("0", "*")]
            found += [(version, record) for version in item.get("versions") or []]
    return [(version, record) for version, record in found if isinstance(version, str)]


def step(version, by, random):
    """One of the version's numbers, most often the last, a little up or down."""
    numbers = list(re.finditer(r"\d+", version))
    if not numbers:
        return version
    chosen = numbers[-1] if random.random() < .6 else random.choice(numbers)
    value = max(0, int(chosen[0]) + by)
    return version[:chosen.start()] + str(value) + version[chosen.end():]


DPKG = [lambda v: v + "~", lambda v: v + "~bpo12+1", lambda v: v + "+b1", lambda v: v + "+deb12u1",
        lambda v: v + "ubuntu0.1", lambda v: re.sub(r"^\d+:", "", v),
        lambda v: "1:" + re.sub(r"^\d+:", "", v), lambda v: re.sub(r"~.*", "", v),
        lambda v: re.sub(r"\+deb\d+u\d+$", "", v), lambda v: v + ".1", lambda v: "0~" + v]
RPM = [lambda v: v + "~rc1", lambda v: v + ".1", lambda v: v + "^git1",
       lambda v: re.sub(r"^\d+:", "", v), lambda v: "1:" + re.sub(r"^\d+:", "", v),
       lambda v: re.sub(r"\.el(\d+)(_\d+)?", r".el\1", v),
       lambda v: re.sub(r"\.el(\d+)(_\d+)?", r".el\1_4", v),
       lambda v: re.sub(r"\.el(\d+)(_\d+)?", r".el\1_9.2", v),
       lambda v: re.sub(r"\.el(\d+)", ".el7", v), lambda v: re.sub(r"\.el\d+.*", ".el8", v),
       lambda v: re.sub(r"module_el(\d)\.\d+", r"module_el\1.4", v),
       lambda v: re.sub(r"\+\d{3,4}\+", "+3012+", v), lambda v: re.sub(r"\.module.*", ".el8", v),
       lambda v: v.replace(".el", "_fips.el"), lambda v: v + ".cloud.1"]
APK = [lambda v: re.sub(r"-r\d+$", "", v), lambda v: re.sub(r"(-r\d+)?$", r"_rc1\1", v, count=1),
       lambda v: re.sub(r"(-r\d+)?$", r"_p1\1", v, count=1),
       lambda v: re.sub(r"(-r\d+)?$", r".1\1", v, count=1)]
CHANGES = {"dpkg": DPKG, "rpm": RPM, "apk": APK}


def fits(manager, version):
    if manager == "apk":
        return oracle.versions.is_apk(version)
    if manager == "rpm":
        return version.count("-") == 1
    return bool(re.match(r"(\d+:)?\d[A-Za-z0-9.+~-]*$", version)) and not version.endswith("-")


def near(bounds, manager, random):
    """A version near one of the bounds, and the record of that bound."""
    version, record = random.choice(bounds)
    dice = random.random()
    if dice < .3:
        made = version
    elif dice < .65:
        made = step(version, random.choice((-2, -1, -1, 1, 1, 3)), random)
    else:
        made = random.choice(CHANGES[manager])(version)
    return (made, record) if fits(manager, made) else (version, record)


def label_of(record, version, random):
    """The module stream of a modular build: most often what the record is about."""
    if ".module" not in version or random.random() < .1:
        return None
    streams = sorted(oracle.streams_of(record)) or ["tool:1.0"]
    stream = random.choice(streams) if random.random() < .8 else "nodejs:" + random.choice("68")
    return f"{stream}:8040020210817133458:522a0ee4"


def put(software, manager, name, version, **more):
    row = {"ecosystem": manager, "name": name, "version": version, "arch": "x86_64"}
    row.update({key: value for key, value in more.items() if value})
    software.append(row)


def add_source(software, manager, name, bounds, random):
    """Packages built from a source, sometimes one of them in another version than the others."""
    version, _ = near(bounds, manager, random)
    binaries = [name, f"lib{name}", f"{name}-dev"][:random.choice((1, 1, 2, 3))]
    for binary in binaries:
        if random.random() < .1:
            version, _ = near(bounds, manager, random)
        own = version + "+b1" if manager == "dpkg" and random.random() < .1 else version
        source = name if binary != name or random.random() < .7 else None
        keep = source and (own != version or random.random() < .7)
        if source is None:
            own = version
        put(software, manager, binary, own, source=source, source_version=version if keep else None)


def add_binary(software, name, source, bounds, random):
    version, record = near(bounds, "rpm", random)
    plain = re.sub(r"^\d+:", "", version) if random.random() < .5 else version
    put(software, "rpm", name, version, source=source, source_version=plain,
        module=label_of(record, version, random))


KERNEL_BINARIES = {"dpkg": ["linux-image-6.1.0-{n}-amd64", "linux-libc-dev", "linux-perf",
                            "linux-headers-6.1.0-{n}-amd64"]}


def add_kernels(software, manager, bounds, random):
    """Images of which one runs (or none is known to), and what else the source builds."""
    running = random.choice((0, 1, None))
    for number in range(2):
        version, _ = near(bounds, manager, random)
        for name in KERNEL_BINARIES["dpkg"]:
            image = name.startswith("linux-image")
            put(software, manager, name.format(n=30 + number), version,
                source="linux-signed-amd64" if image and random.random() < .5 else "linux",
                status="kernel-running" if image and running == number else None)


def sources_of(advisories, release):
    """Which source a binary that advisories name is likely from: the shortest of a record's."""
    sources = {}
    for name, records in advisories.packages(release).items():
        for record, _ in records.values():
            names = [item["package"]["name"] for item in record["affected"]
                     if oracle.release_of(item["package"]["ecosystem"]) == release]
            sources.setdefault(name, min(names, key=lambda text: (len(text), text)))
            break
    return sources


def make_software(advisories, release, system, limit, random):
    software, manager = [], system.manager
    names = sorted(advisories.packages(release))
    sources = sources_of(advisories, release) if manager == "rpm" else {}
    for name in random.sample(names, min(limit, len(names))):
        bounds = bounds_of(advisories, release, name)
        if not bounds:
            continue
        if name == "linux" and manager == "dpkg":
            add_kernels(software, manager, bounds, random)
        elif manager != "rpm" or system.asked == "source" or (
                system.asked == "either" and random.random() < .3):
            add_source(software, manager, name, bounds, random)
        else:
            source = "kernel" if re.match(r"kernel|perf$|bpftool$", name) else sources[name]
            add_binary(software, name, source, bounds, random)
    return software


def make_server(advisories, release, os, limit, random, facts=()):
    system = oracle.SYSTEMS[os["id"]]
    software = make_software(advisories, release, system, limit, random)
    random.shuffle(software)
    return {"format": "assay-inventory", "format_version": 1, "collected": "2026-05-01T00:00:00Z",
            "collector": "test", "server": {"name": "s", "os": {"family": "linux", **os}},
            "software_known": "yes", "software": software,
            "facts": [{"key": key, "value": value} for key, value in facts]}
