import RoostCore

/// A call of the Bot API's methods that send something.
struct TelegramRequest: Sendable, Equatable {
  var method: String
  var parameters: JSONValue

  static let textMax = 4_096
  static let captionMax = 1_024
  /// Of a button, for us; the API has 64 bytes, of which our message's id takes half.
  static let callbackBytesMax = 32
  private static let buttonsMax = 100

  /// - Throws: a finding about a part of the template that Telegram would not take.
  init(_ envelope: MessageEnvelope, isSilent: Bool) throws(Problem) {
    let body = TelegramHTML(envelope.field("text") ?? "")
    guard body.length > 0, body.length <= Self.textMax else {
      throw .invalid("/text", "a message has 1 to \(Self.textMax) characters, this one \(body.length)")
    }
    var members: [JSONValue.Member] = [.init("chat_id", Self.chat(envelope.address))]
    let image = envelope.field("image").flatMap { WebAddress($0)?.text }
    let isPhoto = image != nil && body.length <= Self.captionMax
    if let image, isPhoto { members.append(.init("photo", .string(image))) }
    members.append(.init(isPhoto ? "caption" : "text", .string(body.text)))
    members.append(.init("parse_mode", "HTML"))
    if !isPhoto {
      // A text too long for a caption keeps its picture as the preview of a link.
      members.append(
        .init(
          "link_preview_options",
          image.map { ["url": .string($0), "prefer_large_media": true, "show_above_text": true] }
            ?? ["is_disabled": true]))
    }
    if isSilent { members.append(.init("disable_notification", true)) }
    let rows = try Self.rows(envelope)
    if !rows.isEmpty { members.append(.init("reply_markup", ["inline_keyboard": .array(rows)])) }
    method = isPhoto ? "sendPhoto" : "sendMessage"
    parameters = .object(members)
  }

  /// Chats have numbers; channels may have a name with an @.
  private static func chat(_ address: String) -> JSONValue { Int64(address).map { .int($0) } ?? .string(address) }

  /// `buttons`: rows of `{"text", "url"}` or `{"text", "callback"}`; else one button of `button` and `url`.
  private static func rows(_ envelope: MessageEnvelope) throws(Problem) -> [JSONValue] {
    if let source = envelope.field("buttons") {
      let document: JSONValue
      do throws(JSONError) { document = try JSONValue(parsing: source) } catch {
        throw .invalid("/buttons", "is no JSON: \(error.reason.text), at byte \(error.offset)")
      }
      guard let rows = document.array, rows.reduce(0, { $0 + ($1.array?.count ?? 1) }) <= buttonsMax else {
        throw .invalid(
          "/buttons", "write rows of buttons: [[{\"text\":\"Yes\",\"callback\":\"yes\"}]], \(buttonsMax) at most")
      }
      var keyboard: [JSONValue] = []
      for (place, row) in rows.enumerated() {
        var buttons: [JSONValue] = []
        for button in row.array ?? [row] { buttons.append(try Self.button(button, envelope, "/buttons/\(place)")) }
        keyboard.append(.array(buttons))
      }
      return keyboard
    }
    guard let url = envelope.field("url") else { return [] }
    let label = envelope.field("button") ?? WebAddress(url)?.host ?? url
    return [.array([["text": .string(label), "url": .string(url)]])]
  }

  private static func button(
    _ button: JSONValue, _ envelope: MessageEnvelope, _ pointer: String
  ) throws(Problem) -> JSONValue {
    guard let label = button["text"]?.string, !label.isEmpty else { throw .invalid(pointer, "a button needs a text") }
    if let url = button["url"]?.string { return ["text": .string(label), "url": .string(url)] }
    guard let data = button["callback"]?.string, (1...callbackBytesMax).contains(data.utf8.count) else {
      throw .invalid(pointer, "a button has a url, or a callback of 1 to \(callbackBytesMax) bytes")
    }
    return ["text": .string(label), "callback_data": .string(envelope.id + data)]
  }
}
