// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target. Continuous integration sets AUDITFERRY_STRICT to turn warnings into errors; a user's
/// newer compiler must not fail on a warning that this one does not know.
let settings: [SwiftSetting] =
    [.enableUpcomingFeature("ExistentialAny")]
    + (Context.environment["AUDITFERRY_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

let nio = "swift-nio"
let lifecycle = "swift-service-lifecycle"

let package = Package(
    name: "auditferry",
    products: [
        .executable(name: "auditferry", targets: ["auditferry"]),
        .library(name: "AuditAPI", targets: ["AuditAPI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The path of one audit, from right to left: each target imports only what stands above it.
        .target(name: "AuditCore", swiftSettings: settings),
        .target(
            name: "Engine",
            dependencies: ["AuditCore", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: settings),
        .target(
            name: "AuditAPI",
            dependencies: [
                "AuditCore",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings),
        .target(
            name: "AuditReader",
            dependencies: [
                "Engine", "AuditAPI", "AuditCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings),
        .target(
            name: "OffsetStore",
            dependencies: ["Engine", "AuditCore", "CSQLite", .product(name: "NIOPosix", package: nio)],
            swiftSettings: settings),
        .target(name: "Formats", dependencies: ["AuditCore"], swiftSettings: settings),
        .target(
            name: "Outputs",
            dependencies: [
                "Engine", "Formats", "AuditCore", "CSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOTLS", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .target(
            name: "HTTPServing",
            dependencies: [
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "Forwarder",
            dependencies: [
                "Engine", "AuditAPI", "AuditReader", "OffsetStore", "Formats", "Outputs", "AuditCore", "HTTPServing", "CYAML",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: lifecycle),
                .product(name: "UnixSignals", package: lifecycle),
            ],
            swiftSettings: settings),
        .target(
            name: "Simulator",
            dependencies: [
                "AuditCore", "HTTPServing",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "auditferry",
            dependencies: [
                "Forwarder", "Simulator", "CSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // Measures the stages and the whole; in this package, since it needs nothing that the package does not build anyway.
        .executableTarget(
            name: "auditferry-benchmark",
            dependencies: ["AuditAPI", "AuditCore", "Engine", "Formats", "OffsetStore", "Outputs"],
            path: "Tests/Benchmarks", swiftSettings: settings),

        // Brings faults about and prints what became of the audits; it is also the collector that some of them stop and kill.
        .executableTarget(
            name: "auditferry-faults",
            dependencies: ["FaultScenes", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/FaultTable", swiftSettings: settings),

        // C: two system libraries, and the few lines that Swift cannot say.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CSupport"),

        // Tests and what they share.
        .target(
            name: "EngineTesting",
            dependencies: [
                "Engine", "AuditCore",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings),
        .target(
            name: "FaultScenes",
            dependencies: [
                "auditferry", "Simulator", "Engine", "OffsetStore", "AuditAPI", "AuditCore", "CSupport",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/FaultScenes", swiftSettings: settings),
        .target(
            name: "TestTraits", dependencies: [.product(name: "NIOConcurrencyHelpers", package: nio)],
            path: "Tests/TestTraits", swiftSettings: settings),
        // Runs the simulation over as many seeds as wanted.
        .executableTarget(
            name: "auditferry-simulation",
            dependencies: ["EngineTesting", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Simulation", exclude: ["README.md", "mutations.txt"], swiftSettings: settings),
        .testTarget(name: "AuditCoreTests", dependencies: ["AuditCore"], swiftSettings: settings),
        .testTarget(
            name: "AuditAPITests",
            dependencies: [
                "AuditAPI", "Simulator",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "AuditReaderTests",
            dependencies: [
                "AuditReader", "AuditAPI", "AuditCore", "Engine", "EngineTesting",
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EngineTests",
            dependencies: ["Engine", "EngineTesting", "AuditCore", .product(name: "NIOConcurrencyHelpers", package: nio)],
            swiftSettings: settings),
        .testTarget(
            name: "OffsetStoreTests", dependencies: ["OffsetStore", "EngineTesting", "Engine", "AuditCore", "CSQLite"],
            swiftSettings: settings),
        .testTarget(
            name: "OutputsTests",
            dependencies: [
                "Outputs", "EngineTesting", "Engine", "Formats", "AuditCore", "CSupport", "FaultScenes", "TestTraits",
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "HTTPServingTests",
            dependencies: [
                "HTTPServing",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ForwarderTests", dependencies: ["Forwarder", "EngineTesting", "Simulator", "TestTraits"],
            swiftSettings: settings),
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                "Simulator", "AuditCore",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings),
        // Outputs against the receivers that are used in the field; where one is missing, its tests are passed over, with the reason.
        .testTarget(
            name: "ReceiverTests",
            dependencies: [
                "FaultScenes", "Outputs", "Formats", "Engine", "EngineTesting", "AuditCore", "TestTraits",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "FaultScenes", "auditferry", "auditferry-faults", "Simulator", "AuditAPI", "AuditCore", "TestTraits",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
    ]
)
