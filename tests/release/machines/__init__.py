"""Machines to run the files of a release on: root file systems, kernels, other processors."""
