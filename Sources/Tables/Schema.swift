// What a reader of a table may rely on: the names and kinds of its columns.

/// The names and kinds of a table's columns.
public struct Schema: Codable, Sendable, Equatable {
  /// The name and kind of one column.
  public struct Field: Codable, Sendable, Equatable {
    /// The name in the header.
    public var name: String
    /// What the column holds.
    public var kind: ColumnKind

    /// Creates a field.
    public init(name: String, kind: ColumnKind) {
      self.name = name
      self.kind = kind
    }
  }

  /// The fields, in the order of the columns.
  public var fields: [Field]

  /// Creates a schema.
  public init(fields: [Field]) { self.fields = fields }
}

extension Table {
  /// The names and kinds of the columns.
  public var schema: Schema {
    Schema(fields: columns.map { Schema.Field(name: $0.name, kind: $0.kind) })
  }
}
