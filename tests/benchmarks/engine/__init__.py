"""The benchmark of the engine: inputs, the 151 features in every tongue, and how they are measured."""
