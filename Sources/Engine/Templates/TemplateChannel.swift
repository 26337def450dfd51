import Delivery
import Liquid

/// What a template is written for: which parts it has and what becomes of them.
public enum TemplateChannel: String, Sendable, CaseIterable {
  case email
  case push
  case sms
  case telegram
  case webhook
  case inapp
  /// The older name of `inapp`.
  case onsite

  /// The kind of channel that carries it.
  public var kind: ChannelKind? { self == .onsite ? .inapp : ChannelKind(rawValue: rawValue) }

  /// One part of a message.
  public struct Part: Sendable {
    public var name: String
    public var form: Template.Form
    public var isRequired: Bool
    public var purpose: String

    init(_ name: String, _ form: Template.Form, _ purpose: String, isRequired: Bool = false) {
      self.name = name
      self.form = form
      self.isRequired = isRequired
      self.purpose = purpose
    }
  }

  /// How a part's text is to be read: what begins as JSON becomes JSON, so that no value can break it.
  func form(of part: Part, _ source: String) -> Template.Form {
    guard
      (self == .webhook && part.name == "body") || (part.name == "data" && (self == .push || kind == .inapp))
        || (part.name == "buttons" && self == .telegram)
    else {
      return part.form
    }
    let begin = source.utf8.drop { $0 <= 32 }
    let isLiquid = begin.starts(with: "{{".utf8) || begin.starts(with: "{%".utf8)
    return !isLiquid && (begin.first == UInt8(ascii: "{") || begin.first == UInt8(ascii: "[")) ? .json : part.form
  }

  public var parts: [Part] {
    switch self {
    case .email:
      [
        Part("subject", .header, "the subject line", isRequired: true),
        Part("preheader", .text, "what mail programs show behind the subject"),
        Part("html", .html, "the letter"), Part("text", .text, "the letter for who reads plain text"),
      ]
    case .push:
      [
        Part("title", .header, "the first line", isRequired: true), Part("body", .text, "the text"),
        Part("url", .header, "where a click leads"), Part("image", .header, "the address of a picture"),
        Part("icon", .header, "the address of a small picture"), Part("badge", .header, "a number at the app's icon"),
        Part("sound", .header, "the name of a sound"), Part("tag", .header, "a later message with it takes its place"),
        Part("data", .text, "for the app: JSON"),
      ]
    case .sms: [Part("text", .text, "the message", isRequired: true)]
    case .telegram:
      [
        Part("text", .html, "the message, with <b>, <i>, <a> …", isRequired: true),
        Part("image", .header, "the address of a picture"), Part("url", .header, "where the button leads"),
        Part("button", .header, "what the button says"), Part("buttons", .text, "rows of buttons: JSON"),
      ]
    case .webhook: [Part("body", .text, "what is sent; JSON if it begins so", isRequired: true)]
    case .inapp, .onsite:
      [
        Part("title", .text, "the first line"), Part("body", .text, "the text", isRequired: true),
        Part("url", .header, "where the button leads"), Part("button", .text, "what the button says"),
        Part("image", .header, "the address of a picture"), Part("alt", .text, "what the picture shows, in words"),
        Part("layout", .header, "banner, card or modal"), Part("data", .text, "for the app: JSON"),
      ]
    }
  }
}
