/* The tree of needed libraries as a picture (https://www.w3.org/TR/SVG11/) inside a page. */
#ifndef BP_REPORT_SVG_TREE_H
#define BP_REPORT_SVG_TREE_H

#include "base/str.h"
#include "report/need_tree.h"

/*
 * Appends <svg>...</svg>, coloured by the classes of report/html.css. Long texts are cut in it:
 * the whole of them stands in each row's title, and belongs into a text beside the picture.
 */
void bp_svg_tree(struct bp_str *out, const struct bp_need_tree *tree);

#endif
