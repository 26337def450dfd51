import Channels
import Delivery
import Engine
import RoostCore

/// In whose name a channel sends: its addresses and its DKIM keys, read once.
struct SenderIdentity: Sendable {
  let from: MailAddress
  let replyTo: MailAddress?
  let signers: [DKIMSigner]
  private let settings: EmailSettings
  private let bounceAddress: MailAddress?

  /// Checks a channel's addresses and keys; findings name the fields.
  ///
  /// - Parameter keys: the folder of key files.
  init(_ channel: ChannelDefinition, keys: String) throws(Problem) {
    from = try Self.address(channel.from, "/from")
    replyTo = try channel.replyTo.map { text throws(Problem) in try Self.address(text, "/replyTo") }
    settings = channel.email
    bounceAddress = try channel.email.bounceAddress.map { text throws(Problem) in
      let address = try Self.address(text, "/bounceAddress")
      guard address.localPart.utf8.count <= Self.bounceLocalPartMax, !address.needsUTF8 else {
        throw .invalid(
          "/bounceAddress",
          "has to have at most \(Self.bounceLocalPartMax) ASCII characters before the @, for a token is added to them")
      }
      return address
    }
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
  func envelope(_ handoff: Handoff, links: LetterLinks?) throws(Problem) -> SMTPEnvelope {
    let message = handoff.message
    var content = try handoff.content(links)
    if message.isTest { content.markAsTest() }
    var letter = (text: content.text, html: content.html)
    links?.place(
      in: &letter, of: message, settings: settings, isTracked: handoff.isTracked, language: handoff.language)
    do throws(EmailMessageError) {
      let email = EmailMessage(
        from: from, to: [try MailAddress(parsing: message.to, field: "to")], replyTo: replyTo,
        subject: content.subject, text: letter.text, html: letter.html,
        messageID: "\(message.id.text)@\(from.domain)", date: message.createdAt,
        headers: links?.headers(of: message) ?? [])
      var encoded = try email.encoded()
      try sign(&encoded, at: message.createdAt)
      let sender = try bounceAddress.map { address throws(EmailMessageError) in
        try returnPath(address, message, links)
      }
      return try SMTPEnvelope(sender: sender ?? from, recipients: email.to, message: encoded)
    } catch { throw Problem(.invalid, "\(error.field): \(error.detail)") }
  }

  /// Room for `+` and a token in the 64 characters of a local part (RFC 5321 4.5.3.1.1).
  private static let bounceLocalPartMax = 12

  /// An address of its own for each message (VERP), so that a bounce names it however little it quotes.
  private func returnPath(
    _ address: MailAddress, _ message: MessageRecord, _ links: LetterLinks?
  ) throws(EmailMessageError) -> MailAddress {
    guard let links else { return address }
    let token = links.signer.addressToken(.bounce(message.workspace, message.id))
    return try MailAddress("\(address.localPart)+\(token)@\(address.domain)", field: "bounceAddress")
  }

  private func sign(_ encoded: inout EncodedEmail, at time: Instant) throws(EmailMessageError) {
    do throws(DKIMError) { try encoded.sign(by: signers, at: time) } catch {
      throw EmailMessageError(.missing, field: "dkim", detail: error.detail)
    }
  }
}
