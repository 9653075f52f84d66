#!/bin/sh
# Asks a Linux machine what it is and what is installed on it. Started as
# `sh -s -- NONCE [deep] [sudo] [check]` with this text on standard input; needs no root, writes
# nothing, contacts nothing. With "deep" it also reads the packages' changelogs; with "sudo" it uses
# the rules of docs/permissions.md where they are in place; with "check" it only tells what the
# account may do.
#
# Each answer is a section between frames that the nonce makes unforgeable:
#     RS NONCE B NAME        then what was found, then
#     RS NONCE E NAME EXIT SECONDS      EXIT is "absent" where the machine has no such thing
# and RS NONCE EOF at the very end. All code stands in functions, so that a script that arrived
# in part does nothing.

# Bytes that one section may print (LIMIT_PROBE_SECTION of the reader).
CAP=16777216

have() {
    command -v "$1" >/dev/null 2>&1
}

# limit SECONDS COMMAND...: with a time ceiling where the machine can set one.
limit() {
    limit_seconds=$1
    shift
    case $TIMEOUT in
    new) timeout "$limit_seconds" "$@" ;;
    old) timeout -t "$limit_seconds" "$@" ;;
    *) "$@" ;;
    esac
}

# Hundredths of seconds since boot, without starting a program.
clock() {
    now=0
    [ -r /proc/uptime ] && read -r now rest </proc/uptime
    case $now in
    *.*) now=${now%.*}${now#*.} ;;
    esac
}

frame_end() { # NAME EXIT STARTED
    clock
    spent=$((now - $3))
    printf '\036%s E %s %s %d.%02d\n' "$NONCE" "$1" "$2" $((spent / 100)) $((spent % 100))
}

# section NAME COMMAND...: runs the command; its output, up to the cap, is the section.
section() {
    section_name=$1
    shift
    clock
    started=$now
    printf '\036%s B %s\n' "$NONCE" "$section_name"
    section_exit=$({ { "$@" </dev/null 2>/dev/null 4>&-; echo $? >&4; } | head -c "$CAP" >&3; } 4>&1)
    frame_end "$section_name" "${section_exit:-1}" "$started"
}

# plain NAME FUNCTION: section for a function that starts no program and so needs no cap.
plain() {
    clock
    started=$now
    printf '\036%s B %s\n' "$NONCE" "$1"
    "$2" 2>/dev/null
    frame_end "$1" 0 "$started"
}

# wanted TOOL NAME FUNCTION: section when the tool is there, else "absent".
wanted() {
    if have "$1"; then
        section "$2" "$3"
    else
        absent "$2"
    fi
}

absent() {
    printf '\036%s B %s\n\036%s E %s absent 0.00\n' "$NONCE" "$1" "$NONCE" "$1"
}

# file_lines PATH: "PATH <tab> LINE" for the first lines of a file.
file_lines() {
    [ -f "$1" ] && [ -r "$1" ] || return 0
    lines=0
    while IFS= read -r line || [ -n "$line" ]; do
        lines=$((lines + 1))
        [ "$lines" -gt 200 ] && break
        printf '%s\t%s\n' "$1" "$line"
    done <"$1"
}

# first_line KEY PATH: "KEY <tab> first line of the file".
first_line() {
    line=
    if [ -f "$2" ] && [ -r "$2" ]; then
        IFS= read -r line <"$2"
        [ -n "$line" ] && printf '%s\t%s\n' "$1" "$line"
    fi
    return 0
}

# changed PATH...: "mtime <tab> SECONDS <tab> PATH" of what exists.
changed() {
    for changed_path; do
        [ -e "$changed_path" ] && stat -c "mtime$TAB%Y$TAB%n" "$changed_path"
    done
    return 0
}

## What the account may do as root

# What sudo lets this account run as root without a password: ", COMMAND, COMMAND," a line. It is
# asked once, so that what is not allowed is never tried.
sudo_rules() {
    limit 10 sudo -n -l 2>/dev/null </dev/null |
        sed -n -e 's/^ *(root[^)]*) .*NOPASSWD: \(.*\)/, \1,/p' -e 's/^ *(ALL[^)]*) .*NOPASSWD: \(.*\)/, \1,/p'
}

# root_path NAME ARGUMENTS: prints the path under which the program may be run as root.
root_path() {
    for root_folder in /usr/bin /usr/sbin /bin /sbin; do
        case $SUDO_RULES in
        *", $root_folder/$1 $2,"*)
            printf '%s\n' "$root_folder/$1"
            return 0
            ;;
        esac
    done
    case $SUDO_RULES in
    *", ALL,"*) command -v "$1" ;;
    *) return 1 ;;
    esac
}

