// The version of the program, written into everything that it makes.

/// The version of mlcore.
public enum ProgramVersion {
  /// The version, as in CHANGELOG.md.
  public static let current = "0.1.0"
}
