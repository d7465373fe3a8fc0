// Plain reading and deleting for the tests, independent of the code under test.

import Foundation

func readBytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: path)))
}

func removeItem(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }
