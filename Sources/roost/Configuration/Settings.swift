import Configuration
import Glibc
import SystemPackage
import Yams

/// The settings in force. Flags go before variables, these before `roost.yaml`, and that before the defaults.
struct Settings: Sendable {
  /// In order of precedence, each with the words for it in a message.
  private let sources: [(provider: any ConfigProvider, name: String)]

  /// Reads `roost.yaml` (`file`, else the one in the data directory, else the one in the working directory) and the
  /// environment.
  init(flags: [Setting: String], file: String?) async throws(Failure) {
    let given = InMemoryProvider(
      name: "flags",
      values: Dictionary(
        uniqueKeysWithValues: flags.map {
          (AbsoluteConfigKey([$0.key.rawValue]), ConfigValue(.string($0.value), isSecret: false))
        }))
    let environment = EnvironmentVariablesProvider(
      secretsSpecifier: .dynamic { key, _ in key == Setting.token.variable })
    var sources: [(provider: any ConfigProvider, name: String)] = [
      (given, "the command line"), (environment.prefixKeys(with: ["roost"]), "the environment"),
    ]
    let data = try Self.find(.data, in: sources)?.text ?? Self.defaultData
    if let path = try Self.file(file, data: data) {
      sources.append((try await Self.yaml(path), path))
    }
    self.sources = sources
  }

  static let defaultData = "./roost-data"

  /// The file to read; `nil` if there is none. One that was asked for by name must exist.
  private static func file(_ named: String?, data: String) throws(Failure) -> String? {
    if let named = named ?? getenv("ROOST_CONFIG").map({ String(cString: $0) }), !named.isEmpty {
      guard access(named, R_OK) == 0 else {
        throw Failure(.configuration, "the configuration file \(named) cannot be read: \(systemText(errno))")
      }
      return named
    }
    return [data + "/roost.yaml", "roost.yaml"].first { access($0, R_OK) == 0 }
  }

  private static func yaml(_ path: String) async throws(Failure) -> any ConfigProvider {
    do {
      try checkNames(path)
      return try await FileProvider<YAMLSnapshot>(
        parsingOptions: .init(secretsSpecifier: .dynamic { key, _ in key == Setting.token.rawValue }),
        filePath: FilePath(path))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.configuration, "\(path) is no configuration: \(error)")
    }
  }

  /// A misspelt name would otherwise be a setting that silently has no effect.
  private static func checkNames(_ path: String) throws {
    let text = String(decoding: try wholeFile(path), as: UTF8.self)
    guard let root = try Yams.compose(yaml: text) else { return }
    guard let mapping = root.mapping else {
      throw Failure(.configuration, "\(path) must be a list of settings such as \"port: 8080\", one a line")
    }
    for (key, _) in mapping where key.string.flatMap(Setting.init(rawValue:)) == nil {
      let known = Setting.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(
        .configuration,
        "\(path): there is no setting \"\(key.string ?? "?")\" (line \(key.mark?.line ?? 0)); use one of \(known)")
    }
  }

  /// A setting's text and where it comes from; empty counts as not set.
  func find(_ setting: Setting) throws(Failure) -> (text: String, source: String)? {
    try Self.find(setting, in: sources)
  }

  private static func find(
    _ setting: Setting, in sources: [(provider: any ConfigProvider, name: String)]
  ) throws(Failure) -> (text: String, source: String)? {
    for source in sources {
      do {
        let found = try source.provider.value(forKey: AbsoluteConfigKey([setting.rawValue]), type: .string)
        if case .string(let text)? = found.value?.content, !text.isEmpty { return (text, source.name) }
      } catch {
        throw Failure(.configuration, "\(setting.rawValue) in \(source.name) must be a single value, not a list")
      }
    }
    return nil
  }
}
