import Glibc
import Logging
import RoostCore

/// Writes the log as JSON, one object a line: `{"at","level","message", …metadata}`.
///
/// What is known as a secret by its name, and the password of any URL, is written as `***`.
struct JSONLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel: Logger.Level
  private let label: String

  init(label: String, level: Logger.Level) {
    self.label = label
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let at = Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    var all = metadataProvider?.get() ?? [:]
    all.merge(metadata) { $1 }
    if let own = event.metadata { all.merge(own) { $1 } }
    if let error = event.error { all["error"] = "\(error)" }
    var line: [UInt8] = []
    Self.append(at: at, event.level, "\(event.message)", all, to: &line)
    // One write a line: lines of several threads do not mix.
    _ = writeAll(line, to: STDERR_FILENO)
  }

  static func append(
    at: Instant, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, to line: inout [UInt8]
  ) {
    line.append(utf8: "{\"at\":\"\(at.text)\",\"level\":\"\(level.rawValue)\",\"message\":")
    line.append(jsonString: withoutPasswords(message))
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
      line.append(utf8: ",")
      line.append(jsonString: ["at", "level", "message"].contains(name) ? "_" + name : name)
      line.append(utf8: ":")
      append(value, named: name, to: &line)
    }
    line.append(utf8: "}\n")
  }

  private static func append(_ value: Logger.MetadataValue, named name: String, to line: inout [UInt8]) {
    guard !isSecret(name) else { return line.append(utf8: "\"***\"") }
    switch value {
    case .string(let text): line.append(jsonString: withoutPasswords(text))
    case .stringConvertible(let object): line.append(jsonString: withoutPasswords("\(object)"))
    case .array(let values):
      line.append(utf8: "[")
      for (index, value) in values.enumerated() {
        if index > 0 { line.append(utf8: ",") }
        append(value, named: name, to: &line)
      }
      line.append(utf8: "]")
    case .dictionary(let members):
      line.append(utf8: "{")
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { line.append(utf8: ",") }
        line.append(jsonString: member.key)
        line.append(utf8: ":")
        append(member.value, named: member.key, to: &line)
      }
      line.append(utf8: "}")
    }
  }

  private static func isSecret(_ name: String) -> Bool {
    let plain = name.lowercased().filter(\.isLetter)
    return ["token", "secret", "password", "authorization", "writekey", "secretkey", "apikey"].contains {
      plain.hasSuffix($0)
    }
  }

  /// `smtp://ann:pass@host` as `smtp://ann:***@host`.
  static func withoutPasswords(_ text: String) -> String {
    guard text.contains("://"), text.contains("@") else { return text }
    var result = ""
    var rest = text[...]
    while let scheme = rest.firstRange(of: "://") {
      result += rest[..<scheme.upperBound]
      rest = rest[scheme.upperBound...]
      let authority = rest.prefix { !"/?# \"".contains($0) }
      if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
        result += rest[...colon] + "***"
        rest = rest[at...]
      }
    }
    return result + rest
  }
}
