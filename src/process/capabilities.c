#include "process/sandbox.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of another user's folder root writes into by this. */
enum { KEPT = CAP_DAC_OVERRIDE };

int sandbox_drop_capabilities(struct error *err)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct had[_LINUX_CAPABILITY_U32S_3], keep[_LINUX_CAPABILITY_U32S_3];
    if (geteuid() != 0) {
        return 0;
    }
    for (int i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) {
        /* Refused to a root of a user namespace that has been given little. */
        if (i != KEPT) {
            prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
        }
    }
    if (syscall(SYS_capget, &header, had) != 0) {
        return error_set_errno(err, "capabilities");
    }
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        uint32_t bit = i == KEPT / 32 ? had[i].permitted & (1u << KEPT % 32) : 0;
        keep[i] = (struct __user_cap_data_struct){.effective = bit, .permitted = bit};
    }
    return syscall(SYS_capset, &header, keep) == 0 ? 0 : error_set_errno(err, "capabilities");
}
