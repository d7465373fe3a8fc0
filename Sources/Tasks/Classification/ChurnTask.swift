// The churn use case: train, predict, evaluate, inspect. Each verb is an extension in its own file.

/// Predicts which customers leave.
public enum ChurnTask {}
