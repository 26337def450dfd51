/// Why an event was not taken in, in words.
extension HTML {
  /// Codes that are not known here stand as they are.
  mutating func dropReason(_ code: String) {
    if let phrase = Phrase.dropReason(code) { say(phrase) } else { self("code", data: code) }
  }
}

extension Phrase {
  static func dropReason(_ code: String) -> Phrase? {
    switch code {
    case "not_an_object": Phrase("not a JSON object", "не объект JSON")
    case "unknown_type": Phrase("unknown type of call", "неизвестный тип вызова")
    case "invalid_member": Phrase("a field of the wrong kind", "поле неверного типа")
    case "missing_identifier": Phrase("nobody is named", "не указано, кто это")
    case "invalid_identifier": Phrase("an identifier is unusable", "негодный идентификатор")
    case "too_many_identifiers": Phrase("too many identifiers", "слишком много идентификаторов")
    case "missing_event_name": Phrase("the event has no name", "у события нет имени")
    case "invalid_name": Phrase("a name is empty or too long", "имя пустое или слишком длинное")
    case "too_many_names": Phrase("too many different names", "слишком много разных имён")
    case "too_many_fields": Phrase("too many fields", "слишком много полей")
    case "invalid_message_id": Phrase("messageId is unusable", "негодный messageId")
    case "invalid_timestamp": Phrase("the time cannot be read", "время не читается")
    case "timestamp_in_future": Phrase("the time lies in the future", "время в будущем")
    case "event_too_large": Phrase("the event is too large", "событие слишком большое")
    default: nil
    }
  }
}
