"""What differs between the written facts and the wheels, in sentences."""


def of_libraries(where, old, new):
    before = {library["name"]: library for library in old}
    after = {library["name"]: library for library in new}
    said = [f"{where}: {name} is gone" for name in before if name not in after]
    for name, library in after.items():
        if name not in before:
            said.append(f"{where}: new file {name}")
            continue
        for key, value in library.items():
            if before[name].get(key) != value:
                said.append(f"{where}: {name}: {key} was {before[name].get(key)}, is {value}")
    return said


def of_release(version, old, new):
    """Of the wheels that `new` has; others were not looked at."""
    said = []
    for key in ("date", "yanked", "era", "python", "requires", "markers"):
        if old[key] != new[key]:
            said.append(f"{version}: {key} was {old[key]}, is {new[key]}")
    for platform, libraries in new["wheels"].items():
        if platform not in old["wheels"]:
            said.append(f"{version}: new wheel for {platform}")
        else:
            said += of_libraries(f"{version} {platform}", old["wheels"][platform], libraries)
    return said


def of_all(old, new):
    said = []
    for version, release in new.items():
        if version in old:
            said += of_release(version, old[version], release)
        else:
            said.append(f"new release {version}: {', '.join(sorted(release['wheels']))}")
    return said
