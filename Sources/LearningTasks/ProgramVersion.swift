// The version of the program, written into everything that it makes.

/// The version of mlcore.
package enum ProgramVersion {
  /// The version, as in CHANGELOG.md.
  package static let current = "0.1.0"
}