# root_dmi FILE KEYWORD: what only root may read of /sys/class/dmi/id, by dmidecode.
root_dmi() {
    [ -e "/sys/class/dmi/id/$1" ] && [ ! -r "/sys/class/dmi/id/$1" ] || return 0
    dmidecode=$(root_path dmidecode "-s $2") || return 0
    value=$(limit 10 sudo -n "$dmidecode" -s "$2" 2>/dev/null | sed '/^#/d')
    [ -n "$value" ] && printf 'dmi-%s\t%s\n' "$1" "${value%%"$NEWLINE"*}"
    return 0
}

# Where the answer comes from that depends on rights: root, sudo, or what the account itself sees.
rights() {
    user=$(id -u)
    printf 'uid\t%s\n' "$user"
    way=own
    [ "$user" = 0 ] && way=root
    root_path ss -Htanpe >/dev/null && way=sudo
    printf 'sockets\t%s\n' "$way"
    [ -e /sys/class/dmi/id/product_uuid ] || return 0
    way=own
    [ -r /sys/class/dmi/id/product_uuid ] && way=root
    root_path dmidecode '-s system-uuid' >/dev/null &&
        root_path dmidecode '-s system-serial-number' >/dev/null && way=sudo
    printf 'identity\t%s\n' "$way"
}

