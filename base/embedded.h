/* Files that the build puts into the program (cmake/Embed.cmake). */
#ifndef BP_BASE_EMBEDDED_H
#define BP_BASE_EMBEDDED_H

#include <stddef.h>

struct bp_embedded_file {
    const char *name; /* NULL ends a list */
    const char *data; /* a zero byte follows, not counted in `size` */
    size_t size;      /* bytes */
};

extern const struct bp_embedded_file bp_embedded_patterns[]; /* without their proof */
extern const struct bp_embedded_file bp_embedded_proofs[];   /* the proofs, in the same order */
extern const struct bp_embedded_file bp_embedded_schema[];
extern const struct bp_embedded_file bp_embedded_fact_types[]; /* the schema, for types alone */
extern const struct bp_embedded_file bp_embedded_releases[];   /* one file */
extern const struct bp_embedded_file bp_embedded_html_style[]; /* one file */

/* Only in a static program (probe/cuda_driver_helper.c); one file. */
extern const struct bp_embedded_file bp_embedded_driver_helper[];

#endif
