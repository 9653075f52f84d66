#include "collect/probe.h"
void parse_zypper_updates(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
void parse_zypper_patches(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
void parse_zypper_patch_info(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
