#include "collect/failure.h"

#include <stddef.h>

/* By phase: reaching the target, its identity, the account, the probe, this side. */
static const struct failure failures[] = {
    {"NAME-UNKNOWN", FAILURE_UNREACHABLE, FAILURE_ERROR, false,
     "The name of the target has no address.",
     "Correct the name in the source, or make the name server of this machine know it."},
    {"NAME-FAILED", FAILURE_UNREACHABLE, FAILURE_ERROR, true, "The name server did not answer.",
     "Check the name servers of this machine."},
    {"NET-UNREACHABLE", FAILURE_UNREACHABLE, FAILURE_ERROR, true,
     "There is no way to the address of the target.",
     "Check routes and firewalls between this machine and the target."},
    {"NET-TIMEOUT", FAILURE_UNREACHABLE, FAILURE_ERROR, true,
     "The target did not answer the connection.",
     "Check that it is switched on and that no firewall drops the port."},
    {"NET-REFUSED", FAILURE_REFUSED, FAILURE_ERROR, true,
     "The target refused the connection: nothing listens on the port.",
     "Start the SSH server there, or give the right port in the source."},
    {"SSH-CLOSED", FAILURE_PROTOCOL, FAILURE_ERROR, true,
     "The target ended the connection before the login.",
     "Look at the log of its SSH server; MaxStartups, TCP wrappers and fail2ban end connections "
     "so."},
    {"SSH-NOT-SSH", FAILURE_PROTOCOL, FAILURE_ERROR, false,
     "What answers on the port does not speak SSH.", "Give the right port in the source."},
    {"SSH-ALGORITHMS", FAILURE_PROTOCOL, FAILURE_ERROR, false,
     "The target offers only algorithms that are no longer safe.",
     "Update its SSH server; or allow old algorithms for this source (--legacy), which an attacker "
     "on the network may break."},
    {"SSH-HOST-KEY-UNKNOWN", FAILURE_HOST_KEY, FAILURE_ERROR, false,
     "The host key of the target is not known, and the source does not trust a first use.",
     "Compare the fingerprint with the one on the target's console, then pin it."},
    {"SSH-HOST-KEY-CHANGED", FAILURE_HOST_KEY, FAILURE_ERROR, false,
     "The target shows another host key than before: it was reinstalled, or somebody stands in "
     "between.",
     "Find out which. If it was reinstalled, forget the old key; nothing was sent to the target."},
    {"CREDENTIAL-NONE", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "No credential is in scope for the target.",
     "Add one with `assay credential add`, or widen the scope of one."},
    {"SSH-AUTH-DENIED", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "The target accepted none of the credentials.",
     "Check user name, password or key on the target; `assay credential test` tries one."},
    {"SSH-AUTH-METHOD", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "The target does not offer the way of login that the credential is for.",
     "Use a credential of another kind, or allow the way in the target's sshd_config."},
    {"CREDENTIAL-LOCKED", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "A credential was not tried: it failed once, and another failure could lock the account.",
     "Correct the credential, or try it on one target: `assay source test SOURCE TARGET "
     "--credential NAME`."},
    {"CREDENTIAL-UNANSWERED", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "A credential was not tried: targets that were given it did not answer, and each of them may "
     "count as a failure that brings the account nearer to being locked.",
     "Look why those targets hang (`assay issues`), or show on one that works that the credential "
     "is right: `assay source test SOURCE TARGET --credential NAME`, where the next run then tries "
     "it too."},
    {"CREDENTIAL-BAD", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "The credential itself cannot be used.", "Read the message; enter the credential again."},
    {"PASSWORD-EXPIRED", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "The password of the account has expired.", "Set a new one on the target, then here."},
    {"KERBEROS-CLOCK", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "The clocks of this machine and of the Kerberos server are too far apart.",
     "Set the time on both (within 5 minutes)."},
    {"KERBEROS-FAILED", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "Kerberos gave no ticket for the target.", "Read the message; check realm, name and keytab."},
    {"PROBE-REFUSED", FAILURE_AUTHENTICATION, FAILURE_ERROR, false,
     "The account may log in but not run commands.",
     "Give it a login shell and remove ForceCommand for it."},
    {"TARGET-SILENT", FAILURE_TIMEOUT, FAILURE_ERROR, true,
     "The target accepted the connection and then said nothing for too long.",
     "Check the load of the target; raise the time in the source if it is only slow."},
    {"TARGET-SLOW", FAILURE_TIMEOUT, FAILURE_ERROR, true, "The target did not finish in its time.",
     "Raise the time in the source, or check its load."},
    {"TARGET-TOO-MUCH", FAILURE_PROTOCOL, FAILURE_ERROR, false,
     "The target sent more than an inventory can be.",
     "Look at what the login of the account prints; the target may be compromised."},
    {"PROBE-NO-ANSWER", FAILURE_PROTOCOL, FAILURE_ERROR, false,
     "The account's shell ran, but no inventory came back.",
     "Log in as the account and look at what its start-up files print and whether /bin/sh works."},
    {"PROBE-PARTIAL", FAILURE_PARTIAL, FAILURE_WARNING, false,
     "Parts of the inventory are missing.",
     "The server's inventory names the parts and why; often the account lacks a right."},
    {"CONNECTION-LOST", FAILURE_PROTOCOL, FAILURE_ERROR, true,
     "The connection ended in the middle.", "It is tried again; check the network if it stays so."},
    {"JUMP-FAILED", FAILURE_UNREACHABLE, FAILURE_ERROR, true, "The jump host could not be used.",
     "Read the message; test the jump host as a target of its own."},
    {"WORKER-DIED", FAILURE_INTERNAL, FAILURE_ERROR, true,
     "The process that spoke to the target ended unexpectedly.",
     "What the target sent may have caused it; nothing else was affected. Report it with the "
     "target's "
     "system."},
    {"WORKER-MEMORY", FAILURE_INTERNAL, FAILURE_ERROR, false,
     "The process that spoke to the target reached its memory ceiling.",
     "The target sent very much; look at it."},
    {"SANDBOX-MISSING", FAILURE_INTERNAL, FAILURE_ERROR, false,
     "This kernel has neither seccomp nor landlock, so a hostile target would not be contained.",
     "Use a newer kernel, or allow it for this run with --without-sandbox."},
    {"INTERNAL", FAILURE_INTERNAL, FAILURE_ERROR, false, "Something failed on this machine.",
     "Read the message."},
};

const struct failure *failure_at(unsigned n)
{
    return n < sizeof failures / sizeof failures[0] ? &failures[n] : NULL;
}

const struct failure *failure_find(struct str code)
{
    const struct failure *row;
    for (unsigned i = 0; (row = failure_at(i)) != NULL; i++) {
        if (str_eq_text(code, row->code)) {
            return row;
        }
    }
    return NULL;
}

const char *failure_class_name(enum failure_class class)
{
    static const char *const names[] = {
        [FAILURE_UNREACHABLE] = "unreachable",
        [FAILURE_REFUSED] = "refused",
        [FAILURE_AUTHENTICATION] = "authentication",
        [FAILURE_HOST_KEY] = "host key",
        [FAILURE_TIMEOUT] = "timeout",
        [FAILURE_PROTOCOL] = "protocol",
        [FAILURE_PARTIAL] = "partial",
        [FAILURE_INTERNAL] = "internal",
    };
    return names[class];
}
