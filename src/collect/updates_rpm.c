#include "collect/probe.h"
void parse_dnf_updates(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
void parse_dnf_advisories(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
void parse_dnf_cves(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
void parse_dnf_origins(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
void parse_yum_updates(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
void finish_rpm_updates(struct probe *probe)
{
    (void)probe;
}
