/*
 * Releases of Windows: what Microsoft and NVD call the system that a build number, the edition
 * and the processor tell.
 */
#ifndef ASSAY_IDENTIFY_WINDOWS_H
#define ASSAY_IDENTIFY_WINDOWS_H

#include "inventory/inventory.h"

struct windows_release {
    struct str name;     /* "Windows Server 2019" */
    struct str bulletin; /* as Microsoft's updates name it:
                            "Windows 10 Version 1809 for x64-based Systems" */
    /* Operating systems of NVD's vendor microsoft, blank between: "windows_10_1809
     * windows_10@1809"; behind @ the one version that means this release. */
    struct str cpe;
    uint32_t build, revision;
    bool has_revision;
    bool cumulative; /* each update holds all earlier ones (since Windows 10) */
};

/* identify_windows_release reads os.build ("20348.2582", "10.0.20348.2582", "20348"), the edition
 * and the fact windows-installation-type. False when the build is not listed. Texts live in arena
 * or are constant. */
bool identify_windows_release(const struct inventory *inventory, struct arena *arena,
                              struct windows_release *ret);

/* identify_windows_is_server tells by edition, name and installation type. */
bool identify_windows_is_server(const struct inventory *inventory);

#endif
