/*
 * Plain comparators, one a scheme, written after the same documents as the keys and sharing
 * nothing with them: they walk two texts side by side. Slow, and easy to check by eye.
 * Each returns <0, 0, >0; the texts have the form of their scheme.
 */
#ifndef ASSAY_TESTS_VERSION_ORACLE_H
#define ASSAY_TESTS_VERSION_ORACLE_H

int oracle_dpkg(const char *a, const char *b);
int oracle_rpm(const char *a, const char *b);
int oracle_apk(const char *a, const char *b);
int oracle_semver(const char *a, const char *b);
int oracle_windows(const char *a, const char *b);
int oracle_nvd(const char *a, const char *b);

#endif
