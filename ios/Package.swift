// swift-tools-version: 6.0
import PackageDescription

/// Where a release's XCFramework is, filled in by `make-xcframework`. Without one the package links the library that was
/// built on this machine, as `tests/swift` does.
let release: (url: String, checksum: String)? = nil

let swift6: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

var targets: [Target] = [
    // What an app sees: protocols, values, errors. No native code.
    .target(name: "AssistAPI", swiftSettings: swift6),
    // The same over the core.
    .target(name: "Assist", dependencies: ["AssistAPI", "AssistGenerated"], swiftSettings: swift6),
    // The same without a core, for tests and previews.
    .target(name: "AssistFakes", dependencies: ["AssistAPI"], swiftSettings: swift6),
    // What needs an Apple framework.
    .target(name: "AssistApple", dependencies: ["AssistAPI"], swiftSettings: swift6),
]

if let release {
    targets += [
        .binaryTarget(name: "AssistFFI", url: release.url, checksum: release.checksum),
        .target(
            name: "AssistGenerated",
            dependencies: ["AssistFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: [.linkedFramework("Security"), .linkedFramework("SystemConfiguration")]
        ),
    ]
} else {
    targets += [
        .systemLibrary(name: "AssistFFI"),
        .target(
            name: "AssistGenerated",
            dependencies: ["AssistFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: [.linkedLibrary("assist_ffi")]
        ),
        .systemLibrary(name: "AssistPhoneFFI", path: "Tests/AssistPhoneFFI"),
        .target(
            name: "AssistPhone",
            dependencies: ["AssistPhoneFFI"],
            path: "Tests/AssistPhone",
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: [.linkedLibrary("assist_phone")]
        ),
        .testTarget(
            name: "AssistTests",
            dependencies: ["Assist", "AssistFakes", "AssistGenerated", "AssistPhone"],
            swiftSettings: swift6
        ),
    ]
}

let package = Package(
    name: "Assist",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "Assist", targets: ["Assist"]),
        .library(name: "AssistFakes", targets: ["AssistFakes"]),
        .library(name: "AssistApple", targets: ["AssistApple"]),
    ],
    targets: targets
)
