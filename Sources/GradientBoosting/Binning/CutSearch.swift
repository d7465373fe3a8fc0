// Finds the bins of numbers between cuts.

internal import CKernels

/// The cuts of one feature, prepared for finding bins.
struct CutSearch: Sendable {
  /// `MLK_PADDED_CUTS` numbers: the cuts with infinities behind them.
  let cuts: [Double]
  /// For each of `MLK_CUT_CELLS` cells how many cuts come before it.
  let before: [UInt8]
  let grid: mlk_cut_grid

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
}
