// swift-tools-version: 6.2
import PackageDescription

let nio = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { Target.Dependency.product(name: $0, package: "swift-nio") }
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let http = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "roost",
  products: [
    .executable(name: "roost", targets: ["roost"]),
    .library(
      name: "RoostModules",
      targets: [
        "RoostCore", "Events", "Profiles", "Segments", "Journeys", "Delivery", "Engine", "Storage", "History",
        "Runtime",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    // Pure: no clock, no randomness, no input or output.
    .target(name: "RoostCore"),
    .target(name: "Events", dependencies: ["RoostCore"]),
    .target(name: "Liquid", dependencies: ["RoostCore"]),
    .target(name: "Ladders", dependencies: ["RoostCore"]),
    .target(name: "Catalog", dependencies: ["RoostCore"]),
    .target(name: "Profiles", dependencies: ["RoostCore", "Events"]),
    .target(name: "Segments", dependencies: ["RoostCore", "Events", "Profiles"]),
    .target(name: "Delivery", dependencies: ["RoostCore", "Events", "Profiles"]),
    .target(name: "Journeys", dependencies: ["RoostCore", "Events", "Profiles", "Segments", "Delivery"]),
    .target(
      name: "Engine",
      dependencies: ["RoostCore", "Events", "Liquid", "Catalog", "Profiles", "Segments", "Journeys", "Delivery"]),
    .target(
      name: "Rehearsal",
      dependencies: ["RoostCore", "Events", "Profiles", "Segments", "Journeys", "Delivery", "Engine"]),

    .target(
      name: "Lint",
      dependencies: ["RoostCore", "Events", "Profiles", "Segments", "Journeys", "Delivery", "Engine"]),

    // Shell.
    .target(name: "CChecksum"),
    .systemLibrary(name: "CRocksDB", providers: [.apt(["librocksdb-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLibCrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "Storage", dependencies: ["CChecksum", "CRocksDB"]),
    .target(name: "History", dependencies: ["RoostCore", "Events", "CChecksum"]),
    .target(
      name: "Channels",
      dependencies: nio + [
        .product(name: "NIOTLS", package: "swift-nio"), nioSSL, crypto, logging, http, "CLibCrypto", "Liquid",
        "RoostCore",
      ]),
    .target(
      name: "Runtime",
      dependencies: nio + [
        crypto, logging, "RoostCore", "Events", "Profiles", "Segments", "Journeys", "Delivery", "Liquid", "Catalog",
        "Engine",
        "Rehearsal", "Storage", "History", "Channels",
      ]),
    .target(name: "Console", dependencies: ["RoostCore"]),
    // The browser SDK: plain JavaScript, within the program.
    .target(name: "WebSDK", path: "Web", resources: [.embedInCode("roost.js"), .embedInCode("roost-sw.js")]),
    .target(
      name: "Server",
      dependencies: nio + [
        logging, yams, crypto, "CZlib", "RoostCore", "Events", "Delivery", "Engine", "Journeys", "Lint", "Profiles",
        "Segments", "Channels", "Rehearsal", "Runtime", "Console", "WebSDK", "Catalog",
      ]),
    .executableTarget(
      name: "roost",
      dependencies: nio + [
        nioSSL, logging, yams, "CZlib", "RoostCore", "Events", "Ladders", "Liquid", "Profiles", "Segments", "Journeys",
        "Delivery", "Engine", "Lint", "Catalog",
        "Storage", "History", "Channels", "Runtime", "Server",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),

    .testTarget(
      name: "RoostCoreTests", dependencies: ["RoostCore"],
      exclude: ["Zones/offsets.csv", "Zones/transitions-2026.csv"]),
    .testTarget(name: "EventsTests", dependencies: ["RoostCore", "Events"], resources: [.copy("captures")]),
    .testTarget(name: "LiquidTests", dependencies: ["RoostCore", "Liquid", "HostileInput"]),
    .testTarget(
      name: "LintTests",
      dependencies: ["RoostCore", "Profiles", "Segments", "Journeys", "Delivery", "Engine", "Lint", "Server"],
      resources: [.copy("corpus")]),
    .testTarget(name: "CatalogTests", dependencies: ["RoostCore", "Catalog"]),
    .testTarget(name: "LaddersTests", dependencies: ["RoostCore", "Ladders"]),
    .testTarget(name: "ProfilesTests", dependencies: ["RoostCore", "Events", "Profiles"]),
    .testTarget(name: "SegmentsTests", dependencies: ["RoostCore", "Events", "Profiles", "Segments"]),
    .testTarget(name: "DeliveryTests", dependencies: ["RoostCore", "Events", "Profiles", "Delivery"]),
    .testTarget(
      name: "JourneysTests", dependencies: ["RoostCore", "Events", "Profiles", "Segments", "Journeys", "Delivery"]),
    .testTarget(name: "StorageTests", dependencies: ["RoostCore", "Storage"]),
    .testTarget(name: "HistoryTests", dependencies: ["RoostCore", "Events", "History"]),
    .testTarget(
      name: "ChannelsTests",
      dependencies: nio + [nioSSL, crypto, logging, "RoostCore", "Channels", "Delivery", "Liquid", "HostileInput"],
      exclude: ["captures", "webpush_vectors.json"]),
    .testTarget(name: "ConsoleTests", dependencies: ["RoostCore", "Console"]),

    .target(name: "HostileInput", dependencies: ["RoostCore"], path: "Tests/HostileInput"),
    .target(
      name: "TestSupport",
      dependencies: [logging, "RoostCore", "Events", "Profiles", "Delivery", "Engine", "Runtime"], path: "Tests/Support"
    ),
    .testTarget(
      name: "EngineTests",
      dependencies: [
        "RoostCore", "Events", "Profiles", "Segments", "Journeys", "Delivery", "Liquid", "Engine", "HostileInput",
      ]),
    .testTarget(
      name: "RehearsalTests",
      dependencies: [
        "RoostCore", "Events", "Profiles", "Segments", "Journeys", "Delivery", "Engine", "History", "Runtime",
        "Rehearsal", "TestSupport",
      ]),
    .testTarget(
      name: "RuntimeTests",
      dependencies: [
        "RoostCore", "Events", "Profiles", "Segments", "Journeys", "Delivery", "Catalog", "Engine", "Storage",
        "History",
        "Channels", "Runtime", "TestSupport", logging,
      ]),
    .testTarget(
      name: "ScenarioTests",
      dependencies: ["RoostCore", "Events", "Profiles", "Delivery", "Engine", "Runtime", "Server", "TestSupport"],
      path: "Tests/Scenarios", resources: [.copy("Book/stories")]),
    .testTarget(
      name: "ServerTests",
      dependencies: nio + [
        logging, "RoostCore", "Events", "Delivery", "Engine", "Runtime", "Server", "Console", "TestSupport",
      ]),
    .testTarget(name: "RoostCommandTests", dependencies: ["roost"]),
  ],
  swiftLanguageModes: [.v6]
)
