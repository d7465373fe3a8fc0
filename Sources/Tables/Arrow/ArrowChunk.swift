// A run of rows of one column in Arrow's memory, kept alive and released by a Swift object.
// Layouts: https://arrow.apache.org/docs/format/CDataInterface.html

internal import CArrow

/// How the bytes of a chunk are to be read.
enum ArrowLayout: Sendable, Equatable {
  case number(ScalarType)
  /// 64-bit counts of a unit since 1970.
  case instant(TimeUnit, isZoned: Bool)
  /// 32-bit counts of days since 1970.
  case days
  case boolean
  /// UTF-8 strings with 32-bit offsets.
  case text
  /// 32-bit indices into a dictionary of UTF-8 strings.
  case dictionary
  case null

  /// The layout of a type, or nil if it is none that a table can hold.
  init?(_ schema: ArrowSchema) {
    if schema.dictionary != nil {
      self = .dictionary
      return
    }
    let format = String(cString: schema.format)
    if let type = ScalarType(format: format) {
      self = .number(type)
      return
    }
    switch format {
    case "b": self = .boolean
    case "u": self = .text
    case "n": self = .null
    case "tdD": self = .days
    case "tdm": self = .instant(.milliseconds, isZoned: false)
    default:
      guard let unit = TimeUnit(rawValue: String(format.prefix(4))) else { return nil }
      self = .instant(unit, isZoned: format.count > 4)
    }
  }
}

/// The unit of a timestamp, by the start of its format string.
enum TimeUnit: String, Sendable {
  case seconds = "tss:"
  case milliseconds = "tsm:"
  case microseconds = "tsu:"
  case nanoseconds = "tsn:"

  /// How many there are in a second.
  var perSecond: Double {
    switch self {
    case .seconds: 1
    case .milliseconds: 1e3
    case .microseconds: 1e6
    case .nanoseconds: 1e9
    }
  }
}

/// An immutable chunk; its memory is released with it.
final class ArrowChunk: @unchecked Sendable {
  // Unchecked, because of the pointers: nothing writes to what they point to before deinit.
  private let array: ArrowArray
  let layout: ArrowLayout
  let count: Int

  /// Takes over an exported array.
  init(_ array: ArrowArray, layout: ArrowLayout) {
    self.array = array
    self.layout = layout
    count = Int(array.length)
  }

  deinit {
    // An array may be moved: its release gets the copy's address.
    var array = array
    array.release?(&array)
  }

  /// The rows that are there, or nil if none is missing.
  var validity: Bitmap? { Bitmap(array, isPossible: array.null_count != 0) }

  /// The values as `T`.
  ///
  /// - Precondition: `T` is the type that the layout names; for a dictionary Int32, its indices.
  func values<T>(as type: T.Type) -> UnsafePointer<T> {
    guard let buffer = array.buffers[1] else {
      return UnsafePointer(bitPattern: 64).unsafelyUnwrapped
    }
    return buffer.assumingMemoryBound(to: T.self) + Int(array.offset)
  }

  /// The bits of a boolean chunk.
  var bits: Bitmap? { Bitmap(array, buffer: 1) }

  /// The strings of a text chunk.
  var strings: ArrowStrings { ArrowStrings(array) }

  /// The dictionary of a dictionary chunk.
  var dictionary: ArrowStrings { ArrowStrings(array.dictionary.pointee) }
}

/// Bits of an Arrow array; valid as long as its chunk.
struct Bitmap {
  private let bytes: UnsafePointer<UInt8>
  private let offset: Int

  fileprivate init?(_ array: ArrowArray, buffer: Int = 0, isPossible: Bool = true) {
    guard isPossible, let pointer = array.buffers[buffer] else { return nil }
    bytes = pointer.assumingMemoryBound(to: UInt8.self)
    offset = Int(array.offset)
  }

  subscript(row: Int) -> Bool {
    let bit = offset + row
    return bytes[bit >> 3] >> (bit & 7) & 1 == 1
  }
}

/// UTF-8 strings of an Arrow array; valid as long as its chunk.
struct ArrowStrings {
  let count: Int
  private let offsets: UnsafePointer<Int32>
  private let characters: UnsafePointer<UInt8>?

  fileprivate init(_ array: ArrowArray) {
    count = Int(array.length)
    guard count > 0, let pointer = array.buffers[1] else {
      offsets = UnsafePointer(bitPattern: 64).unsafelyUnwrapped
      characters = nil
      return
    }
    offsets = pointer.assumingMemoryBound(to: Int32.self) + Int(array.offset)
    characters = array.buffers[2]?.assumingMemoryBound(to: UInt8.self)
  }

  /// The bytes of all strings.
  var allBytes: UnsafeBufferPointer<UInt8> {
    guard count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    let start = Int(offsets[0])
    return UnsafeBufferPointer(
      start: characters.map { $0 + start },
      count: characters == nil ? 0 : Int(offsets[count]) - start)
  }

  /// The bytes of a string.
  subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    let start = Int(offsets[index])
    let end = Int(offsets[index + 1])
    return UnsafeBufferPointer(start: characters.map { $0 + start }, count: end - start)
  }
}
