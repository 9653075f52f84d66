#include "roles/rate.h"

double rate_wait(const struct rate *rate, double now)
{
    if (rate->count < rate->most) {
        return 0;
    }
    double oldest = rate->at[(rate->count - rate->most) % rate->most];
    double wait = oldest + rate->span - now;
    return wait > 0 ? wait : 0;
}

void rate_note(struct rate *rate, double now)
{
    rate->at[rate->count % rate->most] = now;
    rate->count++;
}
