import Channels
import Delivery
import Engine
import RoostCore

/// In whose name a channel sends: its addresses and its DKIM keys, read once.
struct SenderIdentity: Sendable {
  let from: MailAddress
  let replyTo: MailAddress?
  let signers: [DKIMSigner]

  /// Checks a channel's addresses and keys; findings name the fields.
  ///
  /// - Parameter keys: the folder of key files.
  init(_ channel: ChannelDefinition, keys: String) throws(Problem) {
    from = try Self.address(channel.from, "/from")
    replyTo = try channel.replyTo.map { text throws(Problem) in try Self.address(text, "/replyTo") }
    if let bounceAddress = channel.email.bounceAddress { _ = try Self.address(bounceAddress, "/bounceAddress") }
    var signers: [DKIMSigner] = []
    for (place, signature) in channel.email.signatures.enumerated() {
      let pointer = channel.email.signatures.count == 1 ? "/dkim" : "/dkim/\(place)"
      signers.append(try Self.signer(signature, pointer, sender: from, keys: keys))
    }
    self.signers = signers
  }

  private static func address(_ text: String, _ pointer: String) throws(Problem) -> MailAddress {
    do throws(EmailMessageError) { return try MailAddress(parsing: text, field: pointer) } catch {
      throw .invalid(pointer, error.detail)
    }
  }

  private static func signer(
    _ signature: EmailSettings.Signature, _ pointer: String, sender: MailAddress, keys: String
  ) throws(Problem) -> DKIMSigner {
    let text: String
    let member: String
    switch signature.key {
    case .text(let key): (text, member) = (key, "privateKey")
    case .file(let name):
      guard let contents = try smallFile(keys + "/" + name) else {
        throw .invalid(pointer + "/privateKeyFile", "there is no such file in the folder keys of the data directory")
      }
      (text, member) = (contents, "privateKeyFile")
    }
    let key: DKIMKey
    do throws(DKIMError) { key = try DKIMKey(parsing: text) } catch {
      throw .invalid("\(pointer)/\(member)", error.detail)
    }
    do throws(DKIMError) {
      return try DKIMSigner(domain: signature.domain ?? sender.domain, selector: signature.selector, key: key)
    } catch { throw .invalid(pointer, error.detail) }
  }

  /// The e-mail of a message, signed. `Message-ID` derives from the intent, so that a second hand-off is the same e-mail.
  func envelope(_ handoff: Handoff) throws(Problem) -> SMTPEnvelope {
    let message = handoff.message
    guard let content = handoff.content else { throw Problem(.invalid, "the template \(message.template) is gone") }
    do throws(EmailMessageError) {
      let email = EmailMessage(
        from: from, to: [try MailAddress(parsing: message.to, field: "to")], replyTo: replyTo,
        subject: content.subject, text: content.text, html: content.html,
        messageID: "\(message.id.text)@\(from.domain)", date: message.createdAt)
      var encoded = try email.encoded()
      try sign(&encoded, at: message.createdAt)
      return try SMTPEnvelope(sender: from, recipients: email.to, message: encoded)
    } catch { throw Problem(.invalid, "\(error.field): \(error.detail)") }
  }

  private func sign(_ encoded: inout EncodedEmail, at time: Instant) throws(EmailMessageError) {
    do throws(DKIMError) { try encoded.sign(by: signers, at: time) } catch {
      throw EmailMessageError(.missing, field: "dkim", detail: error.detail)
    }
  }
}
