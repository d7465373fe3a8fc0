// The binary tensor data extension: what bytes say, JSON says too.
import Foundation
import LearningTasks
import NIOCore
import NIOHTTP1
import NumericCore
import Tables
import TestSupport
import Testing

@testable import Serving

@Suite(.onOwnThread) struct BinaryTensorTests {
  /// The bytes of elements by the words of the protocol: little-endian, texts after their length.
  private static func bytes(_ type: TensorType, _ elements: [Int]) -> [UInt8] {
    func little(_ bits: UInt64, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
    }
    return elements.flatMap { element -> [UInt8] in
      let bits = UInt64(bitPattern: Int64(element))
      switch type {
      case .bool: return [UInt8(element & 1)]
      case .uint8, .int8: return little(bits, 1)
      case .uint16, .int16: return little(bits, 2)
      case .uint32, .int32: return little(bits, 4)
      case .uint64, .int64: return little(bits, 8)
      case .fp16: return little(UInt64(Float16(element).bitPattern), 2)
      case .fp32: return little(UInt64(Float(element).bitPattern), 4)
      case .fp64: return little(Double(element).bitPattern, 8)
      case .bytes:
        let text = Array("é\(element)".utf8)
        return little(UInt64(text.count), 4) + text
      }
    }
  }

  private static func json(_ type: TensorType, _ elements: [Int]) -> [JSONNode] {
    elements.map { element in
      switch type {
      case .bool: .flag(element & 1 == 1)
      case .fp16, .fp32, .fp64: .number(Double(element))
      case .bytes: .text("é\(element)")
      default: .integer(Int64(element))
      }
    }
  }

  private func request(_ type: TensorType, rows: Int, _ members: [JSONNode.Member]) -> JSONNode {
    [
      "inputs": [
        .object(
          [
            JSONNode.Member(name: "name", value: "amount"),
            JSONNode.Member(name: "datatype", value: .text(type.rawValue)),
            JSONNode.Member(name: "shape", value: [.integer(Int64(rows))]),
          ] + members)
      ]
    ]
  }

  private func read(
    _ type: TensorType, rows: Int, bytes: [UInt8], told: Int? = nil
  ) throws -> InferRequest {
    let size = JSONNode.integer(Int64(told ?? bytes.count))
    return try InferRequest(
      request(
        type, rows: rows,
        [JSONNode.Member(name: "parameters", value: ["binary_data_size": size])]),
      binary: BinaryPart(ByteBuffer(bytes: bytes)), columns: ["amount", "plan"])
  }

  @Test(arguments: TensorType.allCases)
  func `elements in bytes are the cells of elements in JSON`(type: TensorType) throws {
    var random = SeededGenerator(seed: 7, stream: 1)
    for count in [1, 2, 3, 50] {
      let least = "INU".contains(type.rawValue.prefix(1)) && type.rawValue.first == "U" ? 0 : -100
      let elements = (0..<count).map { _ in Int.random(in: least...100, using: &random) }
      let binary = try read(type, rows: count, bytes: Self.bytes(type, elements))
      let json = try InferRequest(
        request(
          type, rows: count,
          [JSONNode.Member(name: "data", value: .list(Self.json(type, elements)))]),
        binary: BinaryPart(), columns: ["amount", "plan"])
      #expect(binary.input.columns.map(\.cells) == json.input.columns.map(\.cells))
    }
  }

  @Test func `the largest whole number and what is none are read`() throws {
    let most = try read(.uint64, rows: 1, bytes: [UInt8](repeating: 255, count: 8))
    #expect(most.input.columns[0].cells == [.number(0x1p64)])
    let least = try read(.int64, rows: 1, bytes: [0, 0, 0, 0, 0, 0, 0, 0x80])
    #expect(least.input.columns[0].cells == [.integer(.min)])
    let nothing = try read(.fp32, rows: 1, bytes: [0, 0, 0xC0, 0x7F])
    #expect(nothing.input.columns[0].cells == [.missing])
    let half = try read(.fp16, rows: 2, bytes: [0x01, 0x00, 0xFF, 0x7B])
    #expect(half.input.columns[0].cells == [.number(0x1p-24), .number(65_504)])
  }

