import Liquid
import RoostCore
import Segments

/// A value of a person, an event, the workspace… that a template shows as it is, and where.
public struct TemplateRead: Sendable, Hashable {
  /// The part: `/subject`, `/languages/ru/html`.
  public var pointer: String
  /// As the template names it: `person.first_name`.
  public var path: String
  /// The snippet or layout in which it is; "" for the part itself.
  public var source: String
  /// From 1; 0 in the source that blocks become.
  public var line: Int
  public var column: Int

  /// Where it stands, for sentences: `line 3, column 7 of /html`.
  public var place: String {
    (line == 0 ? "" : "line \(line), column \(column) of ")
      + (source.isEmpty ? pointer : "\(source) (taken in by \(pointer))")
  }
}

extension CompiledTemplate {
  /// Where values are shown that may be missing: in all languages, with snippets, layouts and blocks; each place once.
  public var reads: [TemplateRead] { reads(\.shownVariables) }

  private func reads(_ variables: (Template) -> [ShownVariable]) -> [TemplateRead] {
    var found: [TemplateRead] = []
    var seen: Set<TemplateRead> = []
    for (pointer, template) in partsByPointer {
      let isGenerated = pointer.hasSuffix("/blocks")
      for variable in variables(template) where !template.givenNames.contains(variable.path.parts[0]) {
        // Nobody sees the source that is made of blocks.
        let hasPlace = !isGenerated || !variable.source.isEmpty
        let read = TemplateRead(
          pointer: pointer, path: variable.path.text, source: variable.source, line: hasPlace ? variable.line : 0,
          column: hasPlace ? variable.column : 0)
        if seen.insert(read).inserted { found.append(read) }
      }
    }
    return found
  }

  /// Each part once, the document's own before those of its languages.
  var partsByPointer: [(pointer: String, template: Template)] {
    var known: Set<String> = []
    return ([fallback] + variants.sorted { $0.key < $1.key }.map(\.value)).flatMap { variant in
      variant.parts.compactMap { name, template -> (pointer: String, template: Template)? in
        let pointer = variant.pointers[name] ?? "/" + name
        return known.insert(pointer).inserted ? (pointer, template) : nil
      }
    }
  }

  /// What no message can ever fill: names that templates do not have, traits and properties that nobody in the workspace
  /// was ever told by.
  ///
  /// - Parameter isKnown: whether a name of a trait or property was seen in the workspace.
  public func unknownReads(names: [String], isKnown: (String) -> Bool) -> [TemplateFinding] {
    var found: [TemplateFinding] = []
    // All that is read, guarded or not: a name that cannot exist is wrong behind `default` too.
    for read in reads(\.namedVariables) {
      let parts = read.path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard let detail = TemplateVocabulary.objection(parts, names: names, isKnown: isKnown) else { continue }
      found.append(TemplateFinding(read: read, detail: detail))
    }
    return found
  }
}

/// What is to be said about a template that can be used all the same.
public struct TemplateFinding: Sendable, Hashable {
  public var read: TemplateRead
  public var detail: String

  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("pointer", .string(read.pointer)), .init("value", .string(read.path)),
      .init("detail", .string(detail)),
    ]
    if read.line > 0 {
      members += [.init("line", .int(Int64(read.line))), .init("column", .int(Int64(read.column)))]
    }
    if !read.source.isEmpty { members.append(.init("snippet", .string(read.source))) }
    return .object(members)
  }
}

/// The names that templates have.
enum TemplateVocabulary {
  /// With their members; `nil` where a workspace's own data decides.
  private static let roots: [String: [String]?] = [
    "person": Optional<[String]>.none, "event": Optional<[String]>.none, "catalog": ["products", "categories"],
    "workspace": ["key", "name", "currency", "locale"], "journey": ["key"], "unsubscribe_url": [],
    "preferences_url": [], "telegram_url": [],
  ]
  /// Of a person, whatever their traits.
  private static let personal = ["id", "user_id", "email", "phone"]

  /// What is wrong with a path; `nil` if it may lead somewhere.
  static func objection(_ parts: [String], names: [String], isKnown: (String) -> Bool) -> String? {
    let all = roots.keys.sorted()
    guard let known = roots[parts[0]] else {
      return "there is no \(parts[0])" + suggestion(parts[0], among: all)
        + "; templates read \(all.joined(separator: ", ")), and names that they give themselves"
    }
    guard parts.count > 1 else { return nil }
    guard let members = known else {
      let name = parts[1]
      if parts[0] == "person", personal.contains(name) { return nil }
      guard !isKnown(name) else { return nil }
      let what = parts[0] == "person" ? "no person has ever had a trait" : "no event has ever had a property"
      return "\(what) \"\(name)\"" + suggestion(name, among: names)
    }
    guard !members.contains(parts[1]) else { return nil }
    return "\(parts[0]) has no \(parts[1])" + suggestion(parts[1], among: members)
      + (members.isEmpty ? "" : "; it has \(members.joined(separator: ", "))")
  }

  private static func suggestion(_ word: String, among words: [String]) -> String {
    nearest(to: word, in: words).map { "; did you mean \($0)?" } ?? ""
  }
}
