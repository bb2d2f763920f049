/* The known patterns that a snapshot and a text speak against. */
#ifndef BP_CHECKS_RULED_OUT_H
#define BP_CHECKS_RULED_OUT_H

#include <cjson/cJSON.h>

#include "checks/view.h"

struct bp_catalogue;

/*
 * The ids of the patterns none of whose ways of showing is true or even unknown, or that
 * one of their own exceptions withdraws: an array of strings in catalogue order. The
 * caller deletes it.
 */
cJSON *bp_ruled_out(const struct bp_catalogue *catalogue, const struct bp_view *view);

#endif
