// Embeddings in every format, with identifiers that break careless writers: here and in Python.

import Foundation
import ModelFormats
import NumericCore
import Tables
import TestSupport
import Testing

@testable import Recommendation

@Suite(.onOwnThread) struct EmbeddingsFileTests {
  private static let hardIdentifiers = [
    "007", "S10_1678", "a,b", "say \"no\"", "two\nlines", "\r", "", " padded ", "NA", "é",
    "e\u{301}", "-5", "日本😀", "\\", "'", "[1]", "\t", "\"",
  ]

  private func embeddings(_ identifiers: Identifiers, dimension: Int) throws -> Embeddings {
    var generator = SeededGenerator(seed: 3)
    let numbers: [Float] = (0..<identifiers.count * dimension).map { index in
      switch index % 7 {
      case 0: -0.0
      case 1: Float(generator.normal()) * 1e-30
      case 2: .leastNonzeroMagnitude
      case 3: .greatestFiniteMagnitude
      default: Float(generator.normal())
      }
    }
    return try Embeddings(
      identifiers: identifiers,
      vectors: Matrix(rows: identifiers.count, columns: dimension, elements: numbers))
  }

  private func hard() throws -> Embeddings {
    try embeddings(.text(Self.hardIdentifiers), dimension: 5)
  }

  private func numbered() throws -> Embeddings {
    try embeddings(.integers([.min, -1, 0, 103, .max]), dimension: 32)
  }

  @Test func `the CSV is the one that vector stores load`() throws {
    let folder = try TemporaryFolder()
    let path = folder.appending("x.csv")
    let embeddings = try Embeddings(
      identifiers: .text(["007", "a,\"b\"", ""]),
      vectors: Matrix(rows: 3, columns: 2, elements: [0.1, -1e-10, 1, 0.6, 1e20, -0.06069748]))
    let files = try EmbeddingsFile.write(
      embeddings, as: .csv, to: path, pool: WorkerPool(threads: 1))
    #expect(files == [path])
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == """
        id,embedding
        007,"[0.1,-1e-10]"
        "a,""b\""","[1.0,0.6]"
        "","[1e+20,-0.06069748]"

        """)
    #expect(try folder.names() == ["x.csv"])
  }

  @Test(arguments: EmbeddingsFormat.allCases)
  func `the bytes do not depend on the number of threads`(format: EmbeddingsFormat) throws {
    let folder = try TemporaryFolder()
    // More than one block of text, and more than one round of blocks.
    let names = (0..<5_000).map { "item \($0)" }
    let embeddings = try embeddings(.text(names), dimension: 40)
    var contents: [[Data]] = []
    for threads in [1, 3] {
      let files = try EmbeddingsFile.write(
        embeddings, as: format, to: folder.appending("\(threads).npy"),
        pool: WorkerPool(threads: threads))
      contents.append(try files.map { try Data(contentsOf: URL(filePath: $0)) })
    }
    #expect(contents[0] == contents[1])
  }

  @Test func `a number that no vector store takes is refused, and so is a second name`() throws {
    #expect(throws: RecommendationError.vectorNotFinite(identifier: "b", position: 2)) {
      try Embeddings(
        identifiers: .text(["a", "b"]),
        vectors: Matrix(rows: 2, columns: 2, elements: [1, 2, 3, .nan]))
    }
    #expect(throws: RecommendationError.sameIdentifier(identifier: "7", rows: [1, 3])) {
      try Embeddings(
        identifiers: .integers([7, 8, 7]), vectors: Matrix(rows: 3, columns: 1, repeating: 1))
    }
  }

  // Needs a Python with these packages; tools/test provides it.
  @Test(
    .enabled(if: Python.has("numpy", "pandas", "pyarrow", "safetensors")),
    arguments: [true, false])
  func `Python reads every format`(hasNumbers: Bool) throws {
    let folder = try TemporaryFolder()
    let pool = WorkerPool(threads: 2)
    let embeddings = hasNumbers ? try numbered() : try hard()
    for format in EmbeddingsFormat.allCases {
      try EmbeddingsFile.write(
        embeddings, as: format, to: folder.appending("x.\(format.rawValue)"), pool: pool)
    }
    let identifiers = (0..<embeddings.identifiers.count).map { embeddings.identifiers[$0] }
    try folder.write(Array(try JSONEncoder().encode(identifiers)), to: "expected.json")
    try NumPyFile.write(
      Tensor(
        embeddings.vectors.elements, shape: [embeddings.vectors.rows, embeddings.dimension]),
      to: folder.appending("expected.npy"))
    let output = try Python.run(
      """
      import json, sys
      import numpy as np, pandas as pd, pyarrow as pa, pyarrow.parquet as pq
      from safetensors import safe_open
      folder, has_numbers = sys.argv[1] + '/', sys.argv[2] == 'true'
      ids = json.load(open(folder + 'expected.json'))
      vectors = np.load(folder + 'expected.npy')
      assert vectors.dtype == np.float32

      def check(name, found_ids, found):
          assert [str(i) for i in found_ids] == ids, (name, list(found_ids))
          assert all(isinstance(i, str) != has_numbers for i in found_ids), name
          found = np.asarray(found, np.float32)
          assert found.tobytes() == vectors.tobytes(), name

      csv = pd.read_csv(folder + 'x.csv', dtype={'id': 'int64' if has_numbers else str},
                        keep_default_na=False)
      assert list(csv.columns) == ['id', 'embedding']
      texts = [json.loads(text) for text in csv.embedding]
      check('csv', csv.id.tolist(), texts)

      lines = open(folder + 'x.ids.jsonl', encoding='utf-8', newline='\\n').read().split('\\n')
      assert lines.pop() == ''
      check('npy', [json.loads(line) for line in lines], np.load(folder + 'x.npy'))

      table = pq.read_table(folder + 'x.parquet')
      assert table.schema.field('id').type == (pa.int64() if has_numbers else pa.string())
      assert table.schema.field('embedding').type == pa.list_(
          pa.field('element', pa.float32(), False), vectors.shape[1])
      column = table['embedding'].combine_chunks()
      check('parquet', table['id'].to_pylist(), column.flatten().to_numpy().reshape(vectors.shape))
      frame = pd.read_parquet(folder + 'x.parquet')
      check('pandas', frame.id.tolist(), np.stack(frame.embedding))

      with safe_open(folder + 'x.safetensors', framework='numpy') as file:
          found = (file.get_tensor('id').tolist() if has_numbers
                   else json.loads(file.metadata()['ids']))
          check('safetensors', found, file.get_tensor('embedding'))
      """, [folder.path, "\(hasNumbers)"])
    #expect(output == "")
  }
}