  @Test(arguments: [
    (TensorType.fp64, 1, [UInt8](repeating: 0, count: 7), nil),
    (.fp64, 1, [UInt8](repeating: 0, count: 16), nil), (.fp64, 2, [0, 0, 0, 0, 0, 0, 0, 0], nil),
    (.int32, 2_147_483_647, [1, 2, 3, 4], nil), (.bytes, 1, [5, 0, 0, 0, 97], nil),
    (.bytes, 1, [255, 255, 255, 255], nil), (.bytes, 1, [1, 0, 0, 0, 0xFF], nil),
    (.bytes, 2, [0, 0, 0, 0], nil), (.bool, 1, [2], nil), (.int8, 1, [1], 2), (.int8, 1, [1], -1),
    (.int8, 1, [1, 2], 1),
  ])
  func `bytes that do not agree with the shape are refused`(
    type: TensorType, rows: Int, bytes: [UInt8], told: Int?
  ) throws {
    let failure = #expect(throws: RequestFailure.self) {
      try read(type, rows: rows, bytes: bytes, told: told)
    }
    #expect(failure?.status == .badRequest && failure?.expected != nil)
  }

  @Test func `answers are binary where that is asked for`() throws {
    let model = ServedModel(predictor: SampleModel(), folder: "", trained: 0)
    func asked(_ more: [JSONNode.Member]) throws -> InferRequest {
      let inputs: JSONNode = [
        ["name": "amount", "shape": [2], "datatype": "FP64", "data": [1, .null]],
        ["name": "plan", "shape": [2], "datatype": "BYTES", "data": ["é", .null]],
        ["name": "since", "shape": [2], "datatype": "BYTES", "data": [.null, .null]],
      ]
      return try InferRequest(
        .object([JSONNode.Member(name: "inputs", value: inputs)] + more), binary: BinaryPart(),
        columns: ["amount", "plan", "since"])
    }
    let all = try asked([
      JSONNode.Member(name: "parameters", value: ["binary_data_output": true]),
      JSONNode.Member(
        name: "outputs",
        value: [
          ["name": "plan_found"], ["name": "seconds", "parameters": ["binary_data": false]],
          ["name": "twice"],
        ]),
    ])
    let response = try model.inferAnswer(model.answers(all.input), to: all, name: "sample")
    #expect(response.contentType == "application/octet-stream")
    let length = try #require(
      response.headers.first { $0.0 == "inference-header-content-length" }.flatMap { Int($0.1) })
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(response.body.prefix(length))) as? [String: Any])
    let outputs = try #require(json["outputs"] as? [[String: Any]])
    let sizes = outputs.map {
      ($0["parameters"] as? [String: Any])?["binary_data_size"] as? Int
    }
    #expect(sizes == [10, nil, 16] && outputs[1]["data"] != nil)
    let nan = (0..<8).map { UInt8(truncatingIfNeeded: Double.nan.bitPattern >> (8 * UInt64($0))) }
    #expect(
      Array(response.body.dropFirst(length))
        == [2, 0, 0, 0, 0xC3, 0xA9, 0, 0, 0, 0] + Self.bytes(.fp64, [2]) + nan)
    let one = try asked([])
    let plain = try model.inferAnswer(model.answers(one.input), to: one, name: "sample")
    #expect(plain.contentType == "application/json" && plain.headers.isEmpty)
  }

  @Test func `a length of the JSON beyond the body is refused`() throws {
    let answer = try SampleServer().ask(
      "POST", "/v2/models/sample/infer", OpenInferenceTests.row,
      headers: ["Inference-Header-Content-Length: 100000"])
    #expect(answer.status == 400 && answer.body.contains("inference-header-content-length"))
    let cut = try SampleServer().ask(
      "POST", "/v2/models/sample/infer", OpenInferenceTests.row + "rest",
      headers: ["Inference-Header-Content-Length: \(OpenInferenceTests.row.utf8.count)"])
    #expect(cut.status == 400 && cut.body.contains("4 more"), "\(cut)")
  }
}
