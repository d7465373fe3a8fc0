// Sums of quantised gradients and hessians in one integer, the content of a histogram cell.

/// What the units are worth in which one tree counts gradients and hessians.
struct GradientScale: Sendable, Equatable {
  /// The value of one unit of a gradient sum.
  let gradient: Double
  /// The value of one unit of a hessian sum.
  let hessian: Double

  /// Chooses the finest levels with which sums over `rows` rows cannot overflow.
  ///
  /// - Parameters:
  ///   - gradientBound: the largest |gradient| of a row.
  ///   - hessianBound: the largest hessian of a row.
  init(rows: Int, gradientBound: Float, hessianBound: Float) {
    // One level is kept free for rounding up.
    let levels = Double(min(32_767, Int(Int32.max) / max(1, rows)) - 1)
    gradient = gradientBound > 0 ? Double(gradientBound) / levels : 1
    hessian = hessianBound > 0 ? Double(hessianBound) / levels : 1
  }
}

/// A sum of gradients and a sum of hessians, in units of a `GradientScale`.
struct PackedSums: Sendable, Equatable {
  /// `(gradients << 32) + hessians`; hessians are in 0 ..< 2^31.
  var bits: Int64

  init(bits: Int64) { self.bits = bits }

  var gradients: Int { Int(bits >> 32) }
  var hessians: Int { Int(bits & 0xFFFF_FFFF) }

  static func - (whole: PackedSums, part: PackedSums) -> PackedSums {
    PackedSums(bits: whole.bits &- part.bits)
  }
}
