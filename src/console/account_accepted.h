/* A login that worked, told to the program that keeps what credentials did. */
#ifndef ASSAY_CONSOLE_ACCOUNT_ACCEPTED_H
#define ASSAY_CONSOLE_ACCOUNT_ACCEPTED_H

/* The manager's command: NUMBER and NAME of the credential, TARGET. */
#define ACCOUNT_ACCEPTED "account-accepted"

#endif
