// The .npy format: what is written comes back here and in numpy, and no bytes crash the reader.

import ModelFormats
import Storage
import TestSupport
import Testing

@Suite(.onOwnThread) struct NumPyFileTests {
  private static let arrays: [(name: String, array: Tensor, expression: String)] = [
    (
      "floats", Tensor([Float(0.1), -0.0, .infinity, .nan, 5, 6], shape: [2, 3]),
      "np.array([[0.1, -0.0, np.inf], [np.nan, 5, 6]], 'f4')"
    ),
    ("doubles", Tensor([1.5, 5e-300]), "np.array([1.5, 5e-300])"),
    ("longs", Tensor([Int64.min, .max], shape: [2, 1]), "np.array([[-2**63], [2**63 - 1]])"),
    ("empty", Tensor([Float](), shape: [0, 64]), "np.zeros((0, 64), 'f4')"),
    ("single", Tensor([7.0], shape: []), "np.array(7.0)"),
    ("bytes", Tensor([UInt8(0), 255]), "np.array([0, 255], 'u1')"),
    ("small", Tensor([Int8.min, 1]), "np.array([-128, 1], 'i1')"),
    ("shorts", Tensor([Int16.min, 1]), "np.array([-2**15, 1], 'i2')"),
    ("ints", Tensor([Int32.min, 1]), "np.array([-2**31, 1], 'i4')"),
    ("unsigned", Tensor([UInt32.max]), "np.array([2**32 - 1], 'u4')"),
    ("halves", Tensor([UInt16.max]), "np.array([2**16 - 1], 'u2')"),
    ("flags", Tensor([true, false]), "np.array([True, False])"),
    (
      "deep", Tensor([Float](repeating: 1, count: 24), shape: [2, 3, 4]),
      "np.ones((2, 3, 4), 'f4')"
    ),
  ]

  @Test func `the bytes are those of the format`() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    let bytes = NumPyFile.encoded(Tensor([Float(1), -2], shape: [1, 2]))
    #expect(bytes.count == 136)
    #expect(Array(bytes[..<10]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
    #expect(
      Array(bytes[10..<128])
        == Array((header + String(repeating: " ", count: 117 - header.utf8.count) + "\n").utf8))
    #expect(Array(bytes[128...]) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
  }

  @Test func `every type and shape comes back as it was written`() throws {
    let folder = try TemporaryFolder()
    for (name, array, _) in Self.arrays {
      try NumPyFile.write(array, to: folder.appending("\(name).npy"))
      #expect(try NumPyFile.read(folder.appending("\(name).npy")) == array, "\(name)")
    }
  }

  // Needs a Python with numpy; tools/test provides it.
  @Test(.enabled(if: ScikitLearn.isAvailable))
  func `numpy reads the arrays that were written, and we read numpy's`() throws {
    let folder = try TemporaryFolder()
    var program = "import sys, numpy as np\n"
    for (name, array, expression) in Self.arrays {
      try NumPyFile.write(array, to: folder.appending("\(name).npy"))
      program += """
        found, expected = np.load(sys.argv[1] + '/\(name).npy'), \(expression)
        assert found.dtype == expected.dtype and found.shape == expected.shape, '\(name)'
        assert found.tobytes() == expected.tobytes(), '\(name)'
        np.save(sys.argv[1] + '/\(name).again.npy', expected)

        """
    }
    program += "np.load(sys.argv[1] + '/floats.npy', mmap_mode='r')\n"
    let output = try Python.run(program, [folder.path])
    #expect(output == "")
    for (name, array, _) in Self.arrays {
      #expect(try NumPyFile.read(folder.appending("\(name).again.npy")) == array, "\(name)")
    }
  }

  /// A file with a header and some bytes of data.
  private func file(_ header: String, data: Int) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + [UInt8](repeating: 2, count: data)
  }

  @Test func `the header may be written with other spaces`() throws {
    let bytes = file("{ 'shape':(2 ,),'fortran_order':False,'descr':'|u1'}", data: 2)
    #expect(try NumPyFile.decoded(bytes) == Tensor([UInt8(2), 2]))
  }

  @Test(arguments: [
    ("", 0),
    ("{'descr': '<f4', 'fortran_order': False}", 4),
    ("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", 4),
    ("{'descr': '<f4', 'fortran_order': Perhaps, 'shape': (1,), }", 4),
    ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", 4),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 3),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 5),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -1), }", 4),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,,), }", 4),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1", 4),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 4), }", 0),
    ("{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }", 1),
  ])
  func `a header that lies is corrupt`(header: String, data: Int) {
    #expect {
      try NumPyFile.decoded(file(header, data: data), file: "x.npy")
    } throws: { ($0 as? StorageError)?.kind == .corrupt }
  }

  @Test func `every cut is corrupt`() {
    let bytes = NumPyFile.encoded(Tensor([Float(1), -2], shape: [1, 2]))
    for count in bytes.indices {
      #expect(throws: StorageError.self) { try NumPyFile.decoded(Array(bytes[..<count])) }
    }
  }
}
