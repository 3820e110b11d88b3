"""The environment in which git is run, and the fault that it cannot be."""

import os

from goldspan.faults import fault

__all__ = ["NO_GIT", "git_environment"]

NO_GIT = fault("E901", "Git cannot be run", "Install git, and have it on the PATH.")

ELSEWHERE = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE"}


def git_environment() -> dict[str, str]:
    """This process's, without what a hook of git sets to lead to its own repository; messages are in English."""
    own = {key: value for key, value in os.environ.items() if key not in ELSEWHERE}
    return {"GIT_TERMINAL_PROMPT": "0", **own, "LC_ALL": "C"}