# For "check": what else the account needs, and how fresh the package manager's knowledge is.
account_facts() {
    rights
    have sudo && printf 'sudo\tpresent\n'
    if [ -r /var/lib/dpkg/status ] && have dpkg-query; then
        printf 'packages\tdpkg\n'
    elif have_rpm_database && limit 20 rpm -qa --qf 'x' | grep -q x; then
        printf 'packages\trpm\n'
    elif [ -r /lib/apk/db/installed ] || [ -r /usr/lib/apk/db/installed ]; then
        printf 'packages\tapk\n'
    elif [ -r /var/lib/pacman/local ] && have pacman; then
        printf 'packages\tpacman\n'
    fi
    {
        apt_metadata
        rpm_metadata
        changed /var/cache/apk/APKINDEX.*.tar.gz /var/lib/pacman/sync/*.db
    } | grep "^mtime$TAB"
    printf 'now\t%s\n' "$(date +%s)"
}

## The system

os_files() {
    # Where there are both, /usr/lib/os-release is what /etc/os-release links to.
    if [ -r /etc/os-release ]; then
        file_lines /etc/os-release
    else
        file_lines /usr/lib/os-release
    fi
    for path in /etc/enterprise-release /etc/redhat-release /etc/oracle-release \
        /etc/SuSE-release /etc/lsb-release /etc/debian_version /etc/alpine-release \
        /etc/system-release; do
        file_lines "$path"
    done
}

system_facts() {
    uname -srm | {
        read -r system release machine
        printf 'system\t%s\nkernel\t%s\narch\t%s\n' "$system" "$release" "$machine"
    }
    uname -n | {
        read -r name
        printf 'name\t%s\n' "$name"
        # The full name as /etc/hosts has it: asking the resolver would use the network.
        [ -r /etc/hosts ] && while read -r line; do
            case " $line " in
            *[[:blank:]]"$name"[[:blank:].]*) printf 'hosts\t%s\n' "$line" ;;
            esac
        done </etc/hosts
    }
    first_line machine-id /etc/machine-id
    first_line machine-id /var/lib/dbus/machine-id
    for file in sys_vendor product_name product_uuid product_serial chassis_asset_tag; do
        first_line "dmi-$file" "/sys/class/dmi/id/$file"
    done
    root_dmi product_uuid system-uuid
    root_dmi product_serial system-serial-number
    first_line instance-id /var/lib/cloud/data/instance-id
    first_line hypervisor /sys/hypervisor/type
    have systemd-detect-virt && {
        detected=$(limit 5 systemd-detect-virt)
        printf 'virtualization\t%s\n' "$detected"
    }
    [ -r /var/lib/hyperv/.kvp_pool_3 ] &&
        tr -s '\000' '\n' </var/lib/hyperv/.kvp_pool_3 | while IFS= read -r line; do
            printf 'kvp\t%s\n' "$line"
        done
    # arm64 and others have no "model name".
    awk -F': *' '/^processor[ \t]*:/ { n++ } /^(model name|Model|cpu model|machine)[ \t]*:/ && m == "" { m = $2 }
        /^flags[ \t]*:/ && / hypervisor( |$)/ { h = 1 }
        END { print "cpus\t" n; print "cpu-model\t" m; if (h) print "cpu-hypervisor\t1" }' /proc/cpuinfo
    awk '/^MemTotal:/ { print "memory-kb\t" $2; exit }' /proc/meminfo
    awk '/^btime / { print "booted\t" $2; exit }' /proc/stat
    first_line selinux /sys/fs/selinux/enforce
    first_line apparmor /sys/module/apparmor/parameters/enabled
    printf 'now\t%s\n' "$(date +%s)"
    return 0
}

addresses() {
    for path in /sys/class/net/*/address; do
        name=${path#/sys/class/net/}
        first_line "mac$TAB${name%/address}" "$path"
    done
    if have ip; then
        ip -o addr show
    elif have ifconfig; then
        ifconfig -a
    else
        cat /proc/net/fib_trie /proc/net/if_inet6
    fi
}

kernel_facts() {
    release=$(uname -r)
    printf 'running\t%s\n' "$release"
    for path in /boot/vmlinuz-* /boot/vmlinux-* /boot/Image-*; do
        [ -e "$path" ] && printf 'image\t%s\n' "$path"
    done
    for path in /lib/modules/*/ /usr/lib/modules/*/; do
        path=${path%/}
        [ -L /lib ] && [ "$path" = "${path#/usr}" ] && continue
        [ -d "$path/kernel" ] || [ -e "$path/vmlinuz" ] || continue
        printf 'modules\t%s\n' "${path##*/}"
        first_line "pkgbase$TAB${path##*/}" "$path/pkgbase"
        # On an rpm system the folder itself belongs to the kernel's package.
        if have_rpm_database; then
            owner=$(limit 10 rpm -qf --qf "%{NAME}$TAB%{VERSION}-%{RELEASE}$TAB%{INSTALLTIME}\n" "$path/vmlinuz" ||
                limit 10 rpm -qf --qf "%{NAME}$TAB%{VERSION}-%{RELEASE}$TAB%{INSTALLTIME}\n" "$path")
            printf 'owner\t%s\t%s\n' "${path##*/}" "${owner%%"$NEWLINE"*}"
        fi
    done
    # dpkg -S would read every list; only these can hold a kernel image.
    if [ -d /var/lib/dpkg/info ]; then
        grep -s '^/boot/vmlinu[xz]-' /dev/null /var/lib/dpkg/info/*linux-image*.list \
            /var/lib/dpkg/info/*kernel*.list | while IFS= read -r line; do
            printf 'dpkg\t%s\n' "$line"
        done
    fi
    return 0
}

reboot_facts() {
    for path in /run/reboot-required /var/run/reboot-required /run/reboot-needed; do
        [ -e "$path" ] && printf 'required\t%s\n' "$path"
        file_lines "$path.pkgs"
    done
    return 0
}

## Packages

packages_dpkg() {
    # shellcheck disable=SC2016 # the fields are dpkg's
    limit 60 dpkg-query -W -f='${Status}\t${Package}\t${Version}\t${Architecture}\t${Source}\t${db-fsys:Last-Modified}\t${Origin}\t${Maintainer}\n'
}

# rpm may be there as a tool only, as on Debian.
have_rpm_database() {
    have rpm || return 1
    for database in /var/lib/rpm /usr/lib/sysimage/rpm; do
        [ -s "$database/Packages" ] || [ -s "$database/Packages.db" ] ||
            [ -s "$database/rpmdb.sqlite" ] && return 0
    done
    return 1
}

packages_rpm() {
    format="%{NAME}$TAB%{EPOCH}$TAB%{VERSION}$TAB%{RELEASE}$TAB%{ARCH}$TAB%{SOURCERPM}$TAB%{VENDOR}$TAB%{INSTALLTIME}"
    # rpm before 4.14 refuses a format with a tag that it does not know.
    limit 60 rpm -qa --qf "$format$TAB%{MODULARITYLABEL}\n" ||
        limit 60 rpm -qa --qf "$format$TAB\n"
}

packages_apk() {
    for path in /lib/apk/db/installed /usr/lib/apk/db/installed; do
        [ -r "$path" ] && {
            grep -E '^([CPVAomt]:|$)' "$path"
            return
        }
    done
}

packages_pacman() {
    # shellcheck disable=SC2016
    limit 60 awk '/^%/ { f = $0; next } $0 == "" { f = ""; next }
        f == "%NAME%" { print "name\t" $0; f = "" }
        f == "%VERSION%" || f == "%BASE%" || f == "%ARCH%" || f == "%PACKAGER%" || f == "%INSTALLDATE%" { print f "\t" $0 }' \
        /var/lib/pacman/local/*/desc
}

packages_snap() {
    limit 20 snap list --all
}

packages_flatpak() {
    limit 20 flatpak list --system --columns=application,version,branch,arch,origin
}

## Changelogs: what the installed packages themselves say is fixed

# Reads changelogs, newest entry first, and prints "SOURCE <tab> VERSION <tab> CVE CVE..." of the
# entries that name CVEs as fixed. An entry is made of items and these of parts; a CVE stands in
# the light of its own part and of the item that this belongs to. The newest entry that says
# anything of a CVE decides: where it doubts (reverted, regression, not affected, not fixed, a patch
# taken out), the CVE is not taken from this source at all. A patch taken out because upstream has
# it says nothing. Only an entry that came whole counts.
# dpkg: "SOURCE (VERSION) ..." begins an entry and " -- " ends it. rpm: lines that begin with
# U+0001, as changelog_rpm makes rpm print them. The text must stay free of single quotes.
CHANGELOG_SCRIPT='
# 1 fixed, 2 says nothing, 3 doubtful
function judge(text) {
    text = tolower(text)
    gsub(/regression[- ]*tests?/, "", text)
    if (text ~ /revert|regress|unaffected|unfixed|unpatched|reopen|re-open|incomplete|partial|back(ed)? out|postpone|wontfix|still vulnerable|still affected|false positive|disputed|mistaken|wrongly/)
        return 3
    if (text ~ /n.t( yet| been| be| a| an| actually| really| fully| completely| currently| considered| directly)* (affect|vulnerab|fix|address|includ|appl|complet|relevant|present|resolv|mitigat|backport|patch|security|exploit|impact|cover|correct)/)
        return 3
    if (text ~ /(no|without|lacks|lacking|missing)( a| the| complete| proper)* fix|never (affect|vulnerab|fix|exploit)|(affects|affecting) only|only affect/)
        return 3
    if (text ~ /^[^a-z]*(drop|remov|delet|disabl)/ || text ~ /(dropped|removed|deleted|disabled)/)
        return text ~ /upstream|obsolete|no longer need|includ|merged|applied|supersed|replac|refresh/ ? 2 : 3
    return 1
}
function note(id, judged) {
    if (length(id) > 16)
        return
    if (!(id in said)) {
        said[id] = judged
        order[++mentioned] = id
    } else if (judged > said[id])
        said[id] = judged
}
# note_list notes numbers of one year, commas between.
function note_list(year, list, judged,    i, count, number) {
    count = split(list, number, /, */)
    for (i = 1; i <= count; i++)
        note(year number[i], judged)
}
# take_more gives the numbers that lean on the identifier before: "/1235", ", -1235", " and -1235".
# A number that goes on as a name does (/0001-fix.patch) makes it a path, which says nothing.
function take_more(    list, number) {
    list = ""
    while (match(rest, /^(\/|(,|,? +(and|&)) *-)[0-9][0-9][0-9][0-9]+/)) {
        number = substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
        sub(/^[^0-9]+/, "", number)
        if (rest ~ /^([A-Za-z0-9_-]|\.[A-Za-z0-9])/)
            return ""
        list = list (list == "" ? "" : ",") number
    }
    return list
}
# mention notes each CVE of a text with what was judged.
function mention(text, judged,    id, year) {
    rest = text
    while (match(rest, /CVE-[0-9][0-9][0-9][0-9]-([{]|[0-9][0-9][0-9][0-9]+)/)) {
        id = substr(rest, RSTART, RLENGTH)
        year = substr(id, 1, 9)
        rest = substr(rest, RSTART + RLENGTH)
        if (id !~ /[{]$/) {
            note(id, judged)
            note_list(year, take_more(), judged)
        } else if (match(rest, /^[0-9][0-9][0-9][0-9]+(, *[0-9][0-9][0-9][0-9]+)*[}]/)) {
            note_list(year, substr(rest, 1, RLENGTH - 1), judged)
            rest = substr(rest, RLENGTH + 1)
        }
    }
}
function end_part(    judged) {
    if (part == "")
        return
    judged = (part ~ /CVE-/ || head ~ /CVE-/) ? judge(head " " part) : 1
    if (long)
        judged = 3
    if (judged > worst)
        worst = judged
    if (part ~ /CVE-/)
        mention(part, judged)
    part = ""
    long = 0
}
function end_item(    judged) {
    end_part()
    if (head ~ /CVE-/) {
        judged = judge(head)
        mention(head, judged > worst ? judged : worst)
    }
    head = ""
    worst = parts = 0
}
function end_entry(    i, id, list) {
    end_item()
    list = ""
    for (i = 1; i <= mentioned; i++) {
        id = order[i]
        if (!((source, id) in decided)) {
            if (said[id] != 2)
                decided[source, id] = 1
            if (said[id] == 1)
                list = list " " id
        }
    }
    if (list != "" && source != "")
        print source "\t" version "\t" substr(list, 2)
    source = ""
}
function begin_entry(    id) {
    for (id in said)
        delete said[id]
    mentioned = worst = parts = long = 0
    head = part = ""
}
function add_line(line) {
    if (match(line, /^[ \t]*[-*+][ \t]/) || match(line, /^[ \t]*\[/)) {
        if (RLENGTH <= top + 2) {
            end_item()
            head = line
            return
        }
        end_part()
        part = line
        parts = 1
    } else if (parts) {
        if (length(part) < 16384)
            part = part " " line
        else
            long = 1
    } else if (length(head) < 16384)
        head = head " " line
    else
        worst = 3
}
top == 3 && /^[a-z0-9]/ && match($2, /^\([^()]+\)$/) {
    source = $1
    version = substr($2, 2, RLENGTH - 2)
    # What a changelog of the same source told already.
    if ((source, version) in seen)
        source = ""
    seen[source, version] = 1
    begin_entry()
    next
}
top == 3 && /^ -- / { if (source != "") end_entry(); next }
top == 0 && /^\001/ {
    if (source != "" && newest != "")
        end_entry()
    kind = substr($0, 2, 1)
    split(substr($0, 4), field, "\t")
    if (kind == "S") {
        package = newest = field[1]
        sub(/-[^-]*-[^-]*$/, "", package)
        newest = substr(newest, length(package) + 2)
        sub(/\.(no)?src\.rpm$/, "", newest)
        epoch = field[2] ~ /^[0-9]+$/ && field[2] != 0 ? field[2] ":" : ""
        newest = epoch newest
    } else if (kind == "E") {
        source = package
        version = field[1]
        sub(/^.*>/, "", version)
        gsub(/^[ -]+|[ \t]+$/, "", version)
        if (version !~ /^[0-9][^ \t]*-[^ \t]+$/)
            version = newest
        else if (version !~ /:/)
            version = epoch version
        begin_entry()
    }
    next
}
source != "" && NF { add_line($0) }
'

# A changelog of each installed source package: "SOURCE <tab> PACKAGE" of dpkg, by source.
changelog_files() {
    # shellcheck disable=SC2016
    dpkg-query -W -f='${Status}\t${source:Package}\t${Package}\n' | {
        while IFS=$TAB read -r status name package; do
            case $status in
            *" installed") printf '%s\t%s\n' "$name" "$package" ;;
            esac
        done
    } | sort -r | {
        found=
        while IFS=$TAB read -r name package; do
            [ "$name" = "$found" ] && continue
            for path in "/usr/share/doc/$package/changelog.Debian.gz" "/usr/share/doc/$package/changelog.gz" \
                "/usr/share/doc/$package/changelog.Debian" "/usr/share/doc/$package/changelog"; do
                if [ -f "$path" ] && [ -r "$path" ]; then
                    printf '%s\n' "$path"
                    found=$name
                    break
                fi
            done
        done
    }
}

# Bytes of changelogs that are read: the sources of a desktop have 10 million.
CHANGELOG_CAP=268435456

changelog_dpkg() {
    changelog_files | limit 20 xargs gzip -dcf | head -c "$CHANGELOG_CAP" | awk -v top=3 "$CHANGELOG_SCRIPT"
}

changelog_rpm() {
    mark=$(printf '\001')
    rpm -qa --qf "%{SOURCERPM}$TAB%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\n" |
        awk -F'\t' '$1 ~ /src\.rpm$/ && !told[$1]++ { print $2 }' |
        limit 30 xargs rpm -q --qf "${mark}S$TAB%{SOURCERPM}$TAB%{EPOCH}\n[${mark}E$TAB%{CHANGELOGNAME}\n%{CHANGELOGTEXT}\n]${mark}Z\n" |
        head -c "$CHANGELOG_CAP" | awk -v top=0 "$CHANGELOG_SCRIPT"
}

## apt

# As root apt would save the cache that it makes of stale files: then make it in memory only.
apt_options() {
    apt_cache=
    [ -w /var/cache/apt ] || return 0
    apt_cache='-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache='
    [ -e /var/cache/apt/pkgcache.bin ] || return 0
    newer=$(find /var/lib/dpkg/status /var/lib/apt/lists /etc/apt -newer /var/cache/apt/pkgcache.bin)
    [ -z "$newer" ] && apt_cache=
    return 0
}

# Headers of the repositories' Release files: labels for the addresses in apt_policy.
apt_releases() {
    for path in /var/lib/apt/lists/*Release; do
        [ -r "$path" ] || continue
        printf 'file\t%s\n' "${path#/var/lib/apt/lists/}"
        awk '/^(MD5Sum|SHA1|SHA256|SHA512):/ { exit } /^(Origin|Label|Suite|Version|Codename|Date):/ { print }' "$path"
    done
}

apt_cache_policy() {
    # shellcheck disable=SC2086 # options, or none
    limit 60 xargs apt-cache $apt_cache policy
}

# Where the installed version of each package is to be had.
apt_policy() {
    # shellcheck disable=SC2016
    native=$(dpkg --print-architecture)
    dpkg-query -W -f='${Status}\t${Package}\t${Architecture}\n' |
        awk -F'\t' -v native="$native" '$1 !~ /(not-installed|config-files)$/ { print (($3 == native || $3 == "all") ? $2 : $2 ":" $3) }' |
        apt_cache_policy
}

# What a full upgrade would change. Printing addresses instead of simulating makes no difference to
# the answer, and saves the seconds that a simulation takes for every hundred packages.
apt_updates() {
    # shellcheck disable=SC2086
    upgrade=$(limit 90 apt-get $apt_cache -o Debug::NoLocking=true -o APT::Get::Assume-No=true \
        -V --print-uris dist-upgrade 2>&1 | grep -v "^'")
    printf '%s\n' "$upgrade"
    fresh=$(printf '%s\n' "$upgrade" |
        sed -n '/^The following NEW packages/,/^[^ ]/s/^  *\([^ ]*\) .*/\1/p')
    if [ -n "$fresh" ]; then
        printf 'Policy of new packages:\n'
        printf '%s\n' "$fresh" | apt_cache_policy
    fi
}

apt_metadata() {
    changed /var/lib/apt/lists /var/lib/apt/lists/partial /var/lib/apt/periodic/update-success-stamp \
        /var/lib/apt/lists/*Release
}

# What Debian says it no longer supports, and the rules of unattended-upgrades.
debian_support() {
    version=
    read -r version </etc/debian_version
    folder=/usr/share/debian-security-support
    for path in "$folder/security-support-ended.deb${version%%.*}" "$folder/security-support-limited"; do
        [ -r "$path" ] || continue
        printf 'file\t%s\n' "${path##*/}"
        grep -v '^#' "$path"
    done
    return 0
}

apt_periodic() {
    limit 10 apt-config dump | grep -E '^(APT::Periodic::|Unattended-Upgrade::(Allowed-Origins|Origins-Pattern|Automatic-Reboot))'
    return 0
}

## dnf, yum, zypper, apk, pacman: what their last refresh knows

rpm_metadata() {
    for path in /var/cache/dnf/*/repodata /var/cache/libdnf5/*/repodata /var/cache/yum/*/*/* \
        /var/cache/zypp/raw/*; do
        [ -d "$path" ] || continue
        changed "$path"/repomd.xml "$path"/repodata/repomd.xml
        for file in "$path"/*updateinfo* "$path"/repodata/*updateinfo*; do
            [ -e "$file" ] && printf 'updateinfo\t%s\n' "$path"
        done
    done
    return 0
}

# dnf asked through its library, once: the program would make logs and, for a user, a folder in
# /var/tmp. As root this becomes nobody first, so that nothing can be written at all.
# The text must stay free of single quotes.
DNF_SCRIPT='
import os, sys
if os.geteuid() == 0:
    os.setgroups([])
    os.setegid(65534)
    os.seteuid(65534)
import dnf, dnf.const, dnf.lock, dnf.repo, dnf.rpm, dnf.yum.misc, hawkey
dnf.yum.misc.getCacheDir = lambda *ignored, **named: "/var/cache/dnf"
dnf.const.LOG_HAWKEY = "/dev/null"
dnf.lock.ProcessLock.__enter__ = dnf.lock.ProcessLock.__exit__ = lambda *ignored: None
def line(*fields):
    sys.stdout.write("\t".join(str(f).replace("\t", " ").replace("\n", " ") for f in fields) + "\n")
base = dnf.Base()
conf = base.conf
conf.read()
conf.cachedir, conf.logdir, conf.cacheonly = "/var/cache/dnf", "/", True
conf.releasever = str(dnf.rpm.detect_releasever(conf.installroot) or "")
conf.substitutions.update_from_etc(conf.installroot)
base.read_all_repos()
for repo in base.repos.iter_enabled():
    repo._repo.setSyncStrategy(dnf.repo.SYNC_ONLY_CACHE)
    repo.skip_if_unavailable = True
base.fill_sack()
for repo in base.repos.iter_enabled():
    line("repository", repo.id, 1 if repo._repo.getMetadataPath("updateinfo") else 0)
kinds = {hawkey.ADVISORY_SECURITY: "security", hawkey.ADVISORY_BUGFIX: "bugfix"}
query = base.sack.query()
installed = query.installed()
for p in query.upgrades().latest():
    line("update", p.name, "%s:%s-%s" % (p.epoch, p.v, p.r), p.arch, p.reponame, p.sourcerpm or "")
for p in installed:
    for a in p.get_advisories(hawkey.GT):
        cves = ",".join(r.id for r in a.references if r.type == hawkey.REFERENCE_CVE)
        line("advisory", p.name, p.arch, a.id, kinds.get(a.type, "other"), a.severity or "", cves)
here = set((p.name, p.evr, p.arch) for p in installed)
for p in query.available().filter(name=[p.name for p in installed]):
    if (p.name, p.evr, p.arch) in here:
        line("origin", p.name, "%s:%s-%s" % (p.epoch, p.v, p.r), p.arch, p.reponame)
line("end")
'

dnf_updates() {
    for python in /usr/libexec/platform-python /usr/bin/python3 /usr/bin/python; do
        if [ -x "$python" ]; then
            limit 90 "$python" -c "$DNF_SCRIPT" 2>&1
            return
        fi
    done
    echo 'Error: no python for dnf'
    return 1
}

dnf5_cached() {
    limit 60 dnf5 -q -C --setopt=cachedir=/var/cache/libdnf5 "$@" 2>&1
}

dnf5_updates() {
    dnf5_cached repoquery --upgrades --qf "update$TAB%{name}$TAB%{epoch}:%{version}-%{release}$TAB%{arch}$TAB%{repoid}$TAB%{sourcerpm}\n" && echo end
}

dnf5_advisories() {
    dnf5_cached advisory list --updates
}

yum_updates() {
    limit 90 yum -q -C check-update 2>&1
}

yum_advisories() {
    limit 90 yum -q -C updateinfo list updates 2>&1
}

zypper_cached() {
    ZYPP_LOGFILE=/dev/null limit 60 zypper --non-interactive --no-refresh "$@" 2>&1
}

zypper_updates() {
    zypper_cached --xmlout list-updates
}

# The patches, then which packages each of them wants newer: the list does not say.
zypper_patches() {
    patches=$(zypper_cached --xmlout list-patches)
    printf '%s\n' "$patches"
    names=$(printf '%s\n' "$patches" | sed 's/<update /\
&/g' | sed -n 's/^<update kind="patch" name="\([^"]*\)".*/\1/p')
    printf 'Patch information:\n'
    [ -n "$names" ] && printf '%s\n' "$names" |
        ZYPP_LOGFILE=/dev/null limit 60 xargs zypper --non-interactive --no-refresh info -t patch 2>&1
    return 0
}

needs_restarting() {
    limit 30 needs-restarting -r
}

zypper_needs_rebooting() {
    zypper_cached needs-rebooting
}

apk_updates() {
    changed /var/cache/apk/APKINDEX.*.tar.gz /etc/apk/cache/APKINDEX.*.tar.gz
    limit 30 apk --no-network version -v -l '<' 2>&1
}

pacman_updates() {
    changed /var/lib/pacman/sync/*.db
    limit 30 pacman -Qu 2>&1
    return 0
}

## Who updates and supports this machine

enabled_unit() { # UNIT FACT
    for path in /etc/systemd/system/*.wants/"$1"; do
        [ -L "$path" ] && printf '%s\tenabled\n' "$1" && return 0
    done
    return 0
}

service_facts() {
    for unit in apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service \
        dnf-automatic.timer dnf-automatic-install.timer dnf-automatic-download.timer \
        dnf-automatic-notifyonly.timer dnf5-automatic.timer yum-cron.service \
        packagekit-offline-update.service transactional-update.timer \
        rpm-ostreed-automatic.timer; do
        enabled_unit "$unit"
    done
    for path in /etc/rc.d/rc3.d/S*yum-cron /etc/rc3.d/S*yum-cron; do
        [ -e "$path" ] && printf 'yum-cron.service\tenabled\n'
    done
    for path in /etc/cron.daily/opensuse.org-online_update /etc/cron.weekly/opensuse.org-online_update \
        /etc/cron.monthly/opensuse.org-online_update; do
        [ -e "$path" ] && printf 'online_update.cron\tenabled\n'
    done
    for path in /etc/dnf/automatic.conf /etc/yum/yum-cron.conf; do
        [ -r "$path" ] && grep -E '^[[:blank:]]*(apply_updates|upgrade_type|update_cmd)[[:blank:]]*=' "$path" |
            while IFS= read -r line; do printf '%s\t%s\n' "$path" "$line"; done
    done
    [ -e /etc/pki/consumer/cert.pem ] && printf 'rhsm\tregistered\n'
    for path in /etc/products.d/*.prod; do
        [ -e "$path" ] && printf 'suse-product\t%s\n' "${path##*/}"
    done
    return 0
}

rpm_repositories() {
    grep -E '^[[:blank:]]*(\[|enabled[[:blank:]]*=)' /dev/null /etc/yum.repos.d/*.repo /etc/zypp/repos.d/*.repo
    return 0
}

ubuntu_pro() {
    cat /var/lib/ubuntu-advantage/status.json
}

## The network

sockets_ss() {
    # Without -H (before iproute2 4.18) there is a heading, which is no line of these states.
    root_ss=$(root_path ss -Htanpe)
    { { [ -n "$root_ss" ] && limit 30 sudo -n "$root_ss" -Htanpe; } || limit 30 ss -Htanpe ||
        limit 30 ss -tanpe; } | grep -E '^(LISTEN|ESTAB)'
    return 0
}

sockets_proc() {
    cat /proc/net/tcp /proc/net/tcp6
    # Which process has which socket, as far as it may be seen.
    # shellcheck disable=SC2012 # the names are numbers
    ls -l /proc/[0-9]*/fd | awk '/^\/proc\// { split($1, part, "/"); pid = part[3] }
        / socket:\[/ { match($0, /socket:\[[0-9]+/); inode = substr($0, RSTART + 8, RLENGTH - 8)
            name = ""; getline name < ("/proc/" pid "/comm"); close("/proc/" pid "/comm")
            print "socket\t" inode "\t" pid "\t" name }'
    return 0
}

# What asks a package manager to compute. Runs beside the quick part: a pipe keeps its answers
# until then.
slow_part() {
    if have apt-get && have dpkg-query; then
        section updates.apt apt_updates
    else
        absent updates.apt
    fi
    if have_rpm_database; then
        slow_rpm
    fi
    wanted needs-restarting reboot.needs-restarting needs_restarting
    wanted apk updates.apk apk_updates
    wanted pacman updates.pacman pacman_updates
}

slow_rpm() {
    section metadata.rpm rpm_metadata
    if have zypper; then
        section updates.zypper zypper_updates
        section patches.zypper zypper_patches
        section reboot.zypper zypper_needs_rebooting
    elif have dnf5; then
        section updates.dnf dnf5_updates
        section advisories.dnf dnf5_advisories
    elif have dnf; then
        section updates.dnf dnf_updates
    elif have yum; then
        section updates.yum yum_updates
        section advisories.yum yum_advisories
    fi
}

quick_part() {
    plain os os_files
    section rights rights
    section system system_facts
    section addresses addresses
    section kernel kernel_facts
    plain reboot reboot_facts
    wanted dpkg-query packages.dpkg packages_dpkg
    if have_rpm_database; then
        section packages.rpm packages_rpm
    else
        absent packages.rpm
    fi
    wanted apk packages.apk packages_apk
    wanted pacman packages.pacman packages_pacman
    wanted snap packages.snap packages_snap
    wanted flatpak packages.flatpak packages_flatpak
    if have ss; then
        section sockets.ss sockets_ss
    else
        section sockets.proc sockets_proc
    fi
    section services service_facts
    if have apt-get && have dpkg-query; then
        section origins.apt apt_policy
        section releases.apt apt_releases
        section metadata.apt apt_metadata
        section periodic.apt apt_periodic
    fi
    [ -d /usr/share/debian-security-support ] && section support.debian debian_support
    [ -d /etc/yum.repos.d ] || [ -d /etc/zypp/repos.d ] && section repositories.rpm rpm_repositories
    [ -r /var/lib/ubuntu-advantage/status.json ] && section pro ubuntu_pro
    [ -n "$DEEP" ] && deep_part
    return 0
}

deep_part() {
    wanted dpkg-query changelog.dpkg changelog_dpkg
    have_rpm_database && section changelog.rpm changelog_rpm
}

main() {
    NONCE=$1
    DEEP=
    CHECK=
    SUDO_RULES=
    ask_sudo=
    shift
    for option; do
        case $option in
        deep) DEEP=1 ;;
        sudo) ask_sudo=1 ;;
        check) CHECK=1 ;;
        esac
    done
    PATH=/usr/sbin:/usr/bin:/sbin:/bin
    LC_ALL=C
    LANGUAGE=C
    HOME=/
    PYTHONDONTWRITEBYTECODE=1
    export PATH LC_ALL LANGUAGE HOME PYTHONDONTWRITEBYTECODE
    unset LANG LC_MESSAGES TMPDIR XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME
    umask 077
    TAB=$(printf '\t')
    NEWLINE='
'
    TIMEOUT=
    if timeout 1 true; then
        TIMEOUT=new
    elif timeout -t 1 true; then
        TIMEOUT=old
    fi 2>/dev/null
    [ -n "$ask_sudo" ] && have sudo && SUDO_RULES=$(sudo_rules)
    if [ -n "$CHECK" ]; then
        section check account_facts 3>&1
        printf '\036%s EOF\n' "$NONCE"
        return
    fi
    apt_options
    # The two parts run side by side; section writes to 3.
    { slow_part 3>&1; } | {
        exec 3>&1
        quick_part
        cat
    }
    printf '\036%s EOF\n' "$NONCE"
}

main "$@" </dev/null
