import RoostCore
import Yams

extension JSONValue {
  /// Reads one YAML document. Scalars are typed by the core schema of YAML 1.2: `yes` is a text, `012` a number,
  /// quoted scalars are always texts. Keys become texts.
  ///
  /// - Throws: `Problem` with the line and column, for wrong YAML, several documents, a key given twice, and documents
  ///   that are nested deeper than 64 or, with their aliases written out, larger than 100,000 nodes.
  public init(yaml: String) throws(Problem) {
    self = try JSONValue(yamlNode: try Self.yamlRoot(yaml))
  }

  /// The tree of one document, within `YAMLLimits`.
  static func yamlRoot(_ yaml: String) throws(Problem) -> Yams.Node {
    try YAMLLimits.check(yaml)
    let root: Yams.Node?
    do {
      // The basic resolver leaves scalars alone: what they are is decided here.
      root = try Parser(yaml: yaml, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw Self.problem(error)
    } catch { throw .invalid("", "the YAML cannot be read: \(error)") }
    guard let root else { throw .invalid("", "the YAML is empty") }
    return root
  }

  init(yamlNode root: Yams.Node) throws(Problem) {
    var reader = YAMLReader()
    self = try reader.value(root, depth: 1)
  }

  private static func problem(_ error: YamlError) -> Problem {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      if problem == "but found another document" {
        return .invalid("", "\(place(mark)): a second document begins here; send one")
      }
      let words = context.map { "\($0.text) (line \($0.mark.line)), \(problem)" } ?? problem
      return .invalid("", "\(place(mark)): \(words)")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
      return .invalid("", "\(place(context.mark)): the key \(names) is given twice")
    case .reader(let problem, let offset, _, _):
      return .invalid("", "the YAML cannot be read at byte \(offset ?? 0): \(problem)")
    default: return .invalid("", "the YAML cannot be read")
    }
  }

  fileprivate static func place(_ mark: Mark?) -> String {
    mark.map { "line \($0.line), column \($0.column)" } ?? "somewhere"
  }
}

/// Turns Yams' tree into JSON's.
private struct YAMLReader {
  private var nodes = 0

  mutating func value(_ node: Yams.Node, depth: Int) throws(Problem) -> JSONValue {
    nodes += 1
    guard nodes <= YAMLLimits.nodesMax else {
      throw problem(node, "the document has more than \(YAMLLimits.nodesMax) values, with its aliases written out")
    }
    guard depth <= YAMLLimits.depthMax else {
      throw problem(node, "the document is nested deeper than \(YAMLLimits.depthMax)")
    }
    switch node {
    case .scalar(let scalar): return try self.scalar(scalar, node)
    case .sequence(let sequence):
      var items: [JSONValue] = []
      for item in sequence { items.append(try value(item, depth: depth + 1)) }
      return .array(items)
    case .mapping(let mapping):
      var members: [JSONValue.Member] = []
      for (key, item) in mapping {
        guard case .scalar(let name) = key else { throw problem(key, "a key is a text") }
        members.append(.init(name.string, try value(item, depth: depth + 1)))
      }
      return .object(members)
    case .alias: throw problem(node, "an alias that nothing is named by")
    }
  }

  private func scalar(_ scalar: Yams.Node.Scalar, _ node: Yams.Node) throws(Problem) -> JSONValue {
    let text = scalar.string
    switch scalar.tag.rawValue {
    case "" where scalar.style == .plain || scalar.style == .any:
      let value = CoreSchema.value(text)
      guard let value else { throw problem(node, "\(text) is no number that JSON has") }
      return value
    case "", "!", "tag:yaml.org,2002:str": return .string(text)
    case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null":
      guard let value = CoreSchema.value(text), value.string == nil else {
        throw problem(node, "\"\(text)\" is not what its tag says")
      }
      return value
    default: throw problem(node, "the tag \(scalar.tag.rawValue) is not known here")
    }
  }

  private func problem(_ node: Yams.Node, _ detail: String) -> Problem {
    .invalid("", "\(JSONValue.place(node.mark)): \(detail)")
  }
}

/// The core schema of YAML 1.2.2, chapter 10.3.
enum CoreSchema {
  /// What a plain scalar means; `nil` for infinities and not-a-number, which JSON has not.
  static func value(_ text: String) -> JSONValue? {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".nan", ".NaN", ".NAN": return nil
    default: break
    }
    var digits = text[...]
    let sign = digits.first.map { $0 == "-" || $0 == "+" } == true ? digits.removeFirst() : nil
    if digits == ".inf" || digits == ".Inf" || digits == ".INF" { return nil }
    if sign == nil, let number = prefixed(digits) { return number }
    guard isDecimal(digits) else { return .string(text) }
    let signed = (sign == "-" ? "-" : "") + digits
    if let int = Int64(signed) { return .int(int) }
    guard let double = Double(signed), double.isFinite else { return nil }
    return .double(double)
  }

  /// `0x1F`, `0o17`.
  private static func prefixed(_ text: Substring) -> JSONValue? {
    let radix = text.hasPrefix("0x") ? 16 : text.hasPrefix("0o") ? 8 : 0
    let digits = text.dropFirst(2)
    guard radix > 0, digits.first?.isHexDigit == true else { return nil }
    return Int64(digits, radix: radix).map { .int($0) }
  }

  /// `[0-9]+`, or `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func isDecimal(_ text: Substring) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Int {
      let count = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
      rest = rest.dropFirst(count)
      return count
    }
    let whole = digits()
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      fraction = digits()
    }
    guard whole + fraction > 0 else { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}

extension JSONValue {
  /// Reads a text of one YAML document or several, each after a line that begins with `---`. A finding names the line in
  /// its own document.
  public static func documents(yaml: String) throws(Problem) -> [JSONValue] {
    var texts: [String] = [""]
    for line in yaml.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "---" || line.hasPrefix("--- ") || line.hasPrefix("---\r") {
        texts.append(String(line.dropFirst(3)) + "\n")
      } else {
        texts[texts.count - 1] += line + "\n"
      }
    }
    let filled = texts.filter { text in
      text.split(separator: "\n").contains { line in
        let first = line.first { $0 != " " && $0 != "\t" && $0 != "\r" }
        return first != nil && first != "#"
      }
    }
    guard !filled.isEmpty else { throw .invalid("", "the YAML is empty") }
    var documents: [JSONValue] = []
    for text in filled { documents.append(try JSONValue(yaml: text)) }
    return documents
  }
}
