/*
 * The two compiler attributes this code uses, spelled so that a compiler
 * without them still accepts the file.
 */
#ifndef BP_BASE_ATTRIBUTES_H
#define BP_BASE_ATTRIBUTES_H

#if defined(__GNUC__)
#define BP_PRINTF(format_index, first_argument)                                                    \
    __attribute__((format(printf, format_index, first_argument)))
#define BP_NORETURN __attribute__((noreturn))
#else
#define BP_PRINTF(format_index, first_argument)
#define BP_NORETURN
#endif

#endif
