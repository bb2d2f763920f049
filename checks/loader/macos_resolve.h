/* How macOS would satisfy one library that another needs, as far as it is modelled. */
#ifndef BP_CHECKS_LOADER_MACOS_RESOLVE_H
#define BP_CHECKS_LOADER_MACOS_RESOLVE_H

#include "checks/loader/need.h"

/*
 * A library under /usr/lib or /System is part of every macOS, although since macOS 11 it
 * is no file there (dyld's shared cache has it). Any other is not known: where dyld would
 * find it is not modelled. End with bp_need_free.
 */
struct bp_need bp_macos_resolve(const char *library);

#endif
