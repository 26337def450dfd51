import Glibc
import RoostCore
import Server
import Yams

/// A definition found in a file.
struct DefinitionFile {
  enum Kind: String, CaseIterable {
    case policies
    case channel
    case template
    case segment
    case journey
    case broadcast
    case voucherPool = "voucher-pool"
  }

  var kind: Kind
  var key: String
  /// The document without the member that names it, where it is none of the definition's own.
  var body: JSONValue
  /// File and place in it, for messages.
  var place: String

  init(kind: Kind, key: String, body: JSONValue, place: String) {
    self.kind = kind
    self.key = key
    self.body = body
    self.place = place
  }

  /// All documents of a file, or of a directory's YAML and JSON files, those of its folders included.
  static func read(pathOrDirectory path: String) throws(Failure) -> [DefinitionFile] {
    var files: [DefinitionFile] = []
    for file in paths(below: path) { files += try read(file) }
    return files
  }

  /// The file itself, or the YAML and JSON files of a directory and its folders.
  static func paths(below path: String) -> [String] {
    guard let names = entries(of: path) else { return [path] }
    // A workspace's own settings are given when it is made.
    return names.filter { !$0.hasPrefix(".") && !$0.hasPrefix("workspace.") }.flatMap { name -> [String] in
      let inner = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      let isDefinition = [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
      return isDefinition || entries(of: inner) != nil ? paths(below: inner) : []
    }
  }

  /// The names in a directory, sorted; `nil` for what is none.
  private static func entries(of path: String) -> [String]? {
    guard let stream = opendir(path) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// All documents of a file.
  static func read(_ path: String) throws(Failure) -> [DefinitionFile] {
    let text = String(decoding: try wholeFile(path), as: UTF8.self)
    do {
      let nodes = try Array(Yams.compose_all(yaml: text))
      return try nodes.enumerated().map { index, node in
        try DefinitionFile(node, path, place: nodes.count > 1 ? "\(path), document \(index + 1)" : path)
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.foundProblem, "\(path) is neither YAML nor JSON: \(error)")
    }
  }

  private init(_ node: Node, _ path: String, place: String) throws {
    guard var mapping = node.mapping else {
      throw Failure(.foundProblem, "\(place): a definition is a mapping, such as \"segment: lapsing\" and what follows")
    }
    self.place = place
    // A template has a `channel` as well, a broadcast a segment and a template too; a journey's and a segment's members are their own: the most telling name first.
    if let (kind, key) = Self.named(mapping) {
      (self.kind, self.key) = (kind, key)
      if [.template, .channel, .voucherPool].contains(kind) { mapping[Node(kind.rawValue)] = nil }
    } else if let (kind, key) = Self.named(path) {
      (self.kind, self.key) = (kind, key)
    } else {
      throw Failure(
        .foundProblem,
        "\(place): say what it is with segment:, template:, channel: or journey: and its key at the top, or keep it in a folder of that name"
      )
    }
    let yaml = try Yams.serialize(node: .mapping(mapping), allowUnicode: true)
    do throws(Problem) { body = try JSONValue(yaml: yaml) } catch {
      throw Failure(.foundProblem, "\(place): \(error.message)")
    }
  }

  private static func named(_ mapping: Node.Mapping) -> (Kind, String)? {
    for kind in [Kind.journey, .broadcast, .segment, .template, .voucherPool] {
      if let key = mapping[Node(kind.rawValue)]?.string { return (kind, key) }
    }
    if ["caps", "quietHours", "globalHoldout"].contains(where: { mapping[Node($0)] != nil }) {
      return (.policies, Kind.policies.rawValue)
    }
    // A template without a name of its own has a subject; a channel has none.
    guard mapping[Node("subject")] == nil, let key = mapping[Node(Kind.channel.rawValue)]?.string else { return nil }
    return (.channel, key)
  }

  /// `…/templates/miss-you.yaml`
  static func named(_ path: String) -> (Kind, String)? {
    let parts = path.split(separator: "/")
    guard parts.count >= 2, let file = parts.last?.split(separator: ".").first else { return nil }
    let folder = parts[parts.count - 2]
    return Kind.allCases.first { folder == $0.rawValue + "s" }.map { ($0, String(file)) }
  }
}
