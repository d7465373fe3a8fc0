// A configuration for a number of rows: what is nil is filled, and every value is in its range.
import Configuration
internal import Texts

/// A configuration in which every value is known and in its range.
@dynamicMemberLookup
public struct ResolvedBoostingConfiguration: Sendable, Equatable {
  /// The configuration, with no nil left.
  public let configuration: BoostingConfiguration

  /// The most splits between the root and a leaf.
  var maxDepth: Int { configuration.maxDepth.flatMap { $0 == -1 ? nil : $0 } ?? Tree.mostDepth }

  /// A value that may be nil where a configuration is not resolved.
  public subscript<Value>(dynamicMember path: KeyPath<BoostingConfiguration, Value?>) -> Value {
    guard let value = configuration[keyPath: path] else {
      preconditionFailure("a hyperparameter without a default")
    }
    return value
  }
}

extension BoostingConfiguration {
  /// Fills the values that adapt to the number of training rows.
  ///
  /// Few rows get small trees, slow learning and column sampling, because the loss of a small
  /// table is dominated by variance; many rows get larger trees and faster learning.
  ///
  /// - Throws: `GradientBoostingError.parameterOutOfRange`,
  ///   `GradientBoostingError.unusableDirection`.
  public func resolved(rows: Int) throws -> ResolvedBoostingConfiguration {
    var filled = self
    for setting in Self.settings where setting.read(self) == nil {
      setting.write(&filled, setting.automatic?.value(rows: rows))
    }
    for (column, direction) in monotoneConstraints.sorted(by: { $0.key < $1.key }) {
      guard -1...1 ~= direction else {
        throw GradientBoostingError.unusableDirection(column: column.string, found: direction)
      }
    }
    if let (setting, found) = Self.settings.outOfRange(in: filled) {
      throw GradientBoostingError.parameterOutOfRange(
        name: setting.key, found: found.shown, expected: setting.kind.words)
    }
    return ResolvedBoostingConfiguration(configuration: filled)
  }
}
