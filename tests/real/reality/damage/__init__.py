"""What is done to an environment before both are asked. Importing it fills KINDS."""

from reality.damage import needed_libraries, package_files, places, variables
from reality.damage.kinds import KINDS

__all__ = ["KINDS", "needed_libraries", "package_files", "places", "variables"]
