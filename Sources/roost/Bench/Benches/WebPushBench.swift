import Channels
import RoostCore

/// Encryptions of web push messages, each with a fresh key pair, beside pywebpush's of the same text to the same browser.
struct WebPushBench {
  let python: String
  /// Asked for by name: then a missing Python is a failure.
  let isNamed: Bool
  let sheet: FigureSheet

  private static let rounds = 3
  private static let messages = 5_000
  /// RFC 8291 5: the browser of the example.
  private static let keys = (
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg"
  )
  private static let text =
    #"{"title":"Your order is on its way","body":"It arrives on Tuesday.","url":"https://shop.example/o/1"}"#

  func run() throws(Failure) {
    guard
      let browser = PushSubscription(endpoint: "https://push.example/1", keys: "\(Self.keys.p256dh).\(Self.keys.auth)")
    else { throw Failure(.foundProblem, "the subscription of RFC 8291 cannot be read") }
    let plain = Array(Self.text.utf8)
    var rates: [Double] = []
    for _ in 0..<Self.rounds {
      let watch = Stopwatch()
      for _ in 0..<Self.messages {
        guard PushEncryption.encrypt(plain, for: browser) != nil else {
          throw Failure(.foundProblem, "a message cannot be encrypted")
        }
      }
      rates.append(Double(Self.messages) / watch.cpuSeconds)
    }
    let ours = Figure.Detail(name: "one core", value: rates.median, unit: "a second")
    guard let theirs = try comparison() else {
      return sheet.add(Figure(name: "web push encryptions", value: rates.median, unit: "a second"))
    }
    sheet.add(
      Figure(
        name: "web push encryptions, of pywebpush's", value: rates.median / theirs, unit: "×", target: .atLeast(2),
        details: [ours, .init(name: "pywebpush", value: theirs, unit: "a second")]))
  }

  /// Encryptions a second of processor time by pywebpush, which leaves them to http_ece.
  private func comparison() throws(Failure) -> Double? {
    guard File.exists(python) else {
      guard !isNamed else { throw Failure(.unavailable, "\(python) is not there; run scripts/setup.sh push") }
      sheet.say("web push is not compared: \(python) is not there; scripts/setup.sh push makes it")
      return nil
    }
    let process = try ChildProcess(
      [python, "-c", Self.program],
      environment: ["P256DH=" + Self.keys.p256dh, "AUTH=" + Self.keys.auth, "TEXT=" + Self.text], errors: "/dev/null")
    let line = try process.line(after: "encryptions ", timeoutSeconds: 120)
    process.wait()
    guard let rate = Double(line) else { throw Failure(.foundProblem, "pywebpush says nothing that can be read") }
    return rate
  }

  private static let program = """
    import os, time
    from pywebpush import WebPusher
    keys = {"p256dh": os.environ["P256DH"], "auth": os.environ["AUTH"]}
    pusher = WebPusher({"endpoint": "https://push.example/1", "keys": keys})
    text = os.environ["TEXT"].encode()
    rates = []
    for _ in range(3):
        start = time.process_time()
        for _ in range(1000):
            pusher.encode(text, "aes128gcm")
        rates.append(1000 / (time.process_time() - start))
    print("encryptions", sorted(rates)[1], flush=True)
    """
}
