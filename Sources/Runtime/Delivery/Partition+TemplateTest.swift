import Delivery
import Engine
import Liquid
import RoostCore

extension Partition {
  /// Sends a template to an address, to be looked at: by the real channel, marked as a test. No consent is asked for, no
  /// cap counts it, nothing is tracked, and its links lead to nobody's settings.
  ///
  /// - Returns: the message, with what it misses.
  package func sendTest(
    _ workspace: WorkspaceID, _ key: String, _ request: TemplateTestRequest
  ) throws(Problem) -> JSONValue {
    if let failure { throw failure }
    guard let sources = definitions[workspace], let present = compiled[workspace]?.definitions else {
      throw Problem(.notFound, "there is no such workspace")
    }
    guard let template = present.templates[key], let body = sources.latest(.template, key)?.body else {
      throw Problem(.notFound, "there is no template \"\(key)\" that could be sent")
    }
    guard let kind = template.channel.kind else {
      throw .invalid("", "a template for \(template.channel.rawValue) is fetched by a page, not sent")
    }
    let channel = request.channel ?? template.channel.rawValue
    guard present.gate.kind(of: channel) == kind else {
      throw .invalid("/channel", "\(channel) is no channel for \(kind.rawValue), for which the template is")
    }
    guard kind.isUsable(request.to) else { throw .invalid("/to", "this is no address for \(kind.rawValue)") }
    var values = try previewValues(
      workspace, template, request.preview, sample: request.preview.sample ?? body["sample"], present)
    if let language = request.preview.language { values.choose(template, language: language) }
    values = present.withCatalog(values, of: template, at: now())
    // What cannot be rendered is told at once, not sent.
    _ = try template.render(values, in: present, at: now())
    let missing = template.missing(values, in: present, at: now())
    let message = try record(
      test(
        of: template, key, values, to: request.to, channel: channel, kind, workspace, present, request.preview.person))
    let names = missing.map { JSONValue.string($0.value.path) }
    return .object((Self.describe(message).members ?? []) + [.init("missing", .array(names))])
  }

  private func test(
    of template: CompiledTemplate, _ key: String, _ values: TemplateValues, to: String, channel: String,
    _ kind: ChannelKind, _ workspace: WorkspaceID, _ present: WorkspaceDefinitions, _ person: PersonReference?
  ) -> MessageRecord {
    var bytes: [UInt8] = []
    values.encode(into: &bytes)
    let passage = Passage(to: to, channel: channel, kind: kind, template: key)
    var message = MessageRecord(
      id: IntentID(high: random.next(), low: random.next()), workspace: workspace, person: PersonID(0), userID: "",
      email: kind == .email ? to : "", journey: "", version: 0, step: "", channel: channel, template: key,
      templateVersion: template.version, messageClass: .transactional, decision: .deliver(passage, GateEvidence()),
      subject: MessageRecord.testMark + template.subject(values, in: present, at: now()), values: bytes,
      why: ["a test, sent by an operator; nothing counts it"], now: now(), scheduledAt: now())
    message.isTest = true
    return message
  }

  private func record(_ test: MessageRecord) throws(Problem) -> MessageRecord {
    var message = test
    let header = beginCommit()
    if compiled[message.workspace]?.definitions.channel(for: message.channel, address: message.to) == nil {
      deliverToMailbox(&message)
    }
    recordMessageStates([message], header)
    try finishCommit()
    return message
  }
}
