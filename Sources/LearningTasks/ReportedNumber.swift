// Numbers as documents and messages have them.
import Glibc

extension Double {
  /// The number with nine significant digits, the double nearest to that decimal.
  ///
  /// Further digits depend on the order in which the linear algebra of a processor adds, and mean
  /// nothing.
  package var reported: Double {
    guard self != 0, isFinite else { return self }
    let factor = pow(10, 8 - log10(abs(self)).rounded(.down))
    // Of numbers near 0 the power of ten is too large for a double.
    guard factor.isFinite else { return self }
    return (self * factor).rounded() / factor
  }

  /// The number as people write it: whole ones without a fraction.
  package var asWritten: String {
    self == rounded() && abs(self) < 1e15 ? String(Int(self)) : description
  }
}
