import RoostCore

/// What a preview is to be made of.
public struct TemplatePreviewRequest: Sendable {
  public var person: PersonReference?
  public var event: JSONValue?
  public var sample: JSONValue?
  public var language: String?
  /// A template that is not put yet, in place of the newest version.
  public var template: JSONValue?

  public init(
    person: PersonReference? = nil, event: JSONValue? = nil, sample: JSONValue? = nil, language: String? = nil,
    template: JSONValue? = nil
  ) {
    self.person = person
    self.event = event
    self.sample = sample
    self.language = language
    self.template = template
  }

  /// Reads the body of a call.
  public init(_ body: JSONValue) throws(Problem) {
    guard let members = body.members else {
      throw .invalid("", "a preview is asked for by an object, not \(body.kind)")
    }
    var findings: [Problem.Finding] = []
    self.init()
    for member in members {
      switch (member.key, member.value) {
      case (_, .null): break
      case ("person", .string(let text)):
        do throws(Problem) { person = try PersonReference(text) } catch {
          findings.append(.init(pointer: "/person", detail: error.message))
        }
      case ("language", .string(let text)): language = text
      case ("event", .object): event = member.value
      case ("sample", .object): sample = member.value
      case ("template", .object): template = member.value
      case ("person", _), ("language", _):
        findings.append(.init(pointer: "/" + member.key, detail: "\(member.key) is a text, not \(member.value.kind)"))
      case ("event", _), ("sample", _), ("template", _):
        findings.append(
          .init(pointer: "/" + member.key, detail: "\(member.key) is an object, not \(member.value.kind)"))
      default:
        findings.append(
          .init(
            pointer: "/" + pointerToken(member.key),
            detail: "a preview has person, event, sample, language and template"))
      }
    }
    guard findings.isEmpty else { throw Problem(.invalid, "the preview cannot be made", findings: findings) }
  }
}
