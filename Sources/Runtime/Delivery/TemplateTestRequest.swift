import RoostCore

/// To whom a template is sent to be looked at, and with what values.
public struct TemplateTestRequest: Sendable {
  /// An address of the channel: e-mail, phone, chat, device.
  public var to: String
  /// The key or kind of another channel than the template's own.
  public var channel: String?
  public var preview: TemplatePreviewRequest

  public init(to: String, channel: String? = nil, preview: TemplatePreviewRequest = TemplatePreviewRequest()) {
    self.to = to
    self.channel = channel
    self.preview = preview
  }

  /// Reads the body of a call.
  public init(_ body: JSONValue) throws(Problem) {
    guard let members = body.members else {
      throw .invalid("", "a test is asked for by an object, not \(body.kind)")
    }
    guard body["template"] == nil else {
      throw .invalid("/template", "put the template first: a test sends what is put")
    }
    guard let to = body["to"]?.string, !to.isEmpty else {
      throw .invalid("/to", "to is the address that the test goes to, such as you@shop.example")
    }
    var channel: String?
    if let value = body["channel"], value != .null {
      guard let text = value.string else { throw .invalid("/channel", "channel is the key or the kind of a channel") }
      channel = text
    }
    self.init(
      to: to, channel: channel,
      preview: try TemplatePreviewRequest(.object(members.filter { $0.key != "to" && $0.key != "channel" })))
  }
}
