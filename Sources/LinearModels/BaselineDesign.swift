// Which columns the logistic baseline sees. Its time grows with the cube of their number and its
// memory with the square, so a wide table gets a narrower design.
package import NumericCore
package import Preprocessing
package import Tables
import Texts

/// The encoders of the baseline, at most `mostColumns` wide.
package struct BaselineDesign {
  /// The most columns of the design matrix.
  package static let mostColumns = 1_000

  /// The fitted encoders.
  package let pipeline: FeaturePipeline
  /// What was left out to make the design fit, in words; nil if nothing was.
  package let note: String?

  /// Fits the encoders: first fewer categories per column, then fewer columns, the first ones.
  ///
  /// - Throws: `PreprocessingError`.
  package init(_ features: [Column], rows: [Int32], pool: WorkerPool) throws {
    let whole = try FeaturePipeline.fit(features, rows: rows, pool: pool)
    let numbers = whole.scaler.featureNames.count + whole.indicatedNames.count
    let counts = whole.encoder.categories.map(\.count)
    func width(_ most: Int) -> Int { numbers + counts.reduce(0) { $0 + min($1, most) } }
    guard width(.max) > Self.mostColumns else {
      (pipeline, note) = (whole, nil)
      return
    }
    let most = [32, 16, 8, 4, 2].first { width($0) <= Self.mostColumns } ?? 2
    var widths: [ByteText: Int] = [:]
    for name in whole.scaler.featureNames + whole.indicatedNames {
      widths[ByteText(name), default: 0] += 1
    }
    for (name, count) in zip(whole.encoder.featureNames, counts) {
      widths[ByteText(name)] = min(count, most)
    }
    var room = Self.mostColumns
    let used = features.filter { column in
      let width = widths[ByteText(column.name)] ?? 0
      if width > room { room = 0 }
      room -= width
      return width > 0 && room >= 0
    }
    pipeline = try FeaturePipeline.fit(
      used, rows: rows, encoding: OneHotEncoder.Configuration(maximumCategories: most), pool: pool)
    note =
      "the logistic baseline sees \(used.count) of \(features.count) columns and at most \(most) "
      + "categories of each, which makes it at most \(Self.mostColumns) wide"
  }
}
