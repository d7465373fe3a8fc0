// Functions and sums over whole arrays. The loops are C (CKernels/vector_math.c), compiled for
// several instruction sets and written so that each gives the same bits.

internal import CKernels

/// Elementwise functions and sums whose results are the same on every processor.
public enum VectorMath {
  /// Returns e to the power of each value; the error is below 1 ulp.
  public static func exp(_ values: [Double]) -> [Double] { map(values, mlk_exp) }

  /// Returns the natural logarithm of each value; the error is below 1 ulp.
  ///
  /// Zero gives minus infinity, a negative number NaN.
  public static func log(_ values: [Double]) -> [Double] { map(values, mlk_log) }

  /// Returns `1 / (1 + exp(-value))` for each value; the error is below 3 ulp, in the tails too.
  public static func sigmoid(_ values: [Double]) -> [Double] { map(values, mlk_sigmoid) }

  /// Returns the sum of the values, added in an order that depends on their number only.
  public static func sum(_ values: [Double]) -> Double { mlk_sum(values, values.count) }

  /// Returns the sum of the products of two arrays, in the order of `sum(_:)`.
  ///
  /// - Precondition: both have the same number of elements.
  public static func dot(_ left: [Double], _ right: [Double]) -> Double {
    precondition(left.count == right.count, "\(left.count) elements against \(right.count)")
    return mlk_dot(left, right, left.count)
  }

  /// Returns the logarithm of the standard normal distribution's mass from each number up to a
  /// width above it.
  ///
  /// It is exact far out in a tail and over short ways, too: the error is below 1e-12, relative
  /// where the result is beyond -1. The mass over no way is minus infinity.
  ///
  /// - Precondition: both have the same number of finite elements, and no width is negative.
  public static func logNormalMasses(from lows: [Double], widths: [Double]) -> [Double] {
    precondition(lows.count == widths.count, "\(lows.count) elements against \(widths.count)")
    return [Double](unsafeUninitializedCapacity: lows.count) { result, initialised in
      lows.withUnsafeBufferPointer { lows in
        widths.withUnsafeBufferPointer { widths in
          guard let from = lows.baseAddress, let widths = widths.baseAddress else { return }
          if let masses = result.baseAddress {
            mlk_log_normal_masses(from, widths, masses, lows.count)
          }
        }
      }
      initialised = lows.count
    }
  }

  private static func map(
    _ values: [Double],
    _ kernel: (UnsafePointer<Double>, UnsafeMutablePointer<Double>, Int) -> Void
  ) -> [Double] {
    [Double](unsafeUninitializedCapacity: values.count) { result, initialised in
      values.withUnsafeBufferPointer { source in
        if let from = source.baseAddress, let to = result.baseAddress {
          kernel(from, to, source.count)
        }
      }
      initialised = values.count
    }
  }
}
