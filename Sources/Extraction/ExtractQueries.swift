// Queries that are built in, and where others come from.

internal import Connectors
internal import FoundationEssentials
internal import Glibc
internal import Storage

/// The queries that `etl` knows by name.
package enum ExtractQueries {
  /// The name of the recommender's query on the tables of classicmodels.
  package static let classicModels = "classicmodels"
  /// The column that its rows are partitioned by unless another is named.
  package static let classicModelsPartition = "customerNumber"

  /// Ratings with what is known of their customers and products.
  ///
  /// The names in quotes keep their capitals where a database folds names, as PostgreSQL does,
  /// which must have made the tables without quotes.
  static let classicModelsText = """
    select r.customerNumber as "customerNumber", c.city as "city", c.state as "state",
      c.postalCode as "postalCode", c.country as "country", c.creditLimit as "creditLimit",
      r.productCode as "productCode", p.productLine as "productLine",
      p.productScale as "productScale", p.quantityInStock as "quantityInStock",
      p.buyPrice as "buyPrice", p.MSRP as "MSRP", r.productRating as "productRating"
    from ratings r
    join products p on p.productCode = r.productCode
    join customers c on c.customerNumber = r.customerNumber
    """

  /// The query of a name, or of a file.
  ///
  /// - Throws: `StorageError.system` for a file that cannot be read, `ConnectorError` for one that
  ///   holds no query.
  static func query(_ name: String) throws -> SourceQuery {
    if name == classicModels { return try SourceQuery(classicModelsText, name: name) }
    let text: String
    do {
      text = try String(contentsOfFile: name, encoding: .utf8)
    } catch {
      // Opened again for the system's own reason; what can be read is no text.
      let descriptor = open(name, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw StorageError.system(.open, path: name, errorNumber: errno)
      }
      defer { close(descriptor) }
      var byte: UInt8 = 0
      guard read(descriptor, &byte, 1) >= 0 else {
        throw StorageError.system(.read, path: name, errorNumber: errno)
      }
      throw ExtractError.notText(file: name)
    }
    return try SourceQuery(text, name: name)
  }
}
