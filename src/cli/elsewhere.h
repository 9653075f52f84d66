/*
 * Commands of `assay` that other programs of this tree carry out, because they need libraries that
 * the core does without: X(identifier, name, summary, program). `assay` lists them and hands its
 * process over; the program's own row takes name and summary from here.
 */
#ifndef ASSAY_CLI_ELSEWHERE_H
#define ASSAY_CLI_ELSEWHERE_H

/* Commands of the manager: sources, discovery, issues, imports (src/console). */
#define CLI_MANAGER_COMMANDS(X)                                                                    \
    X(source_add, "source add", "Name a list of targets to discover")                              \
    X(source_list, "source list", "List the sources")                                              \
    X(source_show, "source show", "Show a source: settings, targets and what became of them")      \
    X(source_edit, "source edit", "Change a source's settings and targets")                        \
    X(source_remove, "source remove", "Remove a source and what goes with it")                     \
    X(source_trust, "source trust", "Pin a host key of a target, or list the pinned ones")         \
    X(source_forget, "source forget", "Forget the pinned host keys of a target")                   \
    X(source_test, "source test", "Try whether targets can be collected, and what is missing")     \
    X(source_permissions, "source permissions", "Print the account and rights that targets need")  \
    X(discover, "discover", "Take the inventory of the sources' servers and assess them")          \
    X(import, "import", "Take in what other tools know of servers, and bundles")                   \
    X(export, "export", "Write inventories as a signed bundle for another installation")           \
    X(issues, "issues", "List what went wrong with which target, and what to do about it")

/* Commands of the vault: credentials (src/console). */
#define CLI_VAULT_COMMANDS(X)                                                                      \
    X(credential_add, "credential add", "Keep a credential for reaching targets")                  \
    X(credential_list, "credential list", "List the credentials, without their secrets")           \
    X(credential_show, "credential show", "Show a credential, without its secret")                 \
    X(credential_edit, "credential edit", "Change a credential")                                   \
    X(credential_remove, "credential remove", "Remove a credential")                               \
    X(credential_test, "credential test", "Try a credential on a target")                          \
    X(credential_rotate_key, "credential rotate-key", "Encrypt all credentials under a new key")

#endif
