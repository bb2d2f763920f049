/* What the chosen library needs, and for which GPUs each library holds code. */
#include <stdlib.h>

#include "base/json.h"
#include "report/html_markup.h"
#include "report/html_parts.h"
#include "report/need_tree.h"
#include "report/svg_tree.h"

static const char *const state_classes[BP_STATE_COUNT] = {
    [BP_STATE_FOUND] = "good",    [BP_STATE_MAPPED] = "good",   [BP_STATE_UNUSABLE] = "bad",
    [BP_STATE_NOT_FOUND] = "bad", [BP_STATE_UNKNOWN] = "doubt",
};

static void add_needed_by(struct bp_str *out, const struct bp_need_tree *tree,
                          const struct bp_need_row *row) {
    const char *name = bp_json_text(tree->file, "name");
    const char *by = row->depth ? tree->rows[row->parent].library : name;
    bp_html_element(out, "td", "code", by ? by : "");
}

static void add_table(struct bp_str *out, const struct bp_need_tree *tree) {
    bp_str_add(out, "<details>\n<summary>The same as a table, with whole paths</summary>\n");
    bp_html_scroll(out, "Needed libraries as a table");
    bp_str_add(out, "<table>\n<thead><tr><th scope=\"col\">Library</th><th scope=\"col\">State</th>"
                    "<th scope=\"col\">Where, and why there</th><th scope=\"col\">Needed by</th>"
                    "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < tree->count; i++) {
        const struct bp_need_row *row = &tree->rows[i];
        char *says = bp_need_row_says(row);
        bp_str_add(out, "<tr><th scope=\"row\" class=\"code\">");
        bp_html_words(out, row->library);
        bp_str_add(out, "</th>");
        bp_html_element(out, "td", state_classes[row->state], bp_need_state_word(row->state));
        bp_html_element(out, "td", NULL, says);
        add_needed_by(out, tree, row);
        bp_str_add(out, "</tr>\n");
        free(says);
    }
    bp_str_add(out, "</tbody>\n</table>\n</div>\n</details>\n");
}

void bp_html_need_tree(struct bp_str *out, const cJSON *document) {
    struct bp_need_tree tree = bp_need_tree_of(document);
    if (tree.count) {
        char *says = bp_need_tree_says(&tree);
        bp_str_add(out, "<h3>What the library needs</h3>\n");
        bp_html_element(out, "p", NULL, says);
        bp_html_scroll(out, "Picture of the needed libraries");
        bp_svg_tree(out, &tree);
        bp_str_add(out, "</div>\n");
        add_table(out, &tree);
        free(says);
    }
    bp_need_tree_free(&tree);
}
