// State dictionaries without PyTorch: Python's own zip and pickle readers are the judges. The real
// package is asked by tools/verify-torch.

import ModelFormats
import TestSupport
import Testing

@Suite(.onOwnThread) struct TorchStateDictionaryTests {
  private let parameters: [(name: String, array: Tensor)] = [
    ("user_tower.numeric.weight", Tensor([Float(0.1), -2, 3, 4, 5, 6], shape: [2, 3])),
    ("user_tower.input_bias", Tensor([Float(1), 2, 3])),
    ("nothing", Tensor([Float](), shape: [0, 4])),
    ("number", Tensor([Float(7)], shape: [])),
    ("ä \"quoted\" name", Tensor([Int64.min, .max], shape: [2, 1, 1])),
    ("doubles", Tensor([0.5])),
    ("bytes", Tensor([UInt8(9), 8, 7])),
    ("flags", Tensor([true, false])),
  ]

  /// Opens a state dictionary as PyTorch does, with stubs in the place of its classes, and refuses
  /// every other class.
  private static let reader = """
    import collections, io, pickle, struct, sys, zipfile
    import numpy as np

    types = dict(FloatStorage='f4', DoubleStorage='f8', LongStorage='i8', IntStorage='i4',
                 ShortStorage='i2', CharStorage='i1', ByteStorage='u1', BoolStorage='?')

    def rebuild(storage, offset, size, stride, requires_grad, hooks):
        assert offset == 0 and requires_grad is False
        assert type(hooks) is collections.OrderedDict and not hooks
        array = storage.reshape(size)
        if array.size:
            assert tuple(s // array.itemsize for s in array.strides) == stride, stride
        return array

    class Reader(pickle.Unpickler):
        def __init__(self, archive, folder):
            super().__init__(io.BytesIO(archive.read(folder + '/data.pkl')))
            self.archive, self.folder = archive, folder
        def find_class(self, module, name):
            if (module, name) == ('collections', 'OrderedDict'):
                return collections.OrderedDict
            if (module, name) == ('torch._utils', '_rebuild_tensor_v2'):
                return rebuild
            assert module == 'torch', (module, name)
            return np.dtype(types[name])
        def persistent_load(self, identifier):
            kind, dtype, key, location, count = identifier
            assert type(identifier) is tuple and (kind, location) == ('storage', 'cpu')
            array = np.frombuffer(self.archive.read(f'{self.folder}/data/{key}'), dtype)
            assert len(array) == count
            return array

    def load(path, folder):
        archive = zipfile.ZipFile(path)
        assert archive.testzip() is None
        raw = open(path, 'rb').read()
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            name, extra = struct.unpack_from('<HH', raw, entry.header_offset + 26)
            start = entry.header_offset + 30 + name + extra
            assert start % 64 == 0, entry.filename
            assert raw[start:start + entry.file_size] == archive.read(entry)
        assert archive.read(folder + '/version') == b'3\\n'
        assert archive.read(folder + '/byteorder') == b'little'
        assert archive.read(folder + '/data.pkl')[:2] == b'\\x80\\x02'
        return archive, Reader(archive, folder).load()

    """

  @Test(.enabled(if: ScikitLearn.isAvailable))
  func `Python finds the names, shapes and arrays that were written`() throws {
    let folder = try TemporaryFolder()
    let path = folder.appending("best_model.pth")
    try TorchStateDictionary.write(parameters, to: path)
    let output = try Python.run(
      Self.reader + """
        archive, found = load(sys.argv[1], 'best_model')
        expected = [
            ('user_tower.numeric.weight', np.array([[0.1, -2, 3], [4, 5, 6]], 'f4')),
            ('user_tower.input_bias', np.array([1, 2, 3], 'f4')),
            ('nothing', np.zeros((0, 4), 'f4')), ('number', np.array(7, 'f4')),
            ('ä "quoted" name', np.array([-2**63, 2**63 - 1]).reshape(2, 1, 1)),
            ('doubles', np.array([0.5])), ('bytes', np.array([9, 8, 7], 'u1')),
            ('flags', np.array([True, False]))]
        assert type(found) is collections.OrderedDict
        assert list(found) == [name for name, _ in expected], list(found)
        for name, array in expected:
            assert found[name].dtype == array.dtype and found[name].shape == array.shape, name
            assert found[name].tobytes() == array.tobytes(), name
        assert [entry.filename for entry in archive.infolist()] == (
            ['best_model/data.pkl', 'best_model/byteorder']
            + [f'best_model/data/{i}' for i in range(len(expected))] + ['best_model/version'])
        """, [path])
    #expect(output == "")
  }

  @Test func `the same parameters give the same bytes`() {
    let bytes = TorchStateDictionary.encoded(parameters, name: "best_model")
    #expect(bytes == TorchStateDictionary.encoded(parameters, name: "best_model"))
    #expect(bytes != TorchStateDictionary.encoded(parameters.reversed(), name: "best_model"))
  }
}
