"""A simulator that knows the truth, and the sample made with it."""

from cxchurn.datasets._files import SimulationFiles, check_folder, monthly_truth, write_simulation
from cxchurn.datasets._sample import Sample, load_sample, sample_files
from cxchurn.datasets._simulation import Simulation, simulate

__all__ = [
    "Sample",
    "Simulation",
    "SimulationFiles",
    "check_folder",
    "load_sample",
    "monthly_truth",
    "sample_files",
    "simulate",
    "write_simulation",
]
