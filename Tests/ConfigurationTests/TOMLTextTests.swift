// Texts that the parser of TOML must not see.
import Foundation
import Storage
import TestSupport
import Testing

@testable import Configuration

@Suite(.onOwnThread) struct TOMLTextTests {
  private func problem(_ bytes: [UInt8]) -> TOMLText.Problem? {
    do {
      _ = try TOMLText.text(of: bytes)
      return nil
    } catch { return error }
  }

  private func problem(_ text: String) -> TOMLText.Problem? { problem(Array(text.utf8)) }

  private func position(_ bytes: [UInt8]) -> String? { problem(bytes)?.position.description }

  @Test func `control characters and what is not UTF-8 are found where they are`() {
    #expect(position(Array("seed = 7\n\0\n[boosting]\n".utf8)) == "line 2, column 1")
    #expect(position(Array("a = 1 # é\u{1}".utf8)) == "line 1, column 10")
    #expect(position(Array("a = \"é\u{7F}\"".utf8)) == "line 1, column 7")
    #expect(position(Array("a = 1\rb = 2\n".utf8)) == "line 1, column 7")
    #expect(position(Array("a = 1\nb = \"é".utf8) + [0xFF]) == "line 2, column 7")
    #expect(position(Array("a = 1\nb = \"é".utf8) + [0xC3]) == "line 2, column 7")
    #expect(position([0xFF, 0xFE]) == "line 1, column 1")
    #expect(problem("a = 1\r\nb = \"\t\"\r\n") == nil)
  }

  @Test(arguments: [
    #"a = "x\u0000y""#, #""a\u0000b" = 1"#, #"a = "\U00000000""#, ##"a = """x\\\u0000""""##,
  ])
  func `an escaped NUL, which would cut a text off, is refused`(text: String) {
    #expect(problem(text)?.problem == "an escaped NUL character")
  }

  @Test(arguments: [
    #"a = "\\u0000""#, #"a = '\u0000'"#, #"a = "\u0001""#, "a = 1 # \\u0000",
    ##"a = """x""" # [[[[[[[[[[[[[[[[[[["##, ##"a = "" # [[[[[[[[[[[[[[[[[[["##,
    "a = '[[[[[[[[[[[[[[[[[[[[.......................'",
    "a = '''\n[[[[[[[[[[[[[[[[[[[[''''\n", ##"a = """two ""quotes"" in it"""""##,
    "a = [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]",
  ])
  func `texts, comments and lists are no depth`(text: String) {
    #expect(problem(text) == nil)
  }

  @Test func `keys of many parts and deep nesting are refused before they are parsed`() {
    let many = 100_000
    for text in [
      Array(repeating: "a", count: many).joined(separator: ".") + " = 1",
      "[" + Array(repeating: "a", count: many).joined(separator: ".") + "]",
      "a = " + String(repeating: "[", count: many),
      "a = " + String(repeating: "{a=", count: many),
      "a = '' # '\n" + Array(repeating: "''", count: many).joined(separator: ".") + " = 1",
    ] {
      #expect(problem(text) != nil)
    }
    #expect(problem("a.b.c.d.e.f.g.h = 1\n[a.b]\nc = [[1]]\n") == nil)
  }

  /// The parser would end the process.
  @Test(arguments: [
    "[!]", "[[!]]", "[=]", "a = 1\n [.b]", "[\n]", "[#]", "[ \t,a]", "[[ é]]", "# [a]\n[ [!]]",
  ])
  func `a header without a name is refused before it is parsed`(_ text: String) {
    #expect(problem(text)?.problem == "the header of a table that does not begin with its name")
  }

  @Test(arguments: ["x = [}", "x = [1, }", "x = [[}]", "x = [\n}", "x = {a = [1}]"])
  func `a list that ends as a table does is refused before it is parsed`(_ text: String) {
    #expect(problem(text)?.problem == "a bracket that closes another kind of bracket")
  }

  @Test(arguments: [
    "x = {a = [{b = 1}]}", "x = 1 ]", "x = ['}']",
    "[a]\n[ b ]\n[[c]]\n[\"d\"]\n['e'.f]\nx = [\n[!]\n]", "[]", "x = '''\n[!]\n'''", "# [!]",
    "x = [ [1], [2] ]\n  [-a]", "[1]",
  ])
  func `other brackets are left to the parser`(_ text: String) {
    #expect(problem(text) == nil)
  }

  @Test func `a file says where the byte is, and no key behind it is dropped`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "seed=7\n\0\n[boosting]\nnum_leaves=7\nnonsense=1\n", to: "run.toml")
    var configuration = Recipe()
    #expect(
      throws: ConfigurationError.notText(
        file: path, line: 2, column: 1, problem: "the control character 0")
    ) {
      try Recipe.layers.apply(file: path, to: &configuration)
    }
  }

  @Test func `a file without end is refused`() {
    var configuration = Recipe()
    #expect {
      try Recipe.layers.apply(file: "/dev/zero", to: &configuration)
    } throws: { error in
      guard case ConfigurationError.unreadable(_, let problem) = error else { return false }
      return problem.hasPrefix("longer than")
    }
  }
}
