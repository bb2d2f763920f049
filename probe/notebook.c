/* Which notebook service, if any, this program was started from. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "probe/session.h"

struct sign {
    const char *name; /* a variable or a folder */
    const char *notebook;
};

/*
 * The services set these for every process of theirs. A hosted notebook is Jupyter too, so
 * the more particular come first; VS Code starts kernels the way Jupyter does.
 */
static const struct sign variables[] = {
    {"COLAB_RELEASE_TAG", "colab"},
    {"COLAB_BACKEND_VERSION", "colab"},
    {"COLAB_GPU", "colab"},
    {"KAGGLE_KERNEL_RUN_TYPE", "kaggle"},
    {"KAGGLE_URL_BASE", "kaggle"},
    {"KAGGLE_DATA_PROXY_TOKEN", "kaggle"},
    {"DATABRICKS_RUNTIME_VERSION", "databricks"},
    {"SAGEMAKER_APP_TYPE", "sagemaker"},
    {"SAGEMAKER_INTERNAL_IMAGE_URI", "sagemaker"},
    {"SAGEMAKER_SPACE_NAME", "sagemaker"},
};

static const struct sign jupyter_variables[] = {
    {"JPY_PARENT_PID", "jupyter"},
    {"JPY_SESSION_NAME", "jupyter"},
    {"JUPYTERHUB_USER", "jupyter"},
    {"JUPYTERHUB_API_URL", "jupyter"},
};

static const struct sign folders[] = {
    {"/kaggle/input", "kaggle"},
    {"/kaggle/working", "kaggle"},
    {"/content/sample_data", "colab"},
    {"/databricks/driver", "databricks"},
    {"/home/ec2-user/SageMaker", "sagemaker"},
};

static const struct sign *first_set(const struct bp_probe *probe, const struct sign *signs,
                                    size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (bp_probe_env(probe, signs[i].name)) {
            return &signs[i];
        }
    }
    return NULL;
}

static const struct sign *first_folder(const struct bp_root *root) {
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (bp_root_is_folder(root, folders[i].name)) {
            return &folders[i];
        }
    }
    return NULL;
}

void bp_collect_notebook(const struct bp_probe *probe, struct bp_facts *facts) {
    const char *form = "variable";
    const struct sign *sign = first_set(probe, variables, sizeof variables / sizeof variables[0]);
    if (!sign) {
        sign = first_folder(probe->root);
        form = sign ? "folder" : form;
    }
    const char *notebook = sign ? sign->notebook : "none";
    if (!sign) {
        sign = first_set(probe, jupyter_variables,
                         sizeof jupyter_variables / sizeof jupyter_variables[0]);
        if (sign) {
            notebook = bp_probe_env(probe, "VSCODE_PID") ? "vscode" : sign->notebook;
        }
    }
    char *evidence = sign ? bp_format("%s %s", form, sign->name) : NULL;
    bp_facts_put_text(facts, "/session/notebook", notebook);
    bp_facts_put_text(facts, "/session/notebook_evidence", evidence);
    free(evidence);
}
