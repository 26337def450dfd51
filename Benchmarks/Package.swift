// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building Roost builds no benchmarks and needs no SQLite.
let modules = Target.Dependency.product(name: "RoostModules", package: "roost")

let package = Package(
  name: "roost-benchmarks",
  dependencies: [.package(name: "roost", path: "..")],
  targets: [
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .executableTarget(name: "ParseBench", dependencies: [modules]),
    .executableTarget(name: "HistoryBench", dependencies: [modules]),
    .executableTarget(name: "StorageBench", dependencies: [modules, "CSQLite"]),
  ],
  swiftLanguageModes: [.v6]
)
