#include "collect/probe.h"
void parse_apk_updates(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
void parse_pacman_updates(struct probe *probe, struct str text)
{
    (void)probe;
    (void)text;
}
