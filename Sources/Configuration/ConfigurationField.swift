// The types of fields that settings fill.
public import Texts

/// A type of field that a configuration value can fill.
public protocol ConfigurationField: Sendable {
  /// Reads the field from a value of the matching case, or nil for "auto"; nil for another case.
  init?(configurationValue: ConfigurationValue?)
  /// The field as a value; nil for "auto".
  var configurationValue: ConfigurationValue? { get }
}

extension Int: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue?) {
    guard case .integer(let integer)? = value else { return nil }
    self = integer
  }
  public var configurationValue: ConfigurationValue? { .integer(self) }
}

extension Double: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue?) {
    guard case .number(let number)? = value else { return nil }
    self = number
  }
  public var configurationValue: ConfigurationValue? { .number(self) }
}

extension String: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue?) {
    guard case .text(let text)? = value else { return nil }
    self = text
  }
  public var configurationValue: ConfigurationValue? { .text(self) }
}

extension Bool: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue?) {
    guard case .flag(let flag)? = value else { return nil }
    self = flag
  }
  public var configurationValue: ConfigurationValue? { .flag(self) }
}

/// Nil is "auto".
extension Optional: ConfigurationField where Wrapped: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue?) {
    self = .none
    guard let value else { return }
    guard let field = Wrapped(configurationValue: value) else { return nil }
    self = .some(field)
  }
  public var configurationValue: ConfigurationValue? { flatMap(\.configurationValue) }
}

/// Choices are written by their raw values.
extension ConfigurationField where Self: RawRepresentable, RawValue == String {
  public init?(configurationValue value: ConfigurationValue?) {
    guard case .text(let text)? = value else { return nil }
    self.init(rawValue: text)
  }
  public var configurationValue: ConfigurationValue? { .text(rawValue) }
}

/// A type of which a list is a field.
public protocol ConfigurationItem: Sendable, CustomStringConvertible {
  /// Reads the texts of a list; nil if one of them is something else.
  static func items(of texts: [String]) -> [Self]?
}

extension String: ConfigurationItem {
  public static func items(of texts: [String]) -> [String]? { texts }
}

extension Int: ConfigurationItem {
  /// Numbers may also stand in one text, with commas between them.
  public static func items(of texts: [String]) -> [Int]? {
    let parts = texts.flatMap { $0.split(separator: ",") }
    let items = parts.compactMap { Int($0) }
    return items.count == parts.count ? items : nil
  }
}

extension Array: ConfigurationField where Element: ConfigurationItem {
  public init?(configurationValue value: ConfigurationValue?) {
    guard case .list(let texts)? = value, let items = Element.items(of: texts) else { return nil }
    self = items
  }
  public var configurationValue: ConfigurationValue? { .list(map(\.description)) }
}

extension Dictionary: ConfigurationField where Key == ByteText, Value == Int {
  public init?(configurationValue value: ConfigurationValue?) {
    guard case .text(let text)? = value, let directions = ColumnDirections.parse(text) else {
      return nil
    }
    self = directions
  }
  public var configurationValue: ConfigurationValue? { .text(ColumnDirections.text(self)) }
}
