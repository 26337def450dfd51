import Foundation
import Testing

/// A run of the built binary.
struct Command {
  var status: Int32
  var output: String
  var messages: String

  /// The `roost` beside the test bundle, or the one that `ROOST_BINARY` names.
  static let binary: String = {
    if let path = ProcessInfo.processInfo.environment["ROOST_BINARY"] { return path }
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let beside = own.deletingLastPathComponent().appendingPathComponent("roost").path
    if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appendingPathComponent(".build/debug/roost").path
  }()

  /// Starts the binary in `folder`; nothing of the caller's `ROOST_…` variables reaches it.
  static func start(
    _ arguments: [String], in folder: String, environment: [String: String] = [:], output: Any, messages: Any
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: binary)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["PATH": "/usr/bin:/bin", "TMPDIR": folder].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = messages
    try process.run()
    return process
  }

  /// Runs to the end.
  static func run(_ arguments: [String], in folder: String, environment: [String: String] = [:]) async throws -> Command
  {
    let output = folder + "/.out-\(UUID().uuidString)"
    let messages = output + ".err"
    for path in [output, messages] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    let process = try start(
      arguments, in: folder, environment: environment, output: FileHandle(forWritingAtPath: output)!,
      messages: FileHandle(forWritingAtPath: messages)!)
    await process.ended()
    return Command(
      status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      messages: try String(contentsOfFile: messages, encoding: .utf8))
  }

  /// Standard output as JSON.
  var json: Any { get throws { try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed) } }

  /// Standard output as lines of JSON.
  var lines: [[String: Any]] {
    get throws { try jsonLines(output) }
  }
}

func jsonLines(_ text: String) throws -> [[String: Any]] {
  try text.split(separator: "\n").map {
    try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
  }
}

extension Process {
  /// Waits without holding a thread of the tests.
  func ended() async {
    while isRunning { try? await Task.sleep(for: .milliseconds(5)) }
  }
}

/// A folder of one test, gone after it.
func withFolder(_ body: (String) async throws -> Void) async throws {
  let folder = NSTemporaryDirectory() + "roost-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try await body(folder)
}
