// swift-tools-version: 6.2
// A package of its own, so that who uses mlcore never resolves what only benchmarks need.
// Build it through `Benchmarks/run` or `Benchmarks/run-recommender`, which set PKG_CONFIG_PATH.
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "mlcore", path: "..")],
  targets: [
    .target(
      name: "BenchmarkSupport",
      dependencies: [.product(name: "GradientBoosting", package: "mlcore")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "BoostingBenchmark",
      dependencies: ["BenchmarkSupport", .product(name: "GradientBoosting", package: "mlcore")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "RecommenderBenchmark",
      dependencies: ["BenchmarkSupport", .product(name: "Recommender", package: "mlcore")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "KernelBenchmark",
      dependencies: [
        .product(name: "CKernels", package: "mlcore"),
        .product(name: "GradientBoosting", package: "mlcore"),
      ],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(name: "LoadBenchmark"),
    .executableTarget(
      name: "SamplerBenchmark",
      dependencies: [.product(name: "Tuning", package: "mlcore")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
