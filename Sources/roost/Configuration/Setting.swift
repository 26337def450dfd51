/// A setting that a flag, a variable and `roost.yaml` know by one name: `--log-level`, `ROOST_LOG_LEVEL`, `log-level:`.
enum Setting: String, CaseIterable {
  case data
  case host
  case port
  case sandbox
  case logLevel = "log-level"
  case stateMemory = "state-memory-mib"
  case queuedEvents = "queued-events"
  case diskReserve = "disk-reserve-mib"
  case checkpointLog = "checkpoint-log-mib"
  case retrySeconds = "retry-seconds-max"
  case url
  case token
  case workspace
  case sortMemory = "sort-memory-mib"
  case smtp
  case publicURL = "public-url"
  case secretKeyFile = "secret-key-file"

  /// The variable that sets it.
  var variable: String { "ROOST_" + rawValue.uppercased().replacing("-", with: "_") }

  /// All the ways to set it, for messages. A secret is no flag: other users of the machine see a process's arguments.
  var ways: String {
    isSecret ? "\(variable) or \(rawValue): in roost.yaml" : "--\(rawValue), \(variable) or \(rawValue): in roost.yaml"
  }

  var isSecret: Bool { self == .token }
}
