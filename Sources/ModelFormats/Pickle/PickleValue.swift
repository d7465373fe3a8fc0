// The Python values that we write for other systems.

/// A Python value that `Pickle` writes.
public indirect enum PickleValue: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case list([PickleValue])
  case tuple([PickleValue])
  /// A `dict` with its entries in order.
  case dictionary([(key: PickleValue, value: PickleValue)])
  /// A `numpy.ndarray` of float64, in row-major order.
  case float64Array([Double], shape: [Int])
  /// A `numpy.ndarray` of int64, in row-major order.
  case int64Array([Int64], shape: [Int])
  /// A `numpy.ndarray` of one axis and objects, as scikit-learn keeps strings.
  case objectArray([PickleValue])
  /// A `numpy.float64`.
  case float64(Double)
  /// A `numpy.int64`.
  case int64(Int64)
  /// A class or function by its module and name.
  case global(module: String, name: String)
  /// An object made by `class.__new__(class, *arguments)` and given a state.
  ///
  /// The state is what the class's `__setstate__` takes, or a `dict` of attributes without one.
  case object(module: String, name: String, arguments: [PickleValue] = [], state: PickleValue)
  /// What a function, or a class called as one, returns for arguments.
  case call(module: String, name: String, arguments: [PickleValue])
  /// A `collections.OrderedDict`.
  case orderedDictionary([(key: PickleValue, value: PickleValue)])
  /// Something outside the pickle, which the reader finds by an identifier.
  case persistent(PickleValue)

  /// A `dict` with strings for keys.
  public static func attributes(_ entries: [(String, PickleValue)]) -> PickleValue {
    .dictionary(entries.map { (.string($0.0), $0.1) })
  }

  /// A `numpy.ndarray` of one axis of strings as objects.
  public static func stringArray(_ strings: [String]) -> PickleValue {
    .objectArray(strings.map { .string($0) })
  }
}
