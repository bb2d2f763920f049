/* The comparison as a document. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "checks/compare.h"
#include "checks/compare/differences.h"

/* The fact's place in a report; "@" in it is the interpreter in use. The caller frees it. */
static char *pointer_of(const struct bp_fleet_fact *fact) {
    struct bp_str pointer = BP_STR_EMPTY;
    bp_str_add(&pointer, bp_compare_table[fact->row].pointer);
    if (fact->name) {
        bp_pointer_add(&pointer, fact->name);
    }
    return bp_str_detach(&pointer);
}

/* What the fact is called. The caller frees it. */
static char *label_of(const struct bp_fleet_fact *fact) {
    const char *says = bp_compare_table[fact->row].says;
    return bp_format("%s%s%s", says ? says : "", says && fact->name ? " " : "",
                     fact->name ? fact->name : "");
}

static cJSON *describe(const struct bp_fleet_fact *fact) {
    cJSON *object = cJSON_CreateObject();
    enum bp_compare_group group = bp_compare_table[fact->row].group;
    char *pointer = pointer_of(fact);
    char *label = label_of(fact);
    bp_json_set_text(object, "group", bp_compare_group_id(group));
    bp_json_set_text(object, "group_title", bp_compare_group_title(group));
    bp_json_set_text(object, "fact", pointer);
    bp_json_set_text(object, "title", label);
    free(label);
    free(pointer);
    return object;
}

/* Which of the difference's values the cluster has. */
static size_t index_of(const struct bp_fleet *fleet, const struct bp_difference *one,
                       const struct bp_alike *alike) {
    uint32_t value = bp_cluster_value(fleet, alike->clusters[0], one->fact);
    size_t index = 0;
    while (one->values[index].value != value) {
        index++;
    }
    return index;
}

static cJSON *value_of(const struct bp_fleet *fleet, const struct bp_difference *one,
                       const struct bp_difference_value *value) {
    const struct bp_interned *texts = &fleet->facts[one->fact].values;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddArrayToObject(object, "clusters");
    bp_json_set_text(object, "value",
                     value->value < BP_VALUE_FIRST ? NULL
                                                   : texts->items[value->value - BP_VALUE_FIRST]);
    bp_json_set_bool(object, "known", value->value != BP_VALUE_UNKNOWN);
    bp_json_set_number(object, "count", (double)value->count);
    return object;
}

/* The values, each with the clusters that have it. */
static cJSON *values_of(const struct bp_fleet *fleet, const struct bp_differences *differences,
                        const struct bp_difference *one) {
    cJSON *values = cJSON_CreateArray();
    cJSON **clusters = bp_alloc_array(one->value_count, sizeof *clusters);
    for (size_t i = 0; i < one->value_count; i++) {
        cJSON *value = value_of(fleet, one, &one->values[i]);
        clusters[i] = value->child;
        cJSON_AddItemToArray(values, value);
    }
    for (size_t i = 0; i < differences->alike_count; i++) {
        size_t index = index_of(fleet, one, &differences->alike[i]);
        cJSON_AddItemToArray(clusters[index], cJSON_CreateNumber((double)i));
    }
    free(clusters);
    return values;
}

static cJSON *difference_of(const struct bp_fleet *fleet, const struct bp_differences *differences,
                            const struct bp_difference *one) {
    cJSON *object = describe(&fleet->facts[one->fact]);
    bool majority = fleet->count > 2 && one->values[0].count * 2 > fleet->count;
    cJSON_AddItemToObject(object, "values", values_of(fleet, differences, one));
    cJSON_AddItemToObject(object, "majority",
                          majority ? cJSON_CreateNumber(0) : cJSON_CreateNull());
    bp_json_set_bool(object, "goes_with_outcome", one->goes_with_outcome);
    return object;
}

static cJSON *scattered_of(const struct bp_fleet *fleet, const struct bp_difference *one) {
    cJSON *object = describe(&fleet->facts[one->fact]);
    bp_json_set_number(object, "value_count", (double)one->value_count);
    return object;
}

static cJSON *names_of(const struct bp_alike *alike) {
    cJSON *names = cJSON_CreateArray();
    size_t count = 0;
    for (size_t i = 0; i < alike->cluster_count; i++) {
        const struct bp_strs *some = &alike->clusters[i]->names;
        for (size_t j = 0; j < some->count && count < BP_FLEET_NAMES; j++, count++) {
            cJSON_AddItemToArray(names, cJSON_CreateString(some->items[j]));
        }
    }
    return names;
}

/* The cluster: who is in it, and for each difference which of its values it has. */
static cJSON *cluster_of(const struct bp_fleet *fleet, const struct bp_differences *differences,
                         const struct bp_alike *alike) {
    cJSON *object = cJSON_CreateObject();
    bp_json_set_number(object, "count", (double)alike->count);
    cJSON_AddItemToObject(object, "names", names_of(alike));
    cJSON *values = cJSON_AddArrayToObject(object, "values");
    for (size_t i = 0; i < differences->count; i++) {
        const struct bp_difference *one = &differences->items[i];
        if (!one->scattered) {
            size_t index = index_of(fleet, one, alike);
            cJSON_AddItemToArray(values, cJSON_CreateNumber((double)index));
        }
    }
    return object;
}

/* The one report that is not as all others are, where there are others enough to say so. */
static const char *odd_one_out(const struct bp_fleet *fleet,
                               const struct bp_differences *differences) {
    bool odd =
        fleet->count > 2 && differences->alike_count == 2 && differences->alike[1].count == 1;
    return odd ? differences->alike[1].clusters[0]->names.items[0] : NULL;
}

cJSON *bp_fleet_compare(const struct bp_fleet *fleet) {
    struct bp_differences differences = bp_differences_of(fleet);
    cJSON *result = cJSON_CreateObject();
    bp_json_set_number(result, "reports", (double)fleet->count);
    bp_json_set_bool(result, "alike", differences.alike_count < 2);
    bp_json_set_text(result, "odd_one_out", odd_one_out(fleet, &differences));
    cJSON *clusters = cJSON_AddArrayToObject(result, "clusters");
    for (size_t i = 0; i < differences.alike_count; i++) {
        cJSON_AddItemToArray(clusters, cluster_of(fleet, &differences, &differences.alike[i]));
    }
    cJSON *found = cJSON_AddArrayToObject(result, "differences");
    cJSON *scattered = cJSON_AddArrayToObject(result, "scattered");
    for (size_t i = 0; i < differences.count; i++) {
        const struct bp_difference *one = &differences.items[i];
        if (one->scattered) {
            cJSON_AddItemToArray(scattered, scattered_of(fleet, one));
        } else {
            cJSON_AddItemToArray(found, difference_of(fleet, &differences, one));
        }
    }
    bp_differences_free(&differences);
    return result;
}
