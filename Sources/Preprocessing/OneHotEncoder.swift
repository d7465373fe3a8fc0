// Categories as blocks of zeros with a single one, with the results of scikit-learn's OneHotEncoder
// that ignores unknown categories.

public import NumericCore
public import Tables
internal import Texts

/// The categories of a set of columns, each of which becomes one column of zeros and ones.
///
/// A category that the fit did not see, or that is missing, gives a block of zeros.
public struct OneHotEncoder: Codable, Sendable, Equatable {
  /// How strings become categories.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Removes white space around strings.
    public var stripsWhitespace = false
    /// Turns strings to lower case.
    public var lowercases = false
    /// Keeps only so many categories per column, the most frequent ones, at least 1; nil keeps all.
    public var maximumCategories: Int?

    /// Creates a configuration.
    public init(
      stripsWhitespace: Bool = false, lowercases: Bool = false, maximumCategories: Int? = nil
    ) {
      self.stripsWhitespace = stripsWhitespace
      self.lowercases = lowercases
      self.maximumCategories = maximumCategories
    }

    /// The category that a string belongs to.
    func category(of string: String) -> ByteText {
      let stripped = stripsWhitespace ? string.strippedOfWhitespace : string
      return ByteText(lowercases ? stripped.lowercased() : stripped)
    }
  }

  /// The names of the columns.
  public let featureNames: [String]
  /// The categories of each column, sorted by their Unicode scalars.
  public let categories: [[String]]
  /// How strings become categories.
  public let configuration: Configuration

  // The names of scikit-learn's attributes, as in ohe.json.
  private enum CodingKeys: String, CodingKey {
    case featureNames = "feature_names_in"
    case categories, configuration
  }

  init(featureNames: [String], categories: [[String]], configuration: Configuration) {
    self.featureNames = featureNames
    self.categories = categories
    self.configuration = configuration
  }

  /// Reads an encoder; what no fit gives is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func check(_ holds: Bool, _ key: CodingKeys, _ problem: String) throws {
      guard holds else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: problem)
      }
    }
    featureNames = try container.decode([String].self, forKey: .featureNames)
    categories = try container.decode([[String]].self, forKey: .categories)
    configuration = try container.decode(Configuration.self, forKey: .configuration)
    try check(
      Set(texts: featureNames).count == featureNames.count, .featureNames,
      "two features have the same name")
    try check(
      categories.count == featureNames.count, .categories,
      "\(categories.count) lists for \(featureNames.count) features")
    try check(
      categories.allSatisfy { list in
        let texts = list.map { ByteText($0) }
        return zip(texts, texts.dropFirst()).allSatisfy(<)
      }, .categories, "categories that do not ascend")
    try check(
      configuration.maximumCategories.map { $0 >= 1 } ?? true, .configuration,
      "no categories may be kept")
  }

  /// Learns the categories of columns over some rows.
  ///
  /// - Parameters:
  ///   - names: one name per column.
  ///   - rows: the rows to learn from; a row may occur more than once.
  public static func fit(
    names: [String], columns: [CategoryColumn], rows: [Int32],
    configuration: Configuration = Configuration()
  ) -> OneHotEncoder {
    precondition(names.count == columns.count, "\(names.count) names, \(columns.count) columns")
    precondition(
      configuration.maximumCategories.map { $0 >= 1 } ?? true, "no categories may be kept")
    let categories = columns.map { column in
      var frequencies = frequencies(in: column, rows: rows, configuration: configuration)
        .sorted { $0.key < $1.key }
      if let maximum = configuration.maximumCategories, frequencies.count > maximum {
        // Of equally frequent ones the first in order stay: the sort is stable.
        frequencies.sort { $0.value > $1.value }
        frequencies = frequencies.prefix(maximum).sorted { $0.key < $1.key }
      }
      return frequencies.map(\.key.string)
    }
    return OneHotEncoder(
      featureNames: names, categories: categories, configuration: configuration)
  }

  /// How many of the rows hold each category that occurs in them.
  private static func frequencies(
    in column: CategoryColumn, rows: [Int32], configuration: Configuration
  ) -> [ByteText: Int] {
    let codes = column.codes
    var counts = [Int](repeating: 0, count: column.levels.count)
    for row in rows {
      let code = Int(codes[Int(row)])
      if code >= 0 { counts[code] += 1 }
    }
    var frequencies: [ByteText: Int] = [:]
    for (level, count) in zip(column.levels, counts) where count > 0 {
      frequencies[configuration.category(of: level), default: 0] += count
    }
    return frequencies
  }

  /// The names of the columns that `transform` returns: `<feature>_<category>`.
  public var columnNames: [String] {
    zip(featureNames, categories).flatMap { name, categories in
      categories.map { "\(name)_\($0)" }
    }
  }

  /// Returns the blocks of some rows, side by side.
  public func transform(_ columns: [CategoryColumn], rows: [Int32]) -> Matrix<Double> {
    let blocks = blocks(for: columns, from: 0)
    var matrix = Matrix<Double>(rows: rows.count, columns: categories.reduce(0) { $0 + $1.count })
    for block in blocks { block.write(rows: rows, into: &matrix, at: 0) }
    return matrix
  }

  /// The columns of the matrix that hold the ones: for each row one for each feature, -1 where the
  /// category is missing or unknown.
  ///
  /// - Precondition: there are as many columns as fitted features, in their order.
  public func columnIndices(of columns: [CategoryColumn], rows: [Int32]) -> [Int32] {
    let blocks = blocks(for: columns, from: 0)
    return rows.flatMap { row in
      blocks.map { block in
        let code = block.codes[Int(row)]
        return code < 0 ? -1 : block.columnOfLevel[Int(code)]
      }
    }
  }

  /// Finds the columns of a matrix that each level of some columns belongs to.
  ///
  /// - Parameter offset: the first column of the first block.
  func blocks(for columns: [CategoryColumn], from offset: Int) -> [Block] {
    precondition(
      columns.count == categories.count, "\(columns.count) columns, \(categories.count) fitted")
    var offset = offset
    return zip(columns, categories).map { column, categories in
      defer { offset += categories.count }
      var positions: [ByteText: Int32] = [:]
      for (index, category) in categories.enumerated() {
        positions[ByteText(category)] = Int32(offset + index)
      }
      return Block(
        codes: column.codes,
        columnOfLevel: column.levels.map { positions[configuration.category(of: $0)] ?? -1 })
    }
  }

  /// One column of categories with the place of each of its levels in a matrix.
  struct Block {
    let codes: [Int32]
    /// For each level the column of the matrix that is one for it, or -1.
    let columnOfLevel: [Int32]

    /// Writes the ones of some rows, from row `first` of the matrix on.
    func write(rows: [Int32], into matrix: inout Matrix<Double>, at first: Int) {
      var start = first * matrix.columns
      for row in rows {
        let code = Int(codes[Int(row)])
        let column = code < 0 ? -1 : Int(columnOfLevel[code])
        if column >= 0 { matrix.elements[start + column] = 1 }
        start += matrix.columns
      }
    }
  }
}
