import RoostCore

extension StepReader {
  private static let urlBytesMax = 2_000

  static func readSend(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    guard reader.members(of: json, at: pointer, known: ["id", "channel", "template", "quiet", "over"]) != nil else {
      return nil
    }
    let channel = reader.key(json["channel"], at: pointer + "/channel", "a channel's key")
    let choices = json["template"]?.members == nil ? [] : readChoices(json, at: pointer, with: &reader)
    let template =
      choices.first?.template ?? reader.key(json["template"], at: pointer + "/template", "a template's key")
    let quiet = json["quiet"].flatMap { readQuiet($0, at: pointer + "/quiet", with: &reader) }
    let over = json["over"].flatMap { readOver($0, at: pointer + "/over", with: &reader) }
    guard let channel, let template else { return nil }
    var send = JourneyDefinition.Send(channel: channel, template: template, quiet: quiet, over: over)
    send.choices = choices
    return .send(send)
  }

  private static let choicesMax = 10

  /// `channel: best` with `template: {email: nudge-mail, push: nudge-push}`, the preferred channel first.
  private static func readChoices(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> [JourneyDefinition.Send.Choice] {
    let place = pointer + "/template"
    guard json["channel"]?.string == JourneyDefinition.Send.best else {
      reader.report(place, "several templates, by channel, are for channel: best; else expected one template's key")
      return []
    }
    let members = json["template"]?.members ?? []
    guard (1...choicesMax).contains(members.count) else {
      reader.report(place, "expected 1 to \(choicesMax) channels, such as {email: nudge-mail, push: nudge-push}")
      return []
    }
    return members.compactMap { member in
      let pointer = place + "/" + pointerToken(member.key)
      guard let channel = reader.key(.string(member.key), at: pointer, "a channel's key"),
        let template = reader.key(member.value, at: pointer, "a template's key")
      else { return nil }
      return .init(channel: channel, template: template)
    }
  }

  package static func readQuiet(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.HoldOrSkip? {
    if let answer = json.string.flatMap(JourneyDefinition.HoldOrSkip.init) { return answer }
    reader.report(pointer, "expected hold (it waits for the morning) or skip (it is not sent)")
    return nil
  }

  package static func readOver(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.CapAnswer? {
    switch json.string.flatMap(JourneyDefinition.HoldOrSkip.init) {
    case .hold: return .hold
    case .skip: return .skip
    case nil: break
    }
    guard json.members != nil else {
      reader.report(pointer, "expected hold, skip, or {channel: KEY, template: KEY} for another way")
      return nil
    }
    guard reader.members(of: json, at: pointer, known: ["channel", "template"]) != nil else { return nil }
    let channel = reader.key(json["channel"], at: pointer + "/channel", "a channel's key")
    let template = reader.key(json["template"], at: pointer + "/template", "a template's key")
    guard let channel, let template else { return nil }
    return .instead(channel: channel, template: template)
  }

  static func readWebhook(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    guard reader.members(of: json, at: pointer, known: ["id", "url", "template"]) != nil else { return nil }
    let template = reader.key(json["template"], at: pointer + "/template", "a template's key")
    guard let url = reader.text(json["url"], at: pointer + "/url", "an address such as https://crm.example/hook")
    else { return nil }
    guard isWebAddress(url) else {
      reader.report(pointer + "/url", "expected an address that begins with https:// or http://, without spaces")
      return nil
    }
    return template.map { .webhook(url: url, template: $0) }
  }

  private static func isWebAddress(_ text: String) -> Bool {
    guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }),
      text.utf8.count <= urlBytesMax
    else { return false }
    let rest = text.dropFirst(scheme.count)
    let isClean = rest.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && !(128...159).contains($0.value) }
    return isClean && !rest.isEmpty && !rest.hasPrefix("/") && !rest.hasPrefix("?") && !rest.hasPrefix("#")
  }

  static func readSet(
    _ json: JSONValue, at pointer: String, with reader: inout DefinitionReader
  ) -> JourneyDefinition.Action? {
    guard reader.members(of: json, at: pointer, known: ["trait", "to"]) != nil else { return nil }
    let trait = reader.name(json["trait"], at: pointer + "/trait", "a trait's name")
    let value = json["to"].flatMap(scalar)
    if value == nil {
      reader.report(
        pointer + "/to", "expected a text, a number, true, false or null (which removes the trait)")
    }
    guard let trait, let value else { return nil }
    return .set(trait: trait, to: value)
  }

  private static func scalar(_ json: JSONValue) -> Value? {
    switch json {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int, .double: json.number.map { .number($0) }
    case .string(let text): .string(text)
    case .array, .object: nil
    }
  }
}
