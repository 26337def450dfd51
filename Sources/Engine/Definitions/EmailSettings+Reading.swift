import RoostCore

extension EmailSettings {
  private static let listMax = 16
  private static let domainsMax = 1_000

  /// Reads the members of a channel document; what is wrong goes into `findings`.
  mutating func read(_ body: JSONValue, _ findings: inout [Problem.Finding]) {
    readAccounts(body, &findings)
    readSignatures(body["dkim"], &findings)
    readBounces(body, &findings)
    readTracking(body["track"], &findings)
    readPaces(body["domainRates"], &findings)
  }

  private mutating func readAccounts(_ body: JSONValue, _ findings: inout [Problem.Finding]) {
    switch (body["url"], body["accounts"]) {
    case (.string(let url)?, nil) where !url.isEmpty: accounts = [Account(url: url)]
    case (nil, .array(let items)?) where (1...Self.listMax).contains(items.count):
      for (place, item) in items.enumerated() { readAccount(item, "/accounts/\(place)", &findings) }
      if !accounts.isEmpty, accounts.allSatisfy({ $0.weight == 0 }) {
        findings.append(.init(pointer: "/accounts", detail: "at least one account needs a weight above 0"))
      }
    case (nil, nil), (.some, nil):
      findings.append(.init(pointer: "/url", detail: "a channel needs a url such as smtp://127.0.0.1:1025"))
    case (.some, .some):
      findings.append(.init(pointer: "/accounts", detail: "a channel has a url or accounts, not both"))
    default:
      findings.append(
        .init(pointer: "/accounts", detail: "accounts are a list of 1 to \(Self.listMax) of url and weight"))
    }
  }

  private mutating func readAccount(_ item: JSONValue, _ pointer: String, _ findings: inout [Problem.Finding]) {
    if case .string(let url) = item { return accounts.append(Account(url: url)) }
    Self.refuseOthers(item, ["url", "weight"], pointer, &findings)
    guard let url = item["url"]?.string else {
      return findings.append(
        .init(pointer: pointer + "/url", detail: "an account needs a url such as smtp://mx1.shop.example"))
    }
    var weight = 1
    if let given = item["weight"] {
      guard let number = given.int, (0...1_000).contains(number) else {
        return findings.append(.init(pointer: pointer + "/weight", detail: "a weight is a whole number from 0 to 1000"))
      }
      weight = Int(number)
    }
    accounts.append(Account(url: url, weight: weight))
  }

  private mutating func readSignatures(_ dkim: JSONValue?, _ findings: inout [Problem.Finding]) {
    switch dkim {
    case nil: break
    case .array(let items)? where items.count <= 4:
      for (place, item) in items.enumerated() { readSignature(item, "/dkim/\(place)", &findings) }
    case .object?: readSignature(dkim!, "/dkim", &findings)
    default:
      findings.append(
        .init(pointer: "/dkim", detail: "dkim is {\"selector\":…,\"privateKey\":…} or a list of at most 4 such"))
    }
  }

  private mutating func readSignature(_ item: JSONValue, _ pointer: String, _ findings: inout [Problem.Finding]) {
    Self.refuseOthers(item, ["domain", "selector", "privateKey", "privateKeyFile"], pointer, &findings)
    let key: Signature.Key
    switch (item["privateKey"]?.string, item["privateKeyFile"]?.string) {
    case (let text?, nil): key = .text(text)
    case (nil, let name?) where Self.isFileName(name): key = .file(name)
    case (nil, .some):
      return findings.append(
        .init(
          pointer: pointer + "/privateKeyFile",
          detail: "is the name of a file in the folder keys of the data directory, such as shop.pem"))
    default:
      return findings.append(
        .init(
          pointer: pointer + "/privateKey",
          detail: "a signature needs a privateKey in PEM or a privateKeyFile, not both"))
    }
    guard let selector = item["selector"]?.string, !selector.isEmpty else {
      return findings.append(
        .init(pointer: pointer + "/selector", detail: "a signature needs the selector under which the key is published")
      )
    }
    signatures.append(Signature(domain: item["domain"]?.string, selector: selector, key: key))
  }

  private static func isFileName(_ name: String) -> Bool {
    (1...100).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
  }

  private mutating func readBounces(_ body: JSONValue, _ findings: inout [Problem.Finding]) {
    if let address = body["bounceAddress"] {
      if let text = address.string, !text.isEmpty {
        bounceAddress = text
      } else {
        findings.append(.init(pointer: "/bounceAddress", detail: "is an address such as bounces@shop.example"))
      }
    }
    guard let mailbox = body["mailbox"] else { return }
    Self.refuseOthers(mailbox, ["url", "every"], "/mailbox", &findings)
    let every = mailbox["every"].map { $0.string.flatMap(TimeSpan.init(text:)) } ?? .minutes(1)
    guard let url = mailbox["url"]?.string, !url.isEmpty else {
      return findings.append(
        .init(pointer: "/mailbox/url", detail: "a mailbox needs a url such as pop3s://user:password@mail.shop.example"))
    }
    guard let every, every >= .seconds(5), every <= .days(1) else {
      return findings.append(.init(pointer: "/mailbox/every", detail: "is a time from 5s to 1d, such as 1m"))
    }
    self.mailbox = Mailbox(url: url, every: every)
  }

  private mutating func readTracking(_ track: JSONValue?, _ findings: inout [Problem.Finding]) {
    guard let track else { return }
    if let flag = track.bool {
      (tracksOpens, tracksClicks) = (flag, flag)
      return
    }
    guard track.members != nil else {
      return findings.append(
        .init(pointer: "/track", detail: "is true, false or {\"opens\":…,\"clicks\":…} of true and false"))
    }
    Self.refuseOthers(track, ["opens", "clicks"], "/track", &findings)
    for (name, path) in [("opens", \EmailSettings.tracksOpens), ("clicks", \EmailSettings.tracksClicks)] {
      guard let value = track[name] else { continue }
      guard let flag = value.bool else {
        findings.append(.init(pointer: "/track/\(name)", detail: "is true or false"))
        continue
      }
      self[keyPath: path] = flag
    }
  }

  private mutating func readPaces(_ rates: JSONValue?, _ findings: inout [Problem.Finding]) {
    guard let rates else { return }
    guard let members = rates.members, members.count <= Self.domainsMax else {
      return findings.append(
        .init(
          pointer: "/domainRates",
          detail:
            "are at most \(Self.domainsMax) of a domain and a rate, such as {\"gmail.com\":\"600/min\",\"*\":\"60/min\"}"
        ))
    }
    for member in members {
      guard let perSecond = member.value.string.flatMap(Self.perSecond) else {
        findings.append(
          .init(
            pointer: "/domainRates/" + pointerToken(member.key), detail: "is a rate such as 10/s, 600/min or 5000/h"))
        continue
      }
      paces.append(DomainPace(domain: member.key.lowercased(), perSecond: perSecond))
    }
  }

  /// `10/s`, `600/min`, `5000/h`.
  private static func perSecond(_ text: String) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let units: [Substring: Double] = ["s": 1, "min": 60, "h": 3_600]
    guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count), let seconds = units[parts[1]]
    else { return nil }
    return Double(count) / seconds
  }

  private static func refuseOthers(
    _ item: JSONValue, _ known: [String], _ pointer: String, _ findings: inout [Problem.Finding]
  ) {
    for member in item.members ?? [] where !known.contains(member.key) {
      findings.append(
        .init(
          pointer: pointer + "/" + pointerToken(member.key),
          detail: "is unknown here; there are \(known.joined(separator: ", "))"))
    }
  }
}
