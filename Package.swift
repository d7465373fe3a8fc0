// swift-tools-version: 6.2
// The rooms of the house and the arrows between them. Imports point down only; `tools/check`
// verifies it. The flags for Arrow come from .deps/pkgconfig, which `tools/setup` writes, so plain
// `swift build` needs PKG_CONFIG_PATH to name that folder (`tools/mlcore` and `tools/test` do it).
import PackageDescription

let package = Package(
  name: "mlcore",
  products: [
    .executable(name: "mlcore", targets: ["mlcore"]),
    .library(
      name: "GradientBoosting",
      targets: ["GradientBoosting", "Configuration", "NumericCore", "Tables", "Texts"]),
    .library(
      name: "Recommender", targets: ["Recommender", "Configuration", "NumericCore", "Evaluation"]),
    .library(name: "Tuning", targets: ["Tuning", "NumericCore"]),
    // For Benchmarks/, which times each kernel beside the obvious loop.
    .library(name: "CKernels", targets: ["CKernels"]),
    // For tests that kill the program at a counted change of a file.
    .library(name: "KillSwitch", type: .dynamic, targets: ["KillSwitch"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // Ground floor: the C and C++ we stand on.
    // tools/setup installs the packages that are named here.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .systemLibrary(name: "CArrowLibraries", pkgConfig: "mlcore-arrow"),
    .systemLibrary(
      name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CArrow", dependencies: ["CArrowLibraries"]),
    .target(name: "CKernels"),
    .target(name: "CProcess"),

    // First floor: no machine learning words.
    .target(name: "Texts"),
    .target(name: "NumericCore", dependencies: ["COpenBLAS", "CKernels"]),
    .target(name: "Storage", dependencies: ["Texts", "COpenSSL"]),
    .target(name: "ModelFormats", dependencies: ["Storage", "Texts", "CZlib"]),
    .target(name: "Tables", dependencies: ["CArrow", "NumericCore", "Storage", "Texts"]),
    .target(
      name: "Connectors",
      dependencies: [
        "Tables", "Texts", "CMariaDB", "CPostgreSQL", "CCurl",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .target(name: "Configuration", dependencies: ["Storage", "Texts", "TOMLKit"]),
    .target(name: "Evaluation", dependencies: ["NumericCore"]),
    .target(name: "LoopContract", dependencies: ["Texts"]),
    .target(
      name: "Preprocessing",
      dependencies: ["Tables", "NumericCore", "ModelFormats", "Storage", "Texts"]),

    // Second floor: the models.
    .target(
      name: "GradientBoosting",
      dependencies: [
        "CKernels", "Configuration", "NumericCore", "Tables", "ModelFormats", "Storage", "Texts",
      ]),
    .target(
      name: "LinearModels", dependencies: ["Preprocessing", "Tables", "NumericCore", "Texts"]),
    .target(
      name: "Recommender",
      dependencies: ["CKernels", "Configuration", "NumericCore", "Evaluation"]),
    .target(
      name: "Tuning",
      dependencies: [
        "CKernels", "NumericCore", "Texts", .product(name: "GRDB", package: "GRDB.swift"),
      ]),

    // Third floor: the use cases, and the command line over them.
    .target(
      name: "SampleData", dependencies: ["Storage", "Connectors", "Tables", "NumericCore"]),
    .target(
      name: "LearningTasks",
      dependencies: [
        "LoopContract", "Tuning", "Preprocessing", "Evaluation", "Storage", "Configuration",
        "Tables", "NumericCore", "Texts",
      ]),
    .target(
      name: "Tabular",
      dependencies: [
        "LearningTasks", "LoopContract", "GradientBoosting", "LinearModels", "Tuning",
        "Preprocessing", "Evaluation", "ModelFormats", "Storage", "Configuration", "Tables",
        "NumericCore", "Texts",
      ]),
    .target(
      name: "Classification",
      dependencies: [
        "LearningTasks", "Tabular", "GradientBoosting", "LinearModels", "Tuning", "Preprocessing",
        "Evaluation", "Configuration", "Tables", "NumericCore", "Texts",
      ]),
    .target(
      name: "Regression",
      dependencies: [
        "LearningTasks", "Tabular", "GradientBoosting", "Evaluation", "Configuration", "Tables",
        "NumericCore", "Texts",
      ]),
    .target(
      name: "Recommendation",
      dependencies: [
        "LearningTasks", "LoopContract", "Recommender", "Tuning", "Preprocessing", "Evaluation",
        "ModelFormats", "Storage", "Connectors", "Configuration", "Tables", "NumericCore", "Texts",
      ]),
    .target(
      name: "Extraction",
      dependencies: ["LearningTasks", "Storage", "Connectors", "Tables", "Texts"]),
    .target(name: "PipelineSecurity", dependencies: ["Storage", "CSodium"]),
    .target(
      name: "Pipeline",
      dependencies: [
        "PipelineSecurity", "Storage", "Texts", "LoopContract",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .target(
      name: "PipelineRemote",
      dependencies: ["Pipeline", "Connectors", "Tables", "Storage", "LoopContract"]),
    .target(
      name: "Serving",
      dependencies: [
        "Recommendation", "LearningTasks", "Storage", "Tables", "NumericCore", "Texts",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "mlcore",
      dependencies: [
        "CProcess", "Serving", "Pipeline", "PipelineRemote", "PipelineSecurity", "LearningTasks",
        "Tabular",
        "Classification", "Regression", "Recommendation", "Extraction", "LoopContract",
        "SampleData", "GradientBoosting", "Recommender", "Tuning", "Preprocessing", "Evaluation",
        "ModelFormats", "Storage", "Connectors", "Configuration", "Tables", "NumericCore", "Texts",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(name: "KillSwitch", path: "Tests/KillSwitch"),
    .testTarget(name: "TextsTests", dependencies: ["Texts", "TestSupport"]),
    .testTarget(name: "NumericCoreTests", dependencies: ["NumericCore", "TestSupport"]),
    .testTarget(
      name: "TablesTests", dependencies: ["Tables", "NumericCore", "Texts", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"]),
    .testTarget(
      name: "ModelFormatsTests", dependencies: ["ModelFormats", "Storage", "TestSupport"]),
    .testTarget(
      name: "ConfigurationTests",
      dependencies: ["Configuration", "Storage", "Texts", "TestSupport"]),
    .testTarget(
      name: "ConnectorsTests",
      dependencies: [
        "LearningTasks", "Extraction", "SampleData", "Connectors", "CMariaDB", "NumericCore",
        "Tables", "TestSupport",
      ]),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "NumericCore", "TestSupport"]),
    .testTarget(
      name: "PreprocessingTests",
      dependencies: [
        "Preprocessing", "Tables", "NumericCore", "ModelFormats", "Storage", "TestSupport",
      ]),
    .testTarget(
      name: "GradientBoostingTests",
      dependencies: [
        "GradientBoosting", "CKernels", "NumericCore", "Tables", "Texts", "ModelFormats", "Storage",
        "TestSupport",
      ]),
    .testTarget(
      name: "RecommenderTests",
      dependencies: ["Recommender", "CKernels", "NumericCore", "Evaluation", "TestSupport"]),
    .testTarget(
      name: "TuningTests",
      dependencies: [
        "Tuning", "Tabular", "Recommendation", "NumericCore",
        .product(name: "GRDB", package: "GRDB.swift"), "TestSupport",
      ]),
    .testTarget(
      name: "LinearModelsTests", dependencies: ["LinearModels", "NumericCore", "TestSupport"]),
    .testTarget(
      name: "SampleDataTests",
      dependencies: ["SampleData", "Connectors", "Tables", "NumericCore", "TestSupport"]),
    .testTarget(
      name: "LearningTasksTests",
      dependencies: [
        "LearningTasks", "LoopContract", "Storage", "Tables", "Texts", "TestSupport",
      ]),
    .testTarget(
      name: "TabularTests",
      dependencies: [
        "Tabular", "LearningTasks", "Classification", "Regression", "Tuning", "Storage", "Tables",
        "NumericCore", "TestSupport",
      ]),
    .testTarget(
      name: "ClassificationTests",
      dependencies: [
        "Classification", "LearningTasks", "Tabular", "SampleData", "LoopContract",
        "GradientBoosting", "Tuning", "Evaluation", "ModelFormats", "Storage", "Configuration",
        "Tables", "NumericCore", "Texts", "TestSupport",
      ]),
    .testTarget(
      name: "RegressionTests",
      dependencies: [
        "Regression", "LearningTasks", "Tabular", "LoopContract", "GradientBoosting", "Evaluation",
        "Storage", "Tables", "NumericCore", "Texts", "TestSupport",
      ]),
    .testTarget(
      name: "RecommendationTests",
      dependencies: [
        "Recommendation", "LearningTasks", "Extraction", "SampleData", "LoopContract",
        "Recommender", "Tuning", "Preprocessing", "Evaluation", "ModelFormats", "Storage",
        "Connectors", "Configuration", "Tables", "NumericCore", "Texts", "TestSupport",
      ]),
    .testTarget(
      name: "ExtractionTests",
      dependencies: [
        "Extraction", "LearningTasks", "SampleData", "Connectors", "Tables", "NumericCore", "Texts",
        "TestSupport",
      ]),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Pipeline", "PipelineRemote", "PipelineSecurity", "LoopContract", "Storage", "Texts",
        .product(name: "GRDB", package: "GRDB.swift"), "TestSupport",
      ]),
    .testTarget(
      name: "ServingTests",
      dependencies: [
        "Serving", "LearningTasks", "Storage", "Tables", "NumericCore", "Texts", "TestSupport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "mlcore", "Pipeline", "LearningTasks", "Classification", "Recommendation", "Extraction",
        "LoopContract", "GradientBoosting", "Recommender", "Tuning", "Preprocessing", "Evaluation",
        "Configuration", "Connectors", "Storage", "Tables",
        .product(name: "GRDB", package: "GRDB.swift"), "TestSupport",
      ]),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "mlcore", "Pipeline", "Serving", "LearningTasks", "Tabular", "Classification",
        "Regression", "Recommendation", "LoopContract", "Tuning", "Recommender", "GradientBoosting",
        "Preprocessing", "Evaluation", "Configuration", "ModelFormats",
        "Storage", "Tables", "NumericCore", "TestSupport", "Texts",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)

// The rooms of C have a second capital: CArrow, but Connectors.
for target in package.targets
where target.type != .system && target.name != "KillSwitch"
  && !(target.name.hasPrefix("C") && target.name.dropFirst().first?.isUppercase == true)
{
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
}
