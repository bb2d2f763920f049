"""What lies where Python looks for packages."""

import os
import shutil

from reality import environments
from reality.damage.kinds import kind
from support import wheels


@kind
def source_checkout_here(env):
    """A clone of the repository is the current folder: the package in it has no library."""
    source = env.cwd / "bitsandbytes"
    shutil.copytree(wheels.kept_venv(env.release).package, source,
                    ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    (env.cwd / "CMakeLists.txt").write_text("project(bitsandbytes)\n")
    (env.cwd / "csrc").mkdir()


@kind
def namespace_folder_here(env):
    """A clone one folder up: ./bitsandbytes is the repository, not the package."""
    (env.cwd / "bitsandbytes" / "csrc").mkdir(parents=True)
    (env.cwd / "bitsandbytes" / "README.md").write_text("# bitsandbytes\n")


@kind
def namespace_folder_alone(env):
    namespace_folder_here(env)
    for entry in list(env.site.glob("bitsandbytes*")):
        shutil.rmtree(entry)


@kind
def another_release_before(env, release):
    """Another copy on PYTHONPATH, which comes before site-packages."""
    place = env.folder / "before"
    place.mkdir()
    environments.put_release(release, place)
    env.variables["PYTHONPATH"] = str(place)


@kind
def another_release_after(env, release):
    """Another copy in a folder that a .pth file adds: it comes after."""
    place = env.folder / "after"
    place.mkdir()
    environments.put_release(release, place)
    (env.site / "more.pth").write_text(f"{place}\n")


@kind
def leftover_metadata(env, release):
    """The dist-info of an older release was left behind by a broken upgrade."""
    kept = wheels.kept_venv(release)
    shutil.copytree(next(kept.site.glob("bitsandbytes-*.dist-info")),
                    env.site / next(kept.site.glob("bitsandbytes-*.dist-info")).name)


@kind
def not_installed(env):
    for entry in list(env.site.glob("bitsandbytes*")):
        shutil.rmtree(entry)


@kind
def in_user_site(env):
    """Everything in ~/.local, and the interpreter is the system's own."""
    user = env.home / ".local" / "lib" / env.site.parent.name / "site-packages"
    user.parent.mkdir(parents=True)
    os.rename(env.site, user)
    env.venv = None
    env.site = user
    env.package = user / "bitsandbytes"
    env.python = "/usr/bin/python3"
    env.arguments += ["--python", "/usr/bin/python3"]


@kind
def user_site_shadowed_by_venv(env, release):
    """A copy in ~/.local beside a virtual environment, which does not look there."""
    user = env.home / ".local" / "lib" / env.site.parent.name / "site-packages"
    user.mkdir(parents=True)
    environments.put_release(release, user)


@kind
def venv_with_system_packages_sees_user_site(env):
    """A virtual environment that looks further: the copy in ~/.local is what it finds."""
    settings = env.venv.folder / "pyvenv.cfg"
    settings.write_text(settings.read_text().replace("include-system-site-packages = false",
                                                     "include-system-site-packages = true"))
    user = env.home / ".local" / "lib" / env.site.parent.name / "site-packages"
    user.mkdir(parents=True)
    for entry in list(env.site.glob("bitsandbytes*")):
        os.rename(entry, user / entry.name)
    env.package = user / "bitsandbytes"


@kind
def metadata_deleted(env):
    """The dist-info is gone, as after an unpacking by hand."""
    for entry in list(env.site.glob("bitsandbytes-*")):
        shutil.rmtree(entry)
