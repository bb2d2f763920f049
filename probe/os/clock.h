/* What the time is, for deadlines and for how long something took. */
#ifndef BP_PROBE_OS_CLOCK_H
#define BP_PROBE_OS_CLOCK_H

/* Monotonic clock, in milliseconds. */
double bp_now_ms(void);

#endif
