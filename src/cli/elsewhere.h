/*
 * Commands of `assay` that other programs of this tree carry out, because they need libraries that
 * the core does without: X(identifier, name, summary, program). `assay` lists them and hands its
 * process over; the program's own row takes name and summary from here.
 */
#ifndef ASSAY_CLI_ELSEWHERE_H
#define ASSAY_CLI_ELSEWHERE_H

/* Commands of the manager: sources, discovery, issues, imports (src/console). */
#define CLI_MANAGER_COMMANDS(X)

/* Commands of the vault: credentials (src/console). */
#define CLI_VAULT_COMMANDS(X)

#endif
