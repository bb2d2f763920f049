"""
The functions in a reader's files that no input of its target can reach, by reason. They are left out
when the lines that a target reaches are counted. A function belongs here only where it reads nothing
foreign or where another target reads it; one that a better input would reach does not.
"""

_WRITES = "writes what others read: it has no foreign bytes before it"
_LIVE = "looks at the running system, which a laid-out root is not; fuzzed by windows_registry"
_ROOT = "looks at a laid-out drive; fuzzed by windows_root"
_STARTS = "starts a process, or tells how one that was started ended"
_LISTS = "lists names of the program's own"

ASIDE = {
    "facts_merge": {
        _WRITES: "bp_facts_to_pipe bp_facts_descriptor write_line bp_facts_put bp_facts_put_text "
                 "bp_facts_put_number bp_facts_put_bool bp_facts_unknown bp_facts_status add_detail spoil "
                 "bp_facts_trouble bp_facts_fenced bp_facts_refused bp_facts_end bp_status_word",
    },
    "json": {
        _WRITES: "set bp_json_set_text bp_json_set_number bp_json_set_bool bp_json_of_strs "
                 "bp_json_move_members bp_json_insert",
    },
    "python_answer": {
        _STARTS: "bp_python_ask read_result first_noise start make_environment absolute_path",
    },
    "asked": {
        _LISTS: "bp_assume_keys bp_gate_name bp_gate_names",
        "shows findings, of which a check without patterns has none": "check_finding severity_of",
    },
    "windows_root": {
        _LIVE: "add_registered_toolkits put_registry_text bp_drive_list has_folder",
    },
    "windows_registry": {
        _ROOT: "usual_folders bp_drive_homes",
        "asks the system for its devices": "bp_windows_collect_pci",
    },
}


def aside_of(target):
    """The names of those functions."""
    return {name for names in ASIDE.get(target.name, {}).values() for name in names.split()}
