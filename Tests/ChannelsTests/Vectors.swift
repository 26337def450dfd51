import Foundation
import RoostCore

@testable import Channels

/// Values that several tests share.
enum Vectors {
  static func base64Decoded(_ text: String) -> String? {
    Data(base64Encoded: text).flatMap { String(data: $0, encoding: .utf8) }
  }

  static func message(
    from: String = "Shop <hi@shop.example>", to: [String] = ["ann@example.com"], subject: String = "Hello",
    text: String? = "Hi Ann", html: String? = nil, messageID: String = "1.2@shop.example",
    headers: [EmailMessage.Header] = []
  ) throws -> EmailMessage {
    EmailMessage(
      from: try MailAddress(parsing: from), to: try to.map { try MailAddress(parsing: $0) }, subject: subject,
      text: text, html: html, messageID: messageID, date: Instant(milliseconds: 880_127_706_000), headers: headers)
  }

  static func envelope(_ recipients: [String] = ["ann@example.com"], data: String = "A: b\r\n\r\nx\r\n") throws
    -> SMTPEnvelope
  {
    try SMTPEnvelope(
      sender: try MailAddress("bounce@shop.example"), recipients: try recipients.map { try MailAddress($0) },
      message: EncodedEmail(bytes: Array(data.utf8), needsUTF8: false))
  }
}
