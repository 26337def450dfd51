import Channels
import RoostCore

/// DKIM signatures of a letter with RSA-2048, beside the bare signatures that OpenSSL makes on the same core.
struct DKIMBench {
  /// OpenSSL's program.
  let openssl: String
  /// Asked for by name: then a missing program is a failure.
  let isNamed: Bool
  let sheet: FigureSheet

  private static let rounds = 5
  private static let letters = 2_000

  func run() throws(Failure) {
    guard File.exists(openssl) else {
      guard !isNamed else { throw Failure(.unavailable, "\(openssl) is not there; install the package openssl") }
      return sheet.say("signatures are not compared: \(openssl) is not there")
    }
    var (ours, theirs): ([Double], [Double]) = ([], [])
    let (rsa, elliptic) = (try signer("RSA", "rsa_keygen_bits:2048"), try signer("ED25519", nil))
    for _ in 0..<Self.rounds {
      theirs.append(try limit())
      ours.append(try Self.rate(rsa, Self.letters))
    }
    let ratio = ours.median / theirs.median
    sheet.add(
      Figure(
        name: "DKIM with RSA-2048, of OpenSSL's limit", value: ratio, unit: "×", target: .atLeast(0.8),
        details: [
          .init(name: "letters signed, one core", value: ours.median, unit: "a second"),
          .init(name: "OpenSSL's bare signatures", value: theirs.median, unit: "a second"),
          .init(name: "with Ed25519", value: try Self.rate(elliptic, 10 * Self.letters), unit: "letters a second"),
        ]))
  }

  private static func letter() throws(Failure) -> EncodedEmail {
    do throws(EmailMessageError) {
      let message = EmailMessage(
        from: try MailAddress("hi@shop.example", displayName: "Shop"), to: [try MailAddress("ann@example.com")],
        subject: "Thank you for your order",
        text: String(repeating: "We write again when it has left us.\n", count: 20),
        html: LiquidLetter.source, messageID: "1@shop.example", date: Instant(milliseconds: 1_800_000_000_000))
      return try message.encoded()
    } catch { throw Failure(.foundProblem, "the letter cannot be written: \(error.detail)") }
  }

  private static func rate(_ signer: DKIMSigner, _ count: Int) throws(Failure) -> Double {
    let letter = try letter()
    let watch = Stopwatch()
    for number in 0..<count {
      var signed = letter
      do throws(DKIMError) {
        try signed.sign(by: [signer], at: Instant(milliseconds: 1_800_000_000_000 + Int64(number) * 1_000))
      } catch { throw Failure(.foundProblem, "the letter cannot be signed: \(error)") }
    }
    return Double(count) / watch.cpuSeconds
  }

  private func signer(_ algorithm: String, _ option: String?) throws(Failure) -> DKIMSigner {
    let arguments = ["genpkey", "-algorithm", algorithm] + (option.map { ["-pkeyopt", $0] } ?? [])
    let pem = try ChildProcess([openssl] + arguments, errors: "/dev/null").wholeOutput(timeoutSeconds: 30)
    do throws(DKIMError) {
      return try DKIMSigner(domain: "shop.example", selector: "bench", key: DKIMKey(parsing: pem))
    } catch { throw Failure(.foundProblem, "OpenSSL's key cannot be read: \(error)") }
  }

  /// `rsa 2048 bits 0.000264s 0.000008s   3786.9 124381.4`: signatures are the last number but one.
  private func limit() throws(Failure) -> Double {
    let process = try ChildProcess([openssl, "speed", "-seconds", "1", "rsa2048"], errors: "/dev/null")
    let words = try process.line(after: "rsa ", timeoutSeconds: 60).split(separator: " ")
    process.wait()
    guard words.count > 2, let rate = Double(words[words.count - 2]) else {
      throw Failure(.foundProblem, "openssl speed says nothing that can be read")
    }
    return rate
  }
}
