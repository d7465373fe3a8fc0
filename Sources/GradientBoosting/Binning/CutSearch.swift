// Finds the bins of numbers between cuts.

internal import CKernels

/// The cuts of one feature, prepared for finding bins.
struct CutSearch: Sendable {
  /// The cuts with infinities behind them up to the length that the kernel reads.
  private let cuts: [Double]
  private let before: [UInt8]
  private let grid: mlk_cut_grid

  /// Prepares ascending cuts, at most 254.
  init(_ cuts: [Double]) {
    precondition(cuts.count <= 254, "\(cuts.count) cuts do not fit a byte")
    var before = [UInt8](repeating: 0, count: Int(MLK_CUT_CELLS))
    grid = mlk_cut_grid_of(cuts, cuts.count, &before)
    self.before = before
    self.cuts =
      cuts + [Double](repeating: .infinity, count: Int(MLK_PADDED_CUTS) - cuts.count)
  }

  /// Writes the bin of each value: 1 + the number of cuts below it, 0 for NaN.
  ///
  /// - Precondition: there is a bin for each value.
  func bin(
    _ values: UnsafeBufferPointer<Double>, into bins: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(bins.count >= values.count, "\(values.count) values for \(bins.count) bins")
    mlk_bin_values(values.baseAddress, values.count, grid, before, cuts, bins.baseAddress)
  }

  /// The bin of one value.
  func bin(of value: Double) -> UInt8 {
    var bin: UInt8 = 0
    withUnsafePointer(to: value) { mlk_bin_values($0, 1, grid, before, cuts, &bin) }
    return bin
  }
}
