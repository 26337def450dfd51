import Foundation
import Testing

/// A script of `Tests/EndToEnd/smtp`, run by the Python that `ROOST_PYTHON` names.
final class PythonPeer {
  static let python = ProcessInfo.processInfo.environment["ROOST_PYTHON"]
  static let absence: Comment = "SKIPPED: ROOST_PYTHON does not name a Python with aiosmtpd 1.4.6; `make test` sets it"
  static var isPresent: Bool { python.map { FileManager.default.isExecutableFile(atPath: $0) } ?? false }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread = Data()

  init(_ name: String, _ arguments: [String] = []) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "EndToEnd/smtp/\(name)").path
    process.executableURL = URL(fileURLWithPath: Self.python ?? "/usr/bin/python3")
    process.arguments = ["-B", "-W", "ignore", script] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  func write(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

  /// The next line of output, or nil at its end.
  func line() throws -> String? {
    while true {
      if let end = unread.firstIndex(of: 0x0A) {
        defer { unread = Data(unread[(end + 1)...]) }
        return String(decoding: unread[..<end], as: UTF8.self)
      }
      let chunk = output.fileHandleForReading.availableData
      if chunk.isEmpty { return nil }
      unread += chunk
    }
  }

  /// The port in the line `port N`.
  func port() throws -> Int {
    let words = try #require(try line()).split(separator: " ")
    return try #require(words.last.flatMap { Int($0) })
  }

  /// Ends the input, and so the script.
  func finish() throws { try input.fileHandleForWriting.close() }

  func end() {
    try? finish()
    process.waitUntilExit()
  }
}
