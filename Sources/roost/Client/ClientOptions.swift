import ArgumentParser
import Glibc
import RoostCore

/// Options of every command that speaks with a running server.
struct ClientOptions: ParsableArguments {
  @Option(help: "The server's address (default: http:// with host and port as roost serve would use them).")
  var url: String?

  @Option(help: "The server's data directory, for its operator.token (default: ./roost-data).")
  var data: String?

  @Option(help: "A configuration file instead of roost.yaml in the data or working directory.")
  var config: String?

  func settings(_ more: [Setting: String] = [:]) async throws(Failure) -> Settings {
    var flags = more
    flags[.url] = url
    flags[.data] = data
    return try await Settings(flags: flags, file: config)
  }

  func api(_ settings: Settings) throws(Failure) -> API {
    let token = try Self.token(settings)
    return API(try HTTPClient(try Self.address(settings)), token: token)
  }

  /// Where the server is.
  static func address(_ settings: Settings) throws(Failure) -> ServerAddress {
    if let found = try settings.find(.url) {
      guard let address = ServerAddress(found.text) else {
        throw settings.invalid(.url, found, "an address such as http://127.0.0.1:8080")
      }
      return address
    }
    let host = try settings.text(.host, default: ServeCommand.defaultHost)
    let port = try settings.number(.port, in: 0...65_535, default: ServeCommand.defaultPort)
    // A server that listens everywhere also listens here.
    let reachable = ["0.0.0.0", "::", ""].contains(host) ? "127.0.0.1" : host
    let name = reachable.contains(":") ? "[\(reachable)]" : reachable
    guard port > 0, let address = ServerAddress("http://\(name):\(port)") else {
      throw Failure(.configuration, "the server's address is not known: give it with \(Setting.url.ways)")
    }
    return address
  }

  /// `ROOST_TOKEN`, or the token that the server keeps in its data directory.
  static func token(_ settings: Settings) throws(Failure) -> String {
    if let found = try settings.find(.token) { return found.text }
    let path = try settings.data() + "/operator.token"
    guard access(path, R_OK) == 0 else {
      throw Failure(
        .configuration,
        "\(path) cannot be read (\(systemText(errno))); set \(Setting.token.variable), or --data to the server's data directory"
      )
    }
    return String(decoding: try wholeFile(path).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}

/// How data is written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// `-o` of commands that read.
struct OutputOptions: ParsableArguments {
  @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
  var format: OutputFormat = .text
}
