#include "checks/compare/fleet.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "checks/compare/profile.h"

/* The number of a fact; one that is new gets the next. `name` is NULL where the row is one. */
static size_t fact_number(struct bp_fleet *fleet, size_t row, const char *name) {
    char *key = bp_format("%zu %s", row, name ? name : "");
    size_t number = bp_interned_number(&fleet->fact_keys, key);
    free(key);
    if (number < fleet->fact_count) {
        return number;
    }
    if (fleet->fact_count == fleet->fact_capacity) {
        fleet->fact_capacity = fleet->fact_capacity ? fleet->fact_capacity * 2 : 128;
        fleet->facts = bp_realloc_array(fleet->facts, fleet->fact_capacity, sizeof *fleet->facts);
    }
    fleet->facts[fleet->fact_count++] = (struct bp_fleet_fact){.row = row, .name = bp_strdup(name)};
    return number;
}

struct bp_fleet *bp_fleet_new(void) {
    return bp_alloc(sizeof(struct bp_fleet));
}

void bp_fleet_free(struct bp_fleet *fleet) {
    if (!fleet) {
        return;
    }
    for (size_t i = 0; i < fleet->fact_count; i++) {
        free(fleet->facts[i].name);
        bp_interned_free(&fleet->facts[i].values);
    }
    for (size_t i = 0; i < fleet->cluster_count; i++) {
        free(fleet->clusters[i].values);
        bp_strs_free(&fleet->clusters[i].names);
    }
    free(fleet->facts);
    free(fleet->clusters);
    bp_interned_free(&fleet->fact_keys);
    bp_interned_free(&fleet->cluster_keys);
    free(fleet);
}

/* The profile as numbers: by fact, as a cluster holds them. The caller frees them. */
static uint32_t *number_values(struct bp_fleet *fleet, const struct bp_profile *profile,
                               size_t *count) {
    size_t *facts = bp_alloc_array(profile->count + 1, sizeof *facts);
    for (size_t i = 0; i < profile->count; i++) {
        facts[i] = fact_number(fleet, profile->items[i].row, profile->items[i].name);
    }
    *count = fleet->fact_count;
    uint32_t *values = bp_alloc_array(*count + 1, sizeof *values);
    for (size_t i = 0; i < profile->count; i++) {
        struct bp_interned *known = &fleet->facts[facts[i]].values;
        size_t number = bp_interned_number(known, profile->items[i].value);
        values[facts[i]] = (uint32_t)(number + BP_VALUE_FIRST);
    }
    free(facts);
    return values;
}

/* All that is said of the reports of one cluster, and of no other. The caller frees it. */
static char *key_of(const uint32_t *values, size_t count, const bool unknown[]) {
    struct bp_str key = BP_STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (values[i]) {
            bp_str_addf(&key, "%zu=%u ", i, (unsigned)values[i]);
        }
    }
    for (size_t i = 0; i < bp_compare_table_size(); i++) {
        if (unknown[i]) {
            bp_str_addf(&key, "%zu? ", i);
        }
    }
    return bp_str_detach(&key);
}

static struct bp_cluster *new_cluster(struct bp_fleet *fleet) {
    if (fleet->cluster_count == fleet->cluster_capacity) {
        fleet->cluster_capacity = fleet->cluster_capacity ? fleet->cluster_capacity * 2 : 16;
        fleet->clusters =
            bp_realloc_array(fleet->clusters, fleet->cluster_capacity, sizeof *fleet->clusters);
    }
    struct bp_cluster *cluster = &fleet->clusters[fleet->cluster_count++];
    *cluster = (struct bp_cluster){0};
    return cluster;
}

void bp_fleet_add(struct bp_fleet *fleet, const char *name, const cJSON *document) {
    struct bp_profile profile = {0};
    size_t count;
    bp_profile_read(&profile, document);
    uint32_t *values = number_values(fleet, &profile, &count);
    char *key = key_of(values, count, profile.unknown);
    size_t number = bp_interned_number(&fleet->cluster_keys, key);
    bool is_new = number == fleet->cluster_count;
    struct bp_cluster *cluster = is_new ? new_cluster(fleet) : &fleet->clusters[number];
    if (is_new) {
        cluster->values = values;
        cluster->value_count = count;
        memcpy(cluster->unknown, profile.unknown, sizeof cluster->unknown);
    } else {
        free(values);
    }
    cluster->count++;
    fleet->count++;
    if (cluster->names.count < BP_FLEET_NAMES) {
        bp_strs_add(&cluster->names, name);
    }
    free(key);
    bp_profile_free(&profile);
}

size_t bp_fleet_count(const struct bp_fleet *fleet) {
    return fleet->count;
}

uint32_t bp_cluster_value(const struct bp_fleet *fleet, const struct bp_cluster *cluster,
                          size_t fact) {
    uint32_t value = fact < cluster->value_count ? cluster->values[fact] : BP_VALUE_NONE;
    bool unknown = value == BP_VALUE_NONE && cluster->unknown[fleet->facts[fact].row];
    return unknown ? BP_VALUE_UNKNOWN : value;
}
