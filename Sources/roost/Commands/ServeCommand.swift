import ArgumentParser
import Logging
import RoostCore
import Runtime
import Server

/// `roost serve`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the server.",
    discussion: """
      Prints "listening on http://HOST:PORT" on standard output when it is ready, then a link that signs in once. \
      The log goes to standard error, one JSON object a line. SIGTERM and Ctrl-C end it cleanly; a second one at once.
      """)

  static let defaultHost = "127.0.0.1"
  static let defaultPort = 8_080

  @Option(help: "Where everything is kept (default: ./roost-data).") var data: String?
  @Option(help: "The address to listen on (default: 127.0.0.1).") var host: String?
  @Option(help: "The port to listen on; 0 takes a free one (default: 8080).") var port: String?
  @Option(
    name: .customLong("public-url"),
    help:
      "Where people reach this server, such as https://mail.shop.example: links in messages begin with it (default: where it listens)."
  )
  var publicURL: String?
  @Flag(help: "Time stands still and moves only when told.") var sandbox = false
  @Option(help: "trace, debug, info, notice, warning, error or critical (default: info).") var logLevel: String?
  @Option(name: .customLong("state-memory-mib"), help: "Memory for people's states (default: 256).")
  var stateMemory: String?
  @Option(help: "Events that may wait before calls are refused (default: 400000).") var queuedEvents: String?
  @Option(name: .customLong("disk-reserve-mib"), help: "Free disk space to keep (default: 256).")
  var diskReserve: String?
  @Option(
    name: .customLong("checkpoint-log-mib"),
    help: "How much log to write between two checkpoints: more makes starts after a crash slower (default: 256).")
  var checkpointLog: String?
  @Option(
    name: .customLong("retry-seconds-max"),
    help: "The longest a message waits before it is handed over again; short ones are for trials (default: 28800).")
  var retrySeconds: String?
  @Option(help: "The file with the key that seals channels' credentials (default: secret.key in the data directory).")
  var secretKeyFile: String?
  @Option(help: "A configuration file instead of roost.yaml in the data or working directory.") var config: String?

  func run() async throws {
    let signal = EndSignal()
    let settings = try await Settings(flags: flags, file: config)
    let host = try settings.text(.host, default: Self.defaultHost)
    let port = try settings.number(.port, in: 0...65_535, default: Self.defaultPort)
    let configuration = try Self.nodeConfiguration(settings)
    let level = try settings.logLevel()
    LoggingSystem.bootstrap { label in JSONLogHandler(label: label, level: level) }
    let logger = Logger(label: "roost")
    raiseOpenFiles()

    let node: Node
    do throws(Problem) { node = try Node(configuration, logger: logger) } catch {
      // Only a directory of the other mode conflicts here: what is set does not fit what is there.
      guard error.code == .conflict else { throw error }
      throw Failure(.configuration, error.message)
    }
    node.start(awaitsAddress: true)
    let server: HTTPServer
    do throws(Problem) {
      server = try await HTTPServer.start(node: node, host: host, port: port, log: logger)
    } catch {
      await node.stop()
      throw error
    }
    let url = Self.url(host, server.address.port)
    node.isReached(at: url)
    Terminal.write(line: "listening on \(url)")
    Terminal.write(line: "sign in: \(url)\(server.makeSignInLink())")
    await signal.wait()
    logger.info("ending")
    await server.stop()
    await node.stop()
  }

  private var flags: [Setting: String] {
    var flags: [Setting: String] = [:]
    flags[.data] = data
    flags[.host] = host
    flags[.port] = port
    flags[.publicURL] = publicURL
    flags[.sandbox] = sandbox ? "true" : nil
    flags[.logLevel] = logLevel
    flags[.stateMemory] = stateMemory
    flags[.queuedEvents] = queuedEvents
    flags[.diskReserve] = diskReserve
    flags[.checkpointLog] = checkpointLog
    flags[.retrySeconds] = retrySeconds
    flags[.secretKeyFile] = secretKeyFile
    return flags
  }

  private static func nodeConfiguration(_ settings: Settings) throws(Failure) -> NodeConfiguration {
    var configuration = NodeConfiguration(directory: try settings.data())
    configuration.isSandbox = try settings.flag(.sandbox)
    configuration.publicURL = try settings.publicURL()
    configuration.secretKeyFile = try settings.find(.secretKeyFile)?.text
    let states = configuration.limits.stateBytesMax >> 20
    configuration.limits.stateBytesMax =
      try settings.number(.stateMemory, in: 16...1_048_576, default: states) << 20
    configuration.queuedEventsMax =
      try settings.number(.queuedEvents, in: 1_000...100_000_000, default: configuration.queuedEventsMax)
    let reserve = configuration.diskReserveBytes >> 20
    configuration.diskReserveBytes = try settings.number(.diskReserve, in: 0...1_048_576, default: reserve) << 20
    let log = configuration.limits.checkpointBytes >> 20
    configuration.limits.checkpointBytes =
      try settings.number(.checkpointLog, in: 1...65_536, default: log) << 20
    let retry = Int(configuration.limits.retryDelayMax.milliseconds / 1_000)
    configuration.limits.retryDelayMax = .seconds(
      Int64(try settings.number(.retrySeconds, in: 1...86_400, default: retry)))
    return configuration
  }

  private static func url(_ host: String, _ port: Int) -> String {
    "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}
