import Foundation
import Testing

/// A `roost serve` on a free port, with the workspace `shop`.
struct RunningServer {
  let folder: String
  let url: String
  let process: Process

  /// Runs `body` with a server that keeps its data in `folder/data`.
  static func with(
    _ folder: String, data: String = "data", sandbox: Bool = true, _ body: (RunningServer) async throws -> Void
  ) async throws {
    let output = Pipe()
    let log = folder + "/\(data).log"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let process = try Command.start(
      ["serve", "--data", data, "--port", "0"] + (sandbox ? ["--sandbox"] : []), in: folder, output: output,
      messages: FileHandle(forWritingAtPath: log)!)
    let line = await readLine(output)
    let prefix = "listening on "
    do {
      let words = try String(contentsOfFile: log, encoding: .utf8)
      try #require(
        line.hasPrefix(prefix), "the server said \(line); log: \(words)")
      try await body(RunningServer(folder: folder, url: String(line.dropFirst(prefix.count)), process: process))
    } catch {
      process.terminate()
      await process.ended()
      throw error
    }
    if process.isRunning { process.terminate() }
    await process.ended()
  }

  private static func readLine(_ pipe: Pipe) async -> String {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var bytes: [UInt8] = []
        while let byte = try? pipe.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { bytes.append(byte) }
        continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
      }
    }
  }

  /// Runs a command that speaks with the server.
  func roost(_ arguments: String..., data: String = "data") async throws -> Command {
    try await Command.run(arguments + ["--url", url, "--data", data], in: folder)
  }

  func makeWorkspace() async throws {
    let made = try await roost("workspace", "create", "shop")
    try #require(made.status == 0, "\(made.messages)")
  }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  /// Calls the interface with the operator token.
  func get(_ path: String) async throws -> [String: Any] {
    let token = try String(contentsOfFile: folder + "/data/operator.token", encoding: .utf8)
      .trimmingCharacters(in: .newlines)
    let answer = try await Curl.get(url + path, token: token)
    return try #require(try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any], "\(answer)")
  }
}

/// An HTTP client that is not ours.
enum Curl {
  static func get(_ url: String, token: String) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["curl", "-sS", "-m", "10", "-H", "Authorization: Bearer \(token)", url]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    await process.ended()
    return String(decoding: data, as: UTF8.self)
  }
}
