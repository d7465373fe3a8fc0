// The pair of towers that training returns.

/// Two towers whose vectors' inner product says how well a user and an item go together.
public struct TwoTowerModel: Sendable, Equatable {
  /// The tower of the users.
  public let user: Tower
  /// The tower of the items.
  public let item: Tower

  /// Joins two towers.
  ///
  /// - Precondition: both have the same dimension.
  public init(user: Tower, item: Tower) {
    precondition(user.shape.dimension == item.shape.dimension, "towers of two dimensions")
    self.user = user
    self.item = item
  }

  /// The width of the vectors.
  public var dimension: Int { user.shape.dimension }
  /// The number of trained numbers.
  public var parameterCount: Int { user.shape.parameterCount + item.shape.parameterCount }
}
