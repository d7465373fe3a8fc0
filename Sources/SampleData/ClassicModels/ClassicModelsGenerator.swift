// `generate classicmodels`: a database of a shop for scale models, whose truth is known.

internal import Connectors
internal import Glibc
internal import Storage
internal import Tables

/// What was made, and how well its ratings can be predicted.
public struct GeneratedClassicModels: Codable, Sendable, Equatable {
  /// The rows of the tables.
  public let customers, products, orders, ratings: Int
  /// The customers who rated anything.
  public let raters: Int
  /// The mean of the ratings.
  public let meanRating: Double
  /// The root mean squared error of that mean, of the best prediction from the columns that the
  /// recommender query returns, and of the whole truth, on the ratings themselves.
  public let globalMeanRMSE, featureRMSE, bestRMSE: Double

  enum CodingKeys: String, CodingKey {
    case customers, products, orders, ratings, raters
    case meanRating = "mean_rating"
    case globalMeanRMSE = "global_mean_rmse"
    case featureRMSE = "feature_rmse"
    case bestRMSE = "best_rmse"
  }
}

/// Makes databases: the same one for the same seed and sizes.
public struct ClassicModelsGenerator: Sendable {
  /// The number of customers, at least 1.
  public let customers: Int
  /// The number of products, at least 1.
  public let products: Int
  /// What everything that is drawn follows from.
  public let seed: UInt64
  let world = ClassicModelsWorld()

  /// Creates a generator.
  public init(customers: Int = 122, products: Int = 110, seed: UInt64) {
    precondition(customers >= 1 && products >= 1, "\(customers) customers, \(products) products")
    self.customers = customers
    self.products = products
    self.seed = seed
  }

  /// Writes the database; the file is complete or absent, and replaces one of the same name.
  ///
  /// - Parameter progress: is called with the number of customers whose ratings are written, 0 before; what
  ///   it throws stops the work.
  public func write(
    to path: String, progress: (Int) throws -> Void = { _ in }
  ) throws -> GeneratedClassicModels {
    let temporary = Table.temporaryPath(for: path) ?? path
    unlink(temporary)
    do {
      let writer = try SQLiteWriter(path: temporary)
      try writer.define(ClassicModelsSchema.tables)
      let result = try ClassicModelsRows(self, writer).write(progress: progress)
      try writer.close()
      try Self.complete(temporary, as: path)
      return result
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func complete(_ temporary: String, as path: String) throws {
    let descriptor = open(temporary, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      throw StorageError.system(.flush, path: path, errorNumber: errno)
    }
    close(descriptor)
    guard rename(temporary, path) == 0 else {
      throw StorageError.system(.rename, path: path, errorNumber: errno)
    }
  }
}
