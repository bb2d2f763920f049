"""What is done to an environment before both are asked. Importing it fills KINDS."""

from reality.damage import needed_libraries, package_files, places, variables  # noqa: F401
from reality.damage.kinds import KINDS  # noqa: F401
