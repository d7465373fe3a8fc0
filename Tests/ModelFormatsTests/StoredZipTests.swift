// Zip files and their checksum.

import TestSupport
import Testing

@testable import ModelFormats

@Suite(.onOwnThread) struct StoredZipTests {
  /// The checksum by its definition, bit by bit.
  private func slowChecksum(of bytes: [UInt8]) -> UInt32 {
    var state = UInt32.max
    for byte in bytes {
      for bit in 0..<8 {
        let isOdd = (state ^ UInt32(byte) >> UInt32(bit)) & 1 == 1
        state = isOdd ? state >> 1 ^ 0xEDB8_8320 : state >> 1
      }
    }
    return ~state
  }

  @Test func `the checksum of the standard's example is right`() {
    #expect(StoredZip.checksum(of: Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(StoredZip.checksum(of: []) == 0)
  }

  @Test func `the checksum is that of the definition for every length`() {
    var state: UInt64 = 1
    for count in 0..<100 {
      let bytes = (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(state >> 56)
      }
      #expect(StoredZip.checksum(of: bytes) == slowChecksum(of: bytes))
    }
  }

  // The last limit makes every number one that needs the fields of 64 bits.
  @Test(.enabled(if: ScikitLearn.isAvailable), arguments: [0xFFFF_FFFE, 600, 100, 0])
  func `Python reads the entries, whether their fields are small or large`(limit: UInt64) throws {
    let folder = try TemporaryFolder()
    var zip = StoredZip(alignment: 64, limit: limit)
    zip.append(Array("first".utf8), name: "a/1")
    zip.append([], name: "empty")
    zip.append([UInt8](repeating: 7, count: 500), name: "ä/2")
    zip.append([1], name: "last")
    try folder.write(zip.finish(), to: "x.zip")
    let output = try Python.run(
      """
      import sys, zipfile
      archive = zipfile.ZipFile(sys.argv[1])
      assert archive.testzip() is None
      found = {entry.filename: archive.read(entry) for entry in archive.infolist()}
      assert found == {'a/1': b'first', 'empty': b'', 'ä/2': bytes([7]) * 500, 'last': b'\\1'}, found
      """, [folder.appending("x.zip")])
    #expect(output == "")
  }

  @Test(.enabled(if: ScikitLearn.isAvailable))
  func `Python reads more entries than a field of 16 bits can count`() throws {
    let folder = try TemporaryFolder()
    var zip = StoredZip(alignment: 4)
    for index in 0..<70_000 { zip.append([UInt8(index & 0xFF)], name: "\(index)") }
    try folder.write(zip.finish(), to: "x.zip")
    let output = try Python.run(
      """
      import sys, zipfile
      archive = zipfile.ZipFile(sys.argv[1])
      assert len(archive.namelist()) == 70000
      assert archive.read('69999') == bytes([69999 & 255])
      """, [folder.appending("x.zip")])
    #expect(output == "")
  }
}
