// The model format: what is written comes back, and no bytes crash the reader.

import Foundation
import ModelFormats
import Storage
import TestSupport
import Testing

@Suite(.onOwnThread) struct SafetensorsTests {
  private let everything = SafetensorsFile(
    metadata: ["format": "mlcore", "quote": "\"a\\b\"\n\u{1}é"],
    tensors: [
      "doubles": Tensor([1.5, -0.0, .infinity, 5e-300]),
      "floats": Tensor([Float(0.1), 2], shape: [2, 1]),
      "longs": Tensor([Int64.min, .max]),
      "ints": Tensor([Int32.min, 7, .max], shape: [1, 3]),
      "shorts": Tensor([Int16.min, .max]),
      "bytes": Tensor([Int8.min, .max, 0]),
      "unsigned ints": Tensor([UInt32.max]),
      "unsigned shorts": Tensor([UInt16.max, 1]),
      "unsigned bytes": Tensor([UInt8.max, 0, 1]),
      "flags": Tensor([true, false, true]),
      "nothing": Tensor([Double](), shape: [0, 4]),
      "single \"number\"": Tensor([Int32(3)], shape: []),
    ])

  /// A file with one header and some bytes of data.
  private func file(_ header: String, data: Int) -> [UInt8] {
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    bytes += header.utf8
    return bytes + [UInt8](repeating: 2, count: data)
  }

  @Test func `every type comes back as it was written`() throws {
    let read = try SafetensorsFile(decoding: everything.encoded())
    #expect(read.metadata == everything.metadata)
    #expect(read.tensors == everything.tensors)
    #expect(try read.tensor("doubles", as: Double.self) == [1.5, 0, .infinity, 5e-300])
    #expect(try read.tensor("floats", as: Float.self, shape: [2, nil]) == [0.1, 2])
    #expect(try read.tensor("longs", as: Int64.self) == [.min, .max])
    #expect(try read.tensor("ints", as: Int32.self, shape: [1, 3]) == [.min, 7, .max])
    #expect(try read.tensor("shorts", as: Int16.self) == [.min, .max])
    #expect(try read.tensor("bytes", as: Int8.self) == [.min, .max, 0])
    #expect(try read.tensor("unsigned ints", as: UInt32.self) == [.max])
    #expect(try read.tensor("unsigned shorts", as: UInt16.self) == [.max, 1])
    #expect(try read.tensor("unsigned bytes", as: UInt8.self) == [.max, 0, 1])
    #expect(try read.tensor("flags", as: Bool.self) == [true, false, true])
    #expect(try read.tensor("nothing", as: Double.self, shape: [0, 4]).isEmpty)
    #expect(try read.tensor("single \"number\"", as: Int32.self, shape: []) == [3])
    #expect(try read.metadata("format") == "mlcore")
  }

  @Test func `the bytes are those of the format`() {
    let file = SafetensorsFile(
      metadata: ["b": "2", "a": "1"],
      tensors: ["y": Tensor([UInt8(9)]), "x": Tensor([Int16(258)]), "w": Tensor([UInt8(7)])])
    let header =
      #"{"__metadata__":{"a":"1","b":"2"},"#
      + #""w":{"data_offsets":[2,3],"dtype":"U8","shape":[1]},"#
      + #""x":{"data_offsets":[0,2],"dtype":"I16","shape":[1]},"#
      + #""y":{"data_offsets":[3,4],"dtype":"U8","shape":[1]}}"#
    let length = (header.utf8.count + 7) / 8 * 8
    var expected = [UInt8(length), 0, 0, 0, 0, 0, 0, 0]
    expected += header.utf8
    expected += [UInt8](repeating: 32, count: length - header.utf8.count)
    expected += [2, 1, 7, 9]
    #expect(file.encoded() == expected)
  }

  @Test func `a file without tensors comes back`() throws {
    let read = try SafetensorsFile(decoding: SafetensorsFile().encoded())
    #expect(read.tensors.isEmpty && read.metadata.isEmpty)
  }

