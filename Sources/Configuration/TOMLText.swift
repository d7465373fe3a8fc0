// The text of a TOML file before its parser sees it. The parser takes a NUL byte for the end of the
// text and of a string, builds one table inside of another for every part of a key, which it later
// takes apart by recursion, and ends the process where a table's header begins with no key, or a list
// ends with the bracket of a table.
import Storage

/// Checks TOML texts.
enum TOMLText {
  /// The most bytes of a file.
  static let longest = 4 << 20
  /// The most parts of a key, and the deepest nesting of lists and tables.
  static let deepest = 16

  /// What is wrong with a text, and where.
  struct Problem: Error, Equatable {
    var position: TextPosition
    var problem: String
  }

  /// Returns the bytes as text.
  ///
  /// - Throws: `Problem` for the first byte that must not be there.
  static func text(of bytes: [UInt8]) throws(Problem) -> String {
    var scanner = Scanner()
    for byte in bytes {
      if let problem = scanner.read(byte) {
        throw Problem(position: scanner.position, problem: problem)
      }
      scanner.position.advance(over: byte)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(
        position: invalidPosition(in: bytes), problem: "a byte that is not UTF-8 text")
    }
    return text
  }

  /// Where the first byte stands that is not UTF-8.
  private static func invalidPosition(in bytes: [UInt8]) -> TextPosition {
    var (low, high) = (0, bytes.count)
    // The longest beginning that is text, but for the character that its end may cut.
    while low < high {
      let middle = (low + high + 1) / 2
      let isText = (0...3).contains {
        middle >= $0 && String(validating: bytes[..<(middle - $0)], as: UTF8.self) != nil
      }
      if isText { low = middle } else { high = middle - 1 }
    }
    while low > 0, String(validating: bytes[..<low], as: UTF8.self) == nil { low -= 1 }
    var position = TextPosition()
    for byte in bytes[..<low] { position.advance(over: byte) }
    return position
  }

  /// Follows strings and comments, and counts what is open.
  private struct Scanner {
    private enum State: Equatable {
      case plain
      case comment
      /// In a string: its quotes, three of them or one, and how many quotes in a row were just read.
      case string(quote: UInt8, isLong: Bool, quotes: Int)
      /// Behind so many quotes, which may begin a long string.
      case opening(quote: UInt8, quotes: Int)
    }

    var position = TextPosition()
    private var state = State.plain
    /// The brackets that are open, the outermost first.
    private var open: [UInt8] = []
    private var points = 0
    private var isEscaped = false
    /// The digits of an escaped character that are still to come, and whether all were zeros.
    private var digitsLeft = 0
    private var areZeros = true
    private var isAfterReturn = false
    /// Whether the line has had nothing but white space.
    private var isLineBlank = true
    /// The brackets that opened the header of a table, until its key begins; else 0.
    private var headerBrackets = 0

    /// Takes a byte, and returns what is wrong with it.
    mutating func read(_ byte: UInt8) -> String? {
      if byte == 0x0D {
        isAfterReturn = true
      } else if isAfterReturn, byte != 0x0A {
        return "a carriage return without a line feed"
      } else if byte < 0x20 && byte != 0x09 && byte != 0x0A || byte == 0x7F {
        return "the control character \(byte)"
      } else {
        isAfterReturn = false
      }
      return follow(byte)
    }

    private mutating func follow(_ byte: UInt8) -> String? {
      switch state {
      case .comment:
        if byte == 0x0A { state = .plain }
        return byte == 0x0A ? plain(byte) : nil
      case .plain: return plain(byte)
      case .opening(let quote, let quotes):
        if byte == quote {
          state =
            quotes == 1
            ? .opening(quote: quote, quotes: 2) : .string(quote: quote, isLong: true, quotes: 0)
          return nil
        }
        guard quotes == 1 else {
          // Two quotes are an empty string.
          state = .plain
          return plain(byte)
        }
        state = .string(quote: quote, isLong: false, quotes: 0)
        return follow(byte)
      case .string(let quote, let isLong, let quotes):
        return string(byte, quote: quote, isLong: isLong, quotes: quotes)
      }
    }

    private mutating func plain(_ byte: UInt8) -> String? {
      if let problem = header(byte) { return problem }
      switch byte {
      case UInt8(ascii: "#"): state = .comment
      case UInt8(ascii: "\""), UInt8(ascii: "'"): state = .opening(quote: byte, quotes: 1)
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        points = 0
        open.append(byte)
        if open.count > TOMLText.deepest {
          return "lists and tables nested more than \(TOMLText.deepest) deep"
        }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        points = 0
        let opening = byte == UInt8(ascii: "]") ? UInt8(ascii: "[") : UInt8(ascii: "{")
        if let last = open.popLast(), last != opening {
          return "a bracket that closes another kind of bracket"
        }
      case UInt8(ascii: "."):
        points += 1
        if points >= TOMLText.deepest { return "a key of more than \(TOMLText.deepest) parts" }
      case 0x0A, UInt8(ascii: "="), UInt8(ascii: ","): points = 0
      default: break
      }
      return nil
    }

    /// Follows the beginnings of lines, and returns what is wrong with the header of a table.
    private mutating func header(_ byte: UInt8) -> String? {
      let isSpace = byte == 0x20 || byte == 0x09
      defer { isLineBlank = byte == 0x0A || isLineBlank && isSpace }
      if headerBrackets == 0 {
        if byte == UInt8(ascii: "["), isLineBlank, open.isEmpty { headerBrackets = 1 }
        return nil
      }
      if isSpace { return nil }
      if byte == UInt8(ascii: "["), headerBrackets == 1 {
        headerBrackets = 2
        return nil
      }
      headerBrackets = 0
      return Self.mayBeginKey(byte) || byte == UInt8(ascii: "]")
        ? nil : "the header of a table that does not begin with its name"
    }

    /// Whether a key may begin with a byte: bare, or in quotes.
    private static func mayBeginKey(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "\""), UInt8(ascii: "'"):
        true
      default: false
      }
    }

    private mutating func string(
      _ byte: UInt8, quote: UInt8, isLong: Bool, quotes: Int
    ) -> String? {
      if isEscaped {
        isEscaped = false
        digitsLeft = byte == UInt8(ascii: "u") ? 4 : byte == UInt8(ascii: "U") ? 8 : 0
        areZeros = true
        state = .string(quote: quote, isLong: isLong, quotes: 0)
        return nil
      }
      if digitsLeft > 0 {
        digitsLeft -= 1
        areZeros = areZeros && byte == UInt8(ascii: "0")
        if digitsLeft == 0, areZeros { return "an escaped NUL character" }
      }
      if byte == quote {
        // A long string may end with up to two quotes of its own.
        state =
          !isLong || quotes == 4
          ? .plain : .string(quote: quote, isLong: true, quotes: quotes + 1)
        return nil
      }
      if quotes >= 3 || (!isLong && byte == 0x0A) {
        state = .plain
        return plain(byte)
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") { isEscaped = true }
      state = .string(quote: quote, isLong: isLong, quotes: 0)
      return nil
    }
  }
}
