import Glibc
import NIOHTTP1
import RoostCore

/// A `roost serve` of this very program, on a port of its own.
final class ServerProcess {
  let port: UInt16
  let directory: String
  let token: String
  /// From the start of the process to the line that says it listens.
  let startSeconds: Double
  /// The operator's.
  let api: API
  private let child: ChildProcess

  init(directory: String, isSandbox: Bool = false) throws(Failure) {
    self.directory = directory
    let program = try File.ownProgram()
    let mode = isSandbox ? ["--sandbox"] : []
    let watch = Stopwatch()
    child = try ChildProcess(
      [program, "serve", "--data", directory + "/data", "--port", "0"] + mode, errors: directory + "/serve.log")
    let address: String
    do throws(Failure) {
      address = try child.line(after: "listening on http://127.0.0.1:", timeoutSeconds: 120)
    } catch {
      let log = File.text(directory + "/serve.log").suffix(600)
      throw Failure(.unavailable, "the server did not start: \(error.message)\n\(log)")
    }
    startSeconds = watch.seconds
    guard let port = UInt16(address) else { throw Failure(.unavailable, "the server listens on \(address)") }
    self.port = port
    let text = "http://127.0.0.1:\(port)"
    guard let server = ServerAddress(text) else { throw Failure(.unavailable, "\(text) is no address") }
    token = String(File.text(directory + "/data/operator.token").prefix { $0 != "\n" })
    api = API(try HTTPClient(server), token: token)
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// CPU time used so far, user and kernel (proc(5): fields 14 and 15 of `stat`).
  var cpuSeconds: Double {
    let text = File.text("/proc/\(child.id)/stat")
    // The second field is the program's name in brackets and may hold blanks.
    guard let end = text.lastIndex(of: ")") else { return 0 }
    let fields = text[end...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let kernel = Double(fields[13]) else { return 0 }
    return (user + kernel) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// A line of `/proc/PID/status` in megabytes: `VmRSS`, `VmHWM`, `RssAnon`.
  func megabytes(_ name: String) -> Double {
    for line in File.text("/proc/\(child.id)/status").split(separator: "\n") where line.hasPrefix(name + ":") {
      return (Double(line.filter(\.isNumber)) ?? 0) / 1_024
    }
    return 0
  }

  /// `/metrics` by name with labels summed up, and by name with labels.
  func metrics() async throws(Failure) -> [String: Double] {
    let answer = try await api.send(.GET, "/metrics", body: [], type: "")
    var metrics: [String: Double] = [:]
    for line in String(decoding: answer.body, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: " ")
      guard parts.count == 2, let value = Double(parts[1]) else { continue }
      metrics[String(parts[0].prefix { $0 != "{" }), default: 0] += value
      // With its labels, too, where it has some.
      if parts[0].contains("{") { metrics[String(parts[0])] = value }
    }
    return metrics
  }

  /// Waits until the server rests: less than a tenth of a core, at most a minute.
  func settle() {
    for _ in 0..<120 {
      let before = cpuSeconds
      usleep(500_000)
      if cpuSeconds - before < 0.05 { return }
    }
  }

  /// Ends it as an operator would.
  func stop() async throws(Failure) {
    await api.client.close()
    child.signal(SIGTERM)
    let code = child.wait()
    guard code == 0 else { throw Failure(.unavailable, "the server ended with exit code \(code)") }
  }

  /// Ends it as a power cut would, but for the disk's cache.
  func kill() async {
    child.signal(SIGKILL)
    child.wait()
    await api.client.close()
  }
}
