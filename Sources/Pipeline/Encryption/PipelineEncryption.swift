// Encryption with the errors of the loop.
public import PipelineSecurity

extension PipelineError: EncryptionFailure {}

/// The key that a home is encrypted with.
public typealias EncryptionKey = FileKey<PipelineError>
