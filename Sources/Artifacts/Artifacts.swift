// The room Artifacts.
