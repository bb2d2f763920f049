#include "probe/session.h"

void bp_collect_session(const struct bp_probe *probe, struct bp_facts *facts) {
    if (!probe->root->live) {
        bp_facts_status(facts, BP_STATUS_ABSENT, "no session runs in another root");
        return;
    }
    bp_collect_notebook(probe, facts);
    bp_collect_python_processes(probe, facts);
}