  @Test func `data and tensors are aligned to their elements`() throws {
    let bytes = everything.encoded()
    let length = Int(bytes[0]) + Int(bytes[1]) << 8
    #expect(length % 8 == 0)
    var offsets: [String: [Int]] = [:]
    let header = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length]))
    for (name, entry) in try #require(header as? [String: [String: Any]]) {
      offsets[name] = entry["data_offsets"] as? [Int]
    }
    for (name, tensor) in everything.tensors {
      #expect(try #require(offsets[name])[0] % tensor.elementType.size == 0, "\(name)")
    }
  }

  @Test func `a tensor that is missing or of another type or shape is named`() {
    let file = SafetensorsFile(tensors: ["x": Tensor([1.0, 2.0])], file: "m.safetensors")
    #expect(
      throws: StorageError.corrupt(
        file: "m.safetensors", item: "tensor y", found: "missing", expected: "F32 [any]")
    ) { try file.tensor("y", as: Float.self) }
    #expect(
      throws: StorageError.corrupt(
        file: "m.safetensors", item: "tensor x", found: "F64 [2]", expected: "F32 [any]")
    ) { try file.tensor("x", as: Float.self) }
    #expect(throws: StorageError.self) { try file.tensor("x", as: Double.self, shape: [3]) }
    #expect(throws: StorageError.self) { try file.tensor("x", as: Double.self, shape: [2, 1]) }
    #expect(throws: StorageError.self) { try file.metadata("kind") }
  }

  @Test(arguments: [
    ("", 0),
    ("[]", 0),
    ("{", 0),
    (#"{"__metadata__":{"a":1}}"#, 0),
    (#"{"x":{"dtype":"F32","shape":[1]}}"#, 4),
    (#"{"x":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
    (#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
    (#"{"x":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, 4),
    (#"{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 4),
    (#"{"x":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#, 1),
    (#"{"x":{"dtype":"U8","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
    (#"{"x":{"dtype":"F64","shape":[9223372036854775807],"data_offsets":[0,8]}}"#, 8),
    (#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,9223372036854775807]}}"#, 8),
    (#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,99999999999999999999999]}}"#, 8),
    (
      #"{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
        + #""y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3
    ),
    (
      #"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""y":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}"#, 3
    ),
    (String(repeating: #"{"a":"#, count: 20_000), 0),
  ])
  func `a header that lies is corrupt`(header: String, data: Int) {
    #expect {
      try SafetensorsFile(decoding: file(header, data: data))
    } throws: { ($0 as? StorageError)?.kind == .corrupt }
  }

  @Test(arguments: [0, 1, 7])
  func `a file shorter than its length field is corrupt`(count: Int) {
    #expect(throws: StorageError.self) {
      try SafetensorsFile(decoding: [UInt8](repeating: 0, count: count))
    }
  }

  @Test(arguments: [UInt64(3), 100_000_001, .max, 1 << 63])
  func `an absurd header length is corrupt`(length: UInt64) {
    let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + [123, 125]
    #expect(throws: StorageError.self) { try SafetensorsFile(decoding: bytes) }
  }

  @Test func `every cut is corrupt`() {
    let bytes = everything.encoded()
    for count in bytes.indices {
      #expect(throws: StorageError.self) {
        try SafetensorsFile(decoding: Array(bytes[..<count]))
      }
    }
  }

  @Test(arguments: 0..<8)
  func `random damage gives an error or a whole file`(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let whole = everything.encoded()
    var survivors = 0
    for _ in 0..<1_000 {
      var bytes = whole
      for _ in 0...random(4) { bytes[random(bytes.count)] ^= UInt8(1 << random(8)) }
      if random(4) == 0 { bytes.removeLast(random(bytes.count)) }
      if random(8) == 0 { bytes.swapAt(random(bytes.count), random(bytes.count)) }
      do {
        let file = try SafetensorsFile(decoding: bytes)
        // Damage in the data cannot be seen; what is read is whole and can be written again.
        let again = try SafetensorsFile(decoding: file.encoded())
        #expect(again.tensors == file.tensors)
        survivors += 1
      } catch {
        #expect((error as? StorageError)?.kind == .corrupt)
      }
    }
    #expect(survivors > 0 && survivors < 1_000)
  }
}
