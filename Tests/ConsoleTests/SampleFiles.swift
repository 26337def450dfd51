import Foundation
import Testing

@testable import Console

/// Writes every sample page where `ROOST_CONSOLE_SAMPLES` says, to be looked at in a browser.
@Suite struct SampleFiles {
  private static let directory = ProcessInfo.processInfo.environment["ROOST_CONSOLE_SAMPLES"]

  @Test(.enabled(if: directory != nil)) func write() throws {
    let root = URL(fileURLWithPath: try #require(Self.directory))
    let assets = root.appendingPathComponent("console/assets")
    try FileManager.default.createDirectory(at: assets, withIntermediateDirectories: true)
    for asset in Asset.all {
      try Data(asset.bytes).write(to: root.appendingPathComponent(String(asset.path.dropFirst())))
    }
    let samples = SamplePages()
    for language in Language.allCases {
      for (name, page) in samples.all {
        let document = page.document(in: samples.frame(language, signedIn: name != "sign-in"))
        try Data(document).write(to: root.appendingPathComponent("\(name).\(language.rawValue).html"))
      }
    }
  }
}
