import Foundation

/// A fresh directory for one test, removed with its contents when the test lets go of it.
public final class TemporaryDirectory: Sendable {
  public let path: String

  public init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("roost-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// All files below, as paths relative to the directory.
  public func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isDirectory)
        && !isDirectory.boolValue
    }.sorted()
  }

  /// The files that hold `text` somewhere.
  public func files(holding text: String) throws -> [String] {
    let wanted = Data(text.utf8)
    return try files().filter { name in
      guard let content = FileManager.default.contents(atPath: path + "/" + name) else { return false }
      return content.range(of: wanted) != nil
    }
  }

  public func bytes(_ name: String) -> [UInt8] {
    FileManager.default.contents(atPath: path + "/" + name).map(Array.init) ?? []
  }

  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

  /// A copy such as a crash leaves behind: of one moment, though files come and go meanwhile.
  public func copy() throws -> TemporaryDirectory {
    while true {
      let before = try listing()
      let copy = try TemporaryDirectory()
      for name in try files() {
        let target = copy.path + "/" + name
        try FileManager.default.createDirectory(
          atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        guard let content = FileManager.default.contents(atPath: path + "/" + name) else { continue }
        try content.write(to: URL(fileURLWithPath: target))
      }
      if try listing() == before { return copy }
    }
  }

  private func listing() throws -> [String] {
    try files().map { "\($0) \((try? FileManager.default.attributesOfItem(atPath: path + "/" + $0)[.size]) ?? 0)" }
  }
}
