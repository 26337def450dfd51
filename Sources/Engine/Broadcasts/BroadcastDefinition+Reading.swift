import Delivery
import Journeys
import RoostCore

extension BroadcastDefinition {
  static let fields = [
    "broadcast", "name", "segment", "exclude", "channel", "template", "class", "at", "rate", "quiet", "over", "tags",
    "holdout", "test",
  ]
  /// What `segment` says for everybody.
  public static let everybody = "everybody"

  /// Reads a broadcast as its file has it.
  ///
  /// - Throws: a problem with a finding for every field that is wrong.
  public init(json: JSONValue, key: String) throws(Problem) {
    var reader = DefinitionReader()
    let read = Self.read(json, key, with: &reader)
    guard let read, reader.findings.isEmpty else {
      let count = reader.findings.count
      throw Problem(
        .invalid, "the broadcast has \(count) \(count == 1 ? "problem" : "problems")", findings: reader.findings)
    }
    self = read
  }

  private static func read(
    _ json: JSONValue, _ key: String, with reader: inout DefinitionReader
  ) -> BroadcastDefinition? {
    guard reader.members(of: json, at: "", known: fields) != nil else { return nil }
    if let named = json["broadcast"], named.string != key {
      reader.report("/broadcast", "the document is about \(named.text), the address about \"\(key)\"")
    }
    let name = json["name"] == nil ? key : reader.text(json["name"], at: "/name", "a name")
    let segment = reader.key(json["segment"], at: "/segment", "a segment's key, or everybody")
    let exclude = json["exclude"].flatMap { reader.key($0, at: "/exclude", "a segment's key") }
    let channel = reader.key(json["channel"], at: "/channel", "a channel's key, or a kind such as email")
    let messageClass = json["class"].map { JourneyDefinition.readClass($0, with: &reader) } ?? .marketing
    let holdout =
      json["holdout"] == nil ? Share.none : JourneyDefinition.readHoldout(json["holdout"], messageClass, with: &reader)
    let rate = JourneyDefinition.readRate(json["rate"], with: &reader)
    let quiet = json["quiet"].flatMap { StepReader.readQuiet($0, at: "/quiet", with: &reader) }
    let over = json["over"].flatMap { StepReader.readOver($0, at: "/over", with: &reader) }
    let tags = JourneyDefinition.readTags(json["tags"], with: &reader)
    let at = readStart(json["at"], with: &reader)
    let test = json["test"].flatMap { readTest($0, channel, with: &reader) }
    let template = readTemplate(json["template"], test, with: &reader)
    guard let name, let segment, let channel, let messageClass, let template else { return nil }
    return BroadcastDefinition(
      key: key, name: name, segment: segment == everybody ? nil : segment, exclude: exclude, channel: channel,
      template: template, messageClass: messageClass, at: at, rate: rate, quiet: quiet, over: over, tags: tags,
      holdout: holdout, test: test)
  }

  private static func readStart(_ json: JSONValue?, with reader: inout DefinitionReader) -> Instant? {
    guard let json, json.string != "now" else { return nil }
    if let at = json.string.flatMap({ Instant(iso8601: $0) }) { return at }
    reader.report("/at", "expected now, or a time such as 2026-03-01T10:00:00Z")
    return nil
  }

  private static func readTemplate(
    _ json: JSONValue?, _ test: VariantTest?, with reader: inout DefinitionReader
  ) -> String? {
    if case .templates? = test?.variants {
      if json != nil { reader.report("/template", "the test names the templates; leave this one out") }
      return ""
    }
    return reader.key(json, at: "/template", "a template's key")
  }

  private static func readTest(
    _ json: JSONValue, _ channel: String?, with reader: inout DefinitionReader
  ) -> VariantTest? {
    let known = ["subjects", "templates", "share", "decideAfter", "by", "atLeast"]
    guard reader.members(of: json, at: "/test", known: known) != nil else { return nil }
    let variants = readVariants(json, with: &reader)
    let share = readShare(json["share"] ?? "20%", at: "/test/share", with: &reader)
    if let share, share == .none || share == .whole {
      reader.report("/test/share", "some must try the variants and some must be left for the best: write 1% to 99%")
    }
    let after = reader.span(json["decideAfter"] ?? "4h", at: "/test/decideAfter")
    let atLeast = readShare(json["atLeast"] ?? "0%", at: "/test/atLeast", with: &reader)
    let by = (json["by"] ?? "opened").string.flatMap(VariantTest.Measure.init)
    if by == nil { reader.report("/test/by", "expected opened or clicked") }
    guard let variants, let share, let after, let by, let atLeast else { return nil }
    return VariantTest(variants: variants, share: share, decideAfter: after, by: by, atLeast: atLeast)
  }

  private static func readShare(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> Share? {
    if json.number == 0 { return Share.none }
    if let share = json.string.flatMap(Share.init(text:)) { return share }
    reader.report(pointer, "expected a percentage such as 20% or 2.5%")
    return nil
  }

  private static func readVariants(_ json: JSONValue, with reader: inout DefinitionReader) -> VariantTest.Variants? {
    guard (json["subjects"] == nil) != (json["templates"] == nil) else {
      reader.report("/test", "expected subjects, a list of texts, or templates, a list of keys; one of the two")
      return nil
    }
    let word = json["subjects"] == nil ? "templates" : "subjects"
    let pointer = "/test/\(word)"
    guard let items = json[word]?.array, (2...variantsMax).contains(items.count) else {
      reader.report(pointer, "expected a list of 2 to \(variantsMax)")
      return nil
    }
    var list: [String] = []
    for (place, item) in items.enumerated() {
      let at = "\(pointer)/\(place)"
      let text =
        word == "subjects" ? reader.text(item, at: at, "a subject") : reader.key(item, at: at, "a template's key")
      guard let text else { continue }
      if list.contains(text) { reader.report(at, "this is in the list already") }
      list.append(text)
    }
    guard list.count == items.count else { return nil }
    return word == "subjects" ? .subjects(list) : .templates(list)
  }
}
